import { Decimal, type EntryFacts, explainToken, STAGES, type TokenFacts, termsOf } from '@mexc-bot/core';
import { expect, it } from 'vitest';
import { aMarket } from '../../../../test/support/builders.ts';
import { someRulesOfDecision } from '../../../../test/support/decision-rules.ts';
import { en } from './en.ts';
import { lv } from './lv.ts';
import { enReasons } from './reasons-en.ts';
import { lvReasons } from './reasons-lv.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const ENGLISH = /_|\b(not|too|order|market|model|price|candles?|key|sold|by|of)\b/;

// the compiler sees to it that no code is missing among the Latvian words
it.each(Object.keys(lvReasons))('the code %s has words in both languages', (code) => {
  expect(en.reason(code)).not.toMatch(/_|^$/);
  expect(lv.reason(code)).not.toMatch(ENGLISH);
});

it('no code has words in English alone', () => {
  expect(Object.keys(enReasons).filter((code) => lvReasons[code] === undefined)).toEqual([]);
});

/** A token that comes as far as the last protection. */
function stagesOf(entry: Partial<Extract<EntryFacts, { barred: null }>> = {}) {
  const ticker = { market: 'PEPEUSDT', last: 1, bid: 1, ask: 1.001, quoteVolume: 1e6, change: 0.1 };
  const answer = { version: 'v3', detail: null, yes: true, probability: 0.7, confidence: 0.9, minConfidence: 0.8 };
  const facts: TokenFacts = {
    token: { ticker, spread: 0.001, rank: 1 },
    market: aMarket({ id: 'PEPEUSDT' }),
    classification: {
      strategy: 'simple',
      measures: { atrFraction: 0.01, adx: 30, gain: 0.03, volumeRatio: 3, rangeBefore: 0.05, drawdownBefore: 0.1 },
    },
    lastClose: 1,
    verdict: {
      pass: true,
      confidence: 0.9,
      reason: 'model_yes',
      answers: (['feedback', 'token'] as const).map((model) => ({
        ...answer,
        model,
        state: 'proven',
        expectedValue: 0.01,
      })),
    },
    entry: {
      barred: null,
      asOf: NOW,
      ask: new Decimal(1),
      askAgeMs: 10,
      exposure: {
        paused: false,
        freeQuote: new Decimal(500),
        equity: new Decimal(500),
        occupied: new Set(),
        lastExitAt: NOW - 3_600_000,
        record: { stoppedAt: [], realisedToday: new Decimal(0), highWaterMark: null },
      },
      ...entry,
    },
  };
  return explainToken(facts, termsOf(someRulesOfDecision, 'test', 'neutral'), {
    regime: 'neutral',
    reason: 'calm',
    since: NOW,
  } as never);
}

it('every check of a decision has a Latvian name, and what it found Latvian words', () => {
  const stages = stagesOf();
  expect(stages.map(({ check }) => check)).toEqual(expect.arrayContaining(['token.expected_value', 'value_at_stop']));
  for (const { check, value } of stages) {
    expect([check, lv.check(check)]).toEqual([check, expect.not.stringMatching(ENGLISH)]);
    if (!/^(adx|.*\.adx)$/.test(check) && !check.endsWith('.atr')) expect(lv.check(check)).not.toBe(check);
    if (typeof value === 'string' && Number.isNaN(Number(value))) expect(lv.found(value)).not.toBe(value);
  }
  expect(stages.map(({ value }) => value).filter((value) => value === 'neutral (calm)')).toHaveLength(1);
  expect(lv.found('neutral (calm)')).toBe('neitrāls (miers)');
  expect(lv.found('proven, v3, no_reading')).toBe('pierādīts, v3, no_reading');
  expect(lv.found('rejected: Oversold')).toBe('rīkojums noraidīts: Oversold');
  expect(lv.found('12.5 at 0.3')).toBe('12.5 at 0.3');
});

it('every stage has a name in both languages', () => {
  for (const stage of STAGES) expect([en.stage(stage), lv.stage(stage)]).not.toContain('');
  expect(STAGES.map((stage) => lv.stage(stage))).not.toContain('universe');
});
