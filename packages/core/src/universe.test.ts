import { describe, expect, it } from 'vitest';
import { aMarket } from '../../../test/support/builders.ts';
import { type UniverseCriteria, universeCollapsed, universeRejection } from './universe.ts';

const criteria: UniverseCriteria = { quote: 'USDT', excludedBases: ['USDC'], blocklist: ['SCAMUSDT'], minAgeMs: 1_000 };

describe('universeRejection', () => {
  it.each([
    ['other_quote', { quote: 'BTC' }],
    ['not_online', { status: 'paused' }],
    ['not_online', { status: 'unknown' }],
    ['no_api_trading', { apiTradable: false }],
    ['one_sided', { sides: 'buy' }],
    ['no_limit_orders', { orderTypes: ['market'] }],
    ['risk_flagged', { riskFlagged: true }],
    ['excluded_base', { id: 'USDCUSDT' }],
    ['leveraged', { id: 'BTC3LUSDT' }],
    ['leveraged', { id: 'DOGE5SUSDT' }],
    ['blocklisted', { id: 'SCAMUSDT' }],
  ] as const)('says %s for %o', (reason, over) => {
    expect(universeRejection(aMarket(over), null, criteria, 5_000)).toBe(reason);
  });

  it.each(['PEPEUSDT', '4USDT', 'SOLSUSDT', '1INCHUSDT', 'S3USDT'])('trades %s', (id) => {
    expect(universeRejection(aMarket({ id }), null, criteria, 5_000)).toBeNull();
  });

  it('waits until a new market is old enough, and does not hold an unknown age against one', () => {
    expect(universeRejection(aMarket(), 4_500, criteria, 5_000)).toBe('too_new');
    expect(universeRejection(aMarket(), 4_000, criteria, 5_000)).toBeNull();
    expect(universeRejection(aMarket(), null, criteria, 5_000)).toBeNull();
  });
});

it('does not believe a list that halved', () => {
  expect(universeCollapsed(0, 0)).toBe(false);
  expect(universeCollapsed(100, 50)).toBe(false);
  expect(universeCollapsed(100, 49)).toBe(true);
  expect(universeCollapsed(100, 0)).toBe(true);
});
