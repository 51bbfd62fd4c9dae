import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aMarket, candlesFrom } from '../../../test/support/builders.ts';
import { someRulesOfDecision as rules } from '../../../test/support/decision-rules.ts';
import { toColumns } from './candles.ts';
import { decideToken, type EntryFacts, openScan, type TokenFacts, termsOf } from './decide.ts';
import { explainRejected, explainToken } from './explain.ts';
import type { GateVerdict } from './gate.ts';
import type { Ticker24h } from './market.ts';
import { Decimal, ZERO } from './money.ts';
import { REGIMES, type RegimeState } from './regime.ts';
import { classify, classifyNow } from './strategy.ts';
import { STRATEGIES } from './strategy-name.ts';

const arbTicker = (market: string): fc.Arbitrary<Ticker24h> =>
  fc.record({
    market: fc.constant(market),
    last: fc.constantFrom(0, 0.5, 1),
    bid: fc.constantFrom(0, 0.9, 0.999),
    ask: fc.constantFrom(1, 1.001),
    quoteVolume: fc.constantFrom(null, 0, 50_000, 400_000),
    change: fc.constantFrom(null, -0.2, 0, 0.01, 0.1, 0.3, 0.9),
  });
const arbRegime: fc.Arbitrary<RegimeState> = fc.record({
  regime: fc.constantFrom(...REGIMES),
  reason: fc.constant('calm' as const),
  since: fc.constant(0),
  at: fc.constant(0),
  btcAt: fc.constant(null),
  next: fc.constant(null),
});
const measures = { atrFraction: 0.02, adx: 25, gain: 0.03, volumeRatio: 1, rangeBefore: 0.1, drawdownBefore: 0.1 };
const arbVerdict: fc.Arbitrary<GateVerdict> = fc.record({
  pass: fc.boolean(),
  confidence: fc.constantFrom(Number.NaN, 0.1, 0.8, 0.97),
  reason: fc.constantFrom('advisory', 'model_no', 'model_missing'),
  answers: fc.constant([]),
});
const arbEntry: fc.Arbitrary<EntryFacts> = fc.oneof(
  fc.record({ barred: fc.constantFrom('not_reconciled', 'quarantined') }),
  fc
    .record({
      ask: fc.constantFrom('0', '0.5', '1', '1.001'),
      askAgeMs: fc.constantFrom(10, 99_999),
      paused: fc.boolean(),
      free: fc.constantFrom(0, 3, 500),
      occupied: fc.constantFrom([], ['PEPEUSDT'], ['AUSDT', 'BUSDT']),
      lastExitAt: fc.constantFrom(null, 900_000, 0),
    })
    .map(({ ask, askAgeMs, paused, free, occupied, lastExitAt }) => ({
      barred: null,
      asOf: 1_000_000,
      ask: new Decimal(ask),
      askAgeMs,
      exposure: {
        paused,
        freeQuote: new Decimal(free),
        equity: new Decimal(free),
        occupied: new Set(occupied),
        lastExitAt,
        record: { stoppedAt: [], realisedToday: ZERO, highWaterMark: null },
      },
    })),
);
const arbFacts: fc.Arbitrary<TokenFacts> = fc
  .record({
    strategy: fc.constantFrom(null, ...STRATEGIES),
    verdict: fc.option(arbVerdict, { nil: undefined }),
    entry: fc.option(arbEntry, { nil: undefined }),
  })
  .map(({ strategy, verdict, entry }) => ({
    token: {
      ticker: { market: 'PEPEUSDT', last: 1, bid: 1, ask: 1, quoteVolume: 4e5, change: 0.1 },
      spread: 0,
      rank: 1,
    },
    market: aMarket(),
    classification: strategy === null ? { strategy, reason: 'no_pattern' as const, measures } : { strategy, measures },
    lastClose: 1,
    ...(verdict && { verdict }),
    ...(entry && { entry }),
  }));

describe('what is said of a decision', () => {
  it('names a failed check in the stage that rejected the token, the last one it came to', () => {
    fc.assert(
      fc.property(arbFacts, arbRegime, (facts, regime) => {
        const terms = termsOf(rules, 'test', regime.regime);
        const decision = decideToken(facts, terms);
        const stages = explainToken(facts, terms, regime);
        const last = stages.at(-1)!;
        if (decision.state === 'rejected') {
          expect(last.stage).toBe(decision.stage);
          expect(stages.some(({ stage, verdict }) => stage === decision.stage && verdict === 'fail')).toBe(true);
        } else {
          const asked = stages.filter(({ stage }) => stage === 'ai' || stage === 'protections');
          expect(asked.every(({ verdict }) => verdict === 'pass')).toBe(true);
        }
        if (decision.state === 'ask_models') expect(last.stage).toBe('strategy');
        if (decision.state === 'ask_account') expect(last.stage).toBe('ai');
        if (decision.state === 'approved') expect(last.stage).toBe('protections');
      }),
    );
  });

  it('agrees with the funnel about every market that did not come to its candles', () => {
    const markets = ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT'];
    fc.assert(
      fc.property(fc.tuple(...markets.map(arbTicker)), fc.subarray(markets), (tickers, barred) => {
        const universeVerdict = (market: string) => (barred.includes(market) ? 'risk_flagged' : null);
        const moment = { mode: 'test', at: 1, tickers, universeVerdict, regimeBefore: null, btc: null } as const;
        const opening = openScan(moment, rules);
        expect(opening.rejected.size + opening.tokens.length).toBe(tickers.length);
        for (const ticker of tickers) {
          const stages = explainRejected(ticker, opening, universeVerdict(ticker.market));
          const reached = stages.filter(({ stage }) => stage !== 'sentiment');
          expect(reached.some(({ verdict }) => verdict === 'fail')).toBe(opening.rejected.has(ticker.market));
        }
      }),
    );
  });
});

describe('a pattern', () => {
  const walk = fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 60, maxLength: 90 });
  const indicators = { atrFraction: 0.02, adx: 25 };

  it('is the same with and without the candles after it', () => {
    fc.assert(
      fc.property(walk, fc.nat(30), (closes, cut) => {
        const at = closes.length - 1 - cut;
        const [all, past] = [toColumns(candlesFrom(closes)), toColumns(candlesFrom(closes.slice(0, at + 1)))];
        expect(classify(all, at, indicators, rules.strategy)).toEqual(classify(past, at, indicators, rules.strategy));
      }),
    );
  });

  it('that is old is none', () => {
    const candles = toColumns(candlesFrom(Array.from({ length: 70 }, () => 1)));
    const closedAt = 70 * 300_000;
    const at = (asOf: number) => classifyNow(candles, 69, indicators, rules.strategy, 300_000, asOf);
    expect(at(closedAt + 900_000)).toMatchObject({ reason: 'no_pattern' });
    expect(at(closedAt + 900_001)).toEqual({ strategy: null, reason: 'candles_stale', measures: null });
    const none = classifyNow(toColumns([]), -1, indicators, rules.strategy, 300_000, closedAt);
    expect(none).toMatchObject({ reason: 'too_few_candles' });
  });
});
