import { Decimal } from '@mexc-bot/core';
import { expect, it } from 'vitest';
import { openAccount } from './account.ts';
import { candleOver, tradedBefore } from './candle-series.ts';
import { createEngine } from './engine.ts';
import { createQuotes } from './quotes.ts';
import { createSyntheticMarket } from './synthetic-market.ts';

const source = createSyntheticMarket(1, 20);
const start = source.startAt;
const HOUR_MS = 3_600_000;
const quotes = createQuotes(source);
const market = quotes.find('BTCUSDT', start)!;

/** Buys that rest a little below the market, each for a good part of what trades in an hour. */
function rest(offsets: readonly number[]) {
  const engine = createEngine({ quotes: createQuotes(source), idSeed: 1 });
  const account = openAccount('me', '…', { USDT: '1e12' });
  engine.ledger.addAccount(account);
  const last = quotes.last(market, start);
  const traded = tradedBefore(market.series, start + HOUR_MS).base - tradedBefore(market.series, start).base;
  const quantity = Math.min(20, traded / 8).toFixed(market.listing.quantityDecimals);
  for (const offset of offsets) {
    const price = (last * (1 - offset)).toFixed(market.listing.priceDecimals);
    const placed = engine.place(start, account, { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', price, quantity });
    expect(placed.ok).toBe(true);
  }
  return { engine, traded };
}
const offset = 0.9 * (1 - candleOver(market.series, start, start + HOUR_MS).low / quotes.last(market, start));

it('the better price fills first, and of equals the older', () => {
  const { engine } = rest([offset * 0.8, offset * 0.5, offset * 0.5]);
  const [worse, first, second] = engine.ledger.orders();
  for (let time = start; time < start + HOUR_MS; time += 5_000) {
    engine.advance(time);
    expect(first!.executed.gte(second!.executed)).toBe(true);
    expect(second!.executed.gte(worse!.executed)).toBe(true);
  }
  expect(first!.executed.gt(0)).toBe(true);
});

it('no unit that traded fills two orders', () => {
  const { engine, traded } = rest(Array(12).fill(offset * 0.5));
  engine.advance(start + HOUR_MS);
  const filled = engine.ledger.trades().reduce((sum, { qty }) => sum.plus(qty), new Decimal(0));
  expect(filled.gt(0)).toBe(true);
  expect(filled.toNumber()).toBeLessThanOrEqual(traded / 2);
});
