import { isUserError } from '@mexc-bot/runtime';
import { expect, it } from 'vitest';
import { aMarket } from '../../../test/support/builders.ts';
import { collectedMarkets, marketNamed, storedMarket } from './collected-markets.ts';

const CRITERIA = { quote: 'USDT', excludedBases: ['USDC'], blocklist: ['BADUSDT'] };
const MARKETS = [
  aMarket({ id: 'PEPEUSDT' }),
  aMarket({ id: 'BTCUSDT', apiTradable: false }),
  aMarket({ id: 'HELDUSDT', riskFlagged: true }),
  aMarket({ id: 'HALTUSDT', status: 'paused' }),
  aMarket({ id: 'PEPEBTC', base: 'PEPE', quote: 'BTC' }),
  aMarket({ id: 'USDCUSDT', base: 'USDC' }),
  aMarket({ id: 'BADUSDT' }),
  aMarket({ id: 'BTC3LUSDT', base: 'BTC3L' }),
];

it('candles are kept of what may be bought, however new, and of what is held or named where it is listed', () => {
  expect(collectedMarkets(MARKETS, CRITERIA, new Set())).toEqual(['PEPEUSDT']);
  expect(collectedMarkets(MARKETS, CRITERIA, new Set(['BTCUSDT', 'HELDUSDT', 'GONEUSDT']))).toEqual([
    'BTCUSDT',
    'HELDUSDT',
    'PEPEUSDT',
  ]);
});

it.each(['PEPEUSDT', 'pepe/usdt', 'PEPE_USDT', 'pepe'])('%s means PEPEUSDT', (name) => {
  expect(marketNamed(name, MARKETS, 'USDT')).toBe('PEPEUSDT');
  expect(storedMarket(name, [{ market: 'BTCUSDT' }, { market: 'PEPEUSDT' }], 'USDT')).toBe('PEPEUSDT');
});

it('a market of which nothing is stored is refused: none of its candles is not the same as none is missing', () => {
  expect(() => storedMarket('pepe', [{ market: 'BTCUSDT' }], 'USDT')).toThrow('no candles of pepe are stored');
});

it('a market that is not listed is refused, with what may have been meant', () => {
  const refused = (name: string): unknown => {
    try {
      return marketNamed(name, MARKETS, 'USDT');
    } catch (error) {
      return isUserError(error) ? `${error.message}: ${error.hint}` : error;
    }
  };
  expect(refused('PEPUSDT')).toBe('the exchange lists no market PEPUSDT: Did you mean PEPEUSDT, PEPEBTC?');
  expect(refused('XYZ')).toBe('the exchange lists no market XYZ: Name it as the exchange does: PEPEUSDT.');
});
