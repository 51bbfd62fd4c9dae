import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candleOver, tradedBefore } from '../candle-series.ts';
import { onTick } from '../plain-number.ts';
import { createQuotes } from '../quotes.ts';
import { createSyntheticMarket } from '../synthetic-market.ts';
import { dealsOfMinute, MINUTE_MS } from './deals.ts';

const source = createSyntheticMarket(7, 40);
const markets = createQuotes(source).listed(source.startAt);
const minutes = fc.record({
  market: fc.constantFrom(...markets),
  minute: fc.integer({ min: 0, max: 3 * 1_440 }).map((n) => source.startAt + n * MINUTE_MS),
});

describe('the deals of a minute', () => {
  it('are the same at every reading', () => {
    fc.assert(
      fc.property(minutes, ({ market, minute }) => {
        expect(dealsOfMinute(market, minute)).toEqual(dealsOfMinute(market, minute));
      }),
      { numRuns: 50 },
    );
  });

  it('lie in the minute, in order, each of at least a step, at prices of its candle', () => {
    fc.assert(
      fc.property(minutes, ({ market, minute }) => {
        const { priceDecimals } = market.listing;
        const { low, high } = candleOver(market.series, minute, minute + MINUTE_MS);
        let before = minute - 1;
        for (const { time, price, steps } of dealsOfMinute(market, minute)) {
          expect(time).toBeGreaterThan(before);
          expect(time).toBeLessThan(minute + MINUTE_MS);
          expect(Number.isSafeInteger(steps) && steps > 0).toBe(true);
          expect(price).toBeGreaterThanOrEqual(onTick(low, priceDecimals));
          expect(price).toBeLessThanOrEqual(onTick(high, priceDecimals));
          before = time;
        }
      }),
    );
  });

  it('add up to the candle’s volume, minute after minute, and end at its close', () => {
    fc.assert(
      fc.property(minutes, ({ market, minute }) => {
        const { series, listing } = market;
        const scale = 10 ** listing.quantityDecimals;
        const count = 5;
        const traded = Array.from({ length: count }, (_, n) => dealsOfMinute(market, minute + n * MINUTE_MS));
        const steps = traded.flat().reduce((sum, deal) => sum + deal.steps, 0);
        const from = tradedBefore(series, minute).base;
        const to = tradedBefore(series, minute + count * MINUTE_MS).base;
        expect(Math.abs(steps - (to - from) * scale)).toBeLessThanOrEqual(1 + 1e-5);
        const last = traded[0]!.at(-1);
        // the last deal may be worth too little to be at the very end
        const { close } = candleOver(series, minute, minute + MINUTE_MS);
        if (last?.time === minute + MINUTE_MS - 1) expect(last.price).toBe(onTick(close, listing.priceDecimals));
      }),
    );
  });
});
