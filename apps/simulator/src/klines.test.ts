import { describe, expect, it } from 'vitest';
import { gridOf, type KlinesWindow, klines } from './klines.ts';
import { createQuotes } from './quotes.ts';
import { createSyntheticMarket } from './synthetic-market.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const market = createSyntheticMarket(2, 6);
const quotes = createQuotes(market);
const now = market.startAt + 7 * MINUTE;
const token = quotes.find(market.listings[0]!.symbol, now)!;
const rows = (interval: string, window: Partial<KlinesWindow> = {}, at = now) =>
  klines(token, gridOf(interval)!, { startTime: null, endTime: null, limit: 500, ...window }, at);

describe('klines', () => {
  it.each(['1m', '5m', '15m', '30m', '60m', '4h', '1d', '1W', '1M'])(
    '%s opens follow each other without a hole',
    (interval) => {
      const found = rows(interval);
      for (let n = 1; n < found.length; n++) expect(found[n]![0]).toBe(found[n - 1]![6]);
      expect(found.at(-1)![0]).toBeLessThanOrEqual(now);
      expect(found.at(-1)![6]).toBeGreaterThan(now);
    },
  );

  it.each(['1h', '2h', '3m', '1w', '12h', '', 'constructor'])('%s is no interval of MEXC', (interval) => {
    expect(gridOf(interval)).toBeNull();
  });

  it('weeks open on Mondays and months on the first', () => {
    expect(new Date(rows('1W').at(-1)![0]).getUTCDay()).toBe(1);
    expect(new Date(rows('1M').at(-1)![0]).getUTCDate()).toBe(1);
  });

  it('are at most 500 whatever is asked', () => {
    expect(rows('1m', { limit: 1_000 })).toHaveLength(500);
    expect(rows('1m', { limit: 3 })).toHaveLength(3);
  });

  it('end with the unfinished candle, which closes at the quoted price', () => {
    const last = rows('5m').at(-1)!;
    expect(last[0]).toBe(market.startAt + 5 * MINUTE);
    expect(last[4]).toBe(quotes.last(token, now).toFixed(token.listing.priceDecimals));
  });

  it('take a start that is included and an end that is not', () => {
    const startTime = market.startAt - 60 * MINUTE;
    const found = rows('5m', { startTime, endTime: market.startAt - 30 * MINUTE });
    expect([found.length, found[0]![0], found.at(-1)![0]]).toEqual([6, startTime, market.startAt - 35 * MINUTE]);
    expect(rows('5m', { startTime: startTime + 1, limit: 2 })[0]![0]).toBe(startTime + 5 * MINUTE);
    expect(rows('5m', { endTime: startTime, limit: 2 }).map(([open]) => open)).toEqual([
      startTime - 10 * MINUTE,
      startTime - 5 * MINUTE,
    ]);
  });

  it('do not exist before the history or after now', () => {
    expect(rows('1d', { startTime: 0 })[0]![0]).toBe(market.startAt - 3 * DAY);
    expect(rows('5m', { startTime: now + DAY })).toEqual([]);
  });

  it('of an hour are those of its minutes put together, prices to the last digit', () => {
    const minutes = rows('1m', { startTime: market.startAt - 60 * MINUTE, endTime: market.startAt });
    const hour = rows('60m', { startTime: market.startAt - 60 * MINUTE, limit: 1 })[0]!;
    expect(hour[1]).toBe(minutes[0]![1]);
    expect(hour[4]).toBe(minutes.at(-1)![4]);
    expect(Number(hour[2])).toBe(Math.max(...minutes.map((row) => Number(row[2]))));
    expect(Number(hour[3])).toBe(Math.min(...minutes.map((row) => Number(row[3]))));
  });

  it('of a finished candle do not change any more', () => {
    const window = { startTime: market.startAt - 60 * MINUTE, endTime: market.startAt };
    expect(rows('5m', window, market.startAt)).toEqual(rows('5m', window, market.startAt + 5 * DAY));
  });
});
