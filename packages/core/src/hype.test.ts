import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findHype, type HypeCriteria, spreadOf } from './hype.ts';
import type { Ticker24h } from './market.ts';

const criteria: HypeCriteria = {
  minQuoteVolume: 100_000,
  minChange24h: 0.02,
  maxChange24h: 0.4,
  minPrice: 0.000001,
  maxSpread: 0.015,
  maxCandidates: 2,
};
const aTicker = (over: Partial<Ticker24h> = {}): Ticker24h => ({
  market: 'PEPEUSDT',
  last: 1,
  bid: 0.999,
  ask: 1.001,
  quoteVolume: 500_000,
  change: 0.1,
  ...over,
});

describe('findHype', () => {
  it.each([
    ['no_price', { last: 0 }],
    ['no_price', { last: Number.NaN }],
    ['price_below_floor', { last: 1e-9 }],
    ['no_volume', { quoteVolume: null }],
    ['volume_below_floor', { quoteVolume: 99_999 }],
    ['no_change', { change: null }],
    ['change_below_floor', { change: 0.019 }],
    ['change_above_ceiling', { change: 0.401 }],
    ['spread_above_ceiling', { bid: 0.9 }],
    ['spread_above_ceiling', { bid: 0 }],
    ['spread_above_ceiling', { bid: 1.01 }],
  ] as const)('says %s for %o', (reason, over) => {
    const { tokens, rejected } = findHype([aTicker(over)], criteria);
    expect(tokens).toEqual([]);
    expect([...rejected.values()]).toEqual([reason]);
  });

  it('ranks by change and counts who is ranked out', () => {
    const changes = [0.05, 0.3, 0.2];
    const { tokens, rejected } = findHype(
      changes.map((change, i) => aTicker({ market: `${i}`, change })),
      criteria,
    );
    expect(tokens.map((token) => [token.ticker.market, token.rank])).toEqual([
      ['1', 1],
      ['2', 2],
    ]);
    expect(rejected).toEqual(new Map([['0', 'ranked_out']]));
  });

  it('accounts for every ticker once and does not depend on their order', () => {
    const arbTicker = fc.record({
      last: fc.double({ min: 0, max: 10, noNaN: true }),
      bid: fc.double({ min: 0, max: 10, noNaN: true }),
      ask: fc.double({ min: 0, max: 10, noNaN: true }),
      quoteVolume: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
      change: fc.option(fc.double({ min: -0.5, max: 1, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(arbTicker, { maxLength: 30 }), (rows) => {
        const tickers = rows.map((row, i) => ({ ...row, market: `M${i}` }));
        const loose = { ...criteria, minQuoteVolume: 0, maxSpread: 2, minChange24h: -1 };
        const result = findHype(tickers, loose);
        expect(result.tokens.length + result.rejected.size).toBe(tickers.length);
        expect(result.tokens.length).toBeLessThanOrEqual(loose.maxCandidates);
        expect(findHype([...tickers].reverse(), loose).tokens).toEqual(result.tokens);
      }),
    );
  });
});

it('measures the spread against the middle', () => {
  expect(spreadOf({ bid: 0.99, ask: 1.01 })).toBeCloseTo(0.02, 12);
});
