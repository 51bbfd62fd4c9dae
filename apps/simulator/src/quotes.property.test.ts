import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candleOver } from './candle-series.ts';
import { stepsOfShock } from './price-steps.ts';
import { createQuotes, type Quotes } from './quotes.ts';
import { createSyntheticMarket } from './synthetic-market.ts';

const DAY = 86_400_000;
const source = createSyntheticMarket(5, 12);

type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'shock'; readonly factor: number; readonly overMs: number; readonly aheadMs: number }
  | { readonly kind: 'thin'; readonly share: number; readonly forMs: number }
  | { readonly kind: 'eat'; readonly steps: number };
const arbStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(20 * 60_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(2 * DAY) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('shock' as const),
      factor: fc.constantFrom(0.5, 0.97, 1.4),
      overMs: fc.nat(15 * 60_000),
      // a plan may name a time that has passed
      aheadMs: fc.integer({ min: -DAY, max: DAY }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('thin' as const),
      share: fc.constantFrom(0, 0.3, 4),
      forMs: fc.nat(20 * 60_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('eat' as const), steps: fc.nat(100_000) }) },
);

function perform(quotes: Quotes, symbol: string, step: Exclude<Step, { kind: 'wait' }>, now: number): void {
  if (step.kind === 'thin') quotes.thin(symbol, step.share, now + step.forMs);
  else if (step.kind === 'eat') quotes.eat(quotes.known(symbol)!, 'asks', step.steps, now);
  else {
    const { factor, overMs, aheadMs } = step;
    const shock = { at: now + aheadMs, factor, overMs, holdMs: 60_000, recoverOverMs: overMs };
    quotes.markets.addSteps(symbol, stepsOfShock(shock));
  }
}

describe('what is kept between two looks at a market', () => {
  it('never shows: the day is what its candles say, and the best prices are those of the book', () => {
    fc.assert(
      fc.property(fc.nat(source.listings.length - 1), fc.array(arbStep, { maxLength: 40 }), (index, steps) => {
        const quotes = createQuotes(source);
        const { symbol } = source.listings[index]!;
        let now = source.startAt;
        for (const step of steps) {
          if (step.kind === 'wait') now += step.ms;
          else perform(quotes, symbol, step, now);
          const market = quotes.known(symbol)!;
          const { series } = market;
          const expected = candleOver(series, Math.max(series.firstOpen, now - DAY), now);
          const { open, high, low, base, quote } = quotes.day(market, now);
          const [fromOpen, fromHigh, fromLow] = [open / expected.open, high / expected.high, low / expected.low];
          for (const ratio of [fromOpen, fromHigh, fromLow]) expect(ratio).toBeCloseTo(1, 9);
          expect(Math.abs(base - expected.base)).toBeLessThanOrEqual(1e-6 * (1 + expected.base));
          expect(Math.abs(quote - expected.quote)).toBeLessThanOrEqual(1e-6 * (1 + expected.quote));
          const [top, book] = [quotes.top(market, now), quotes.book(market, now)];
          expect([top.bids[0], top.asks[0]]).toEqual([book.bids[0], book.asks[0]]);
        }
      }),
      { numRuns: 200 },
    );
  });
});
