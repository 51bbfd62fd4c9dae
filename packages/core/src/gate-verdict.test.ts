import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatePolicy, ModelAnswer } from './gate.ts';
import { gateVerdict, letsThrough } from './gate-verdict.ts';
import { STRATEGIES } from './strategy-name.ts';

const policy: GatePolicy = {
  onMissing: { test: 'pass', live: 'reject' },
  onUnproven: { test: 'pass', live: 'reject' },
  fallbackConfidence: { simple: 0.8, aggressive: 0.9, revival: 0.85, momentum_safe: 0.87 },
};
const answer = (over: Partial<ModelAnswer> = {}): ModelAnswer => ({
  model: 'feedback',
  state: 'proven',
  detail: null,
  version: 'v',
  yes: true,
  probability: 0.2,
  confidence: 0.93,
  minConfidence: 0.8,
  expectedValue: 0.01,
  ...over,
});
const missing = answer({ state: 'missing', yes: false, confidence: null, probability: null, expectedValue: null });
const asked = { strategy: 'simple', mode: 'live', minConfidence: 0.8 } as const;

describe('the verdict on what models answered', () => {
  it('is yes only if every model says yes, with the last one’s confidence', () => {
    const token = answer({ model: 'token', confidence: 0.97 });
    expect(gateVerdict(asked, [answer(), token], policy)).toMatchObject({
      pass: true,
      confidence: 0.97,
      reason: 'model_yes',
    });
    const no = answer({ model: 'token', yes: false });
    expect(gateVerdict(asked, [answer(), no], policy)).toMatchObject({ pass: false, reason: 'model_no' });
  });

  it('follows the policy of the mode where a model is missing, stale or not proven', () => {
    for (const [state, reason] of [
      ['missing', 'model_missing'],
      ['stale', 'model_stale'],
      ['unproven', 'model_unproven'],
    ] as const) {
      const one = answer({ state });
      expect(gateVerdict(asked, [one], policy)).toMatchObject({ pass: false, reason });
      expect(gateVerdict({ ...asked, mode: 'test' }, [one], policy)).toMatchObject({
        pass: true,
        reason,
        confidence: 0.8,
      });
    }
  });

  it('takes the word of an unproven model where the owner says so', () => {
    const ask = { ...policy, onUnproven: { test: 'ask', live: 'ask' } } as const;
    const yes = answer({ state: 'unproven' });
    expect(gateVerdict(asked, [yes], ask)).toMatchObject({ pass: true, reason: 'model_yes', confidence: 0.93 });
    expect(gateVerdict(asked, [{ ...yes, yes: false }], ask)).toMatchObject({ pass: false, reason: 'model_no' });
  });

  it('never refuses a strategy that needs no model; a low confidence picks the lowest row', () => {
    const no = answer({ yes: false, confidence: 0.1 });
    const verdict = gateVerdict({ ...asked, strategy: 'aggressive' }, [no], policy);
    expect(verdict).toMatchObject({ pass: true, reason: 'advisory', confidence: 0.8 });
    expect(gateVerdict({ ...asked, strategy: 'aggressive' }, [missing], policy).confidence).toBe(0.9);
  });

  it('in live mode, without overrides, no required strategy passes without a proven yes of every model asked', () => {
    const arbAnswer = fc.record({
      state: fc.constantFrom('proven' as const, 'unproven' as const, 'missing' as const, 'stale' as const),
      yes: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(arbAnswer, { maxLength: 2 }), fc.constantFrom(...STRATEGIES), (list, strategy) => {
        const answers = list.map((each) => answer(each));
        const { pass } = gateVerdict({ ...asked, strategy }, answers, policy);
        const allProvenYes = answers.length > 0 && answers.every(({ state, yes }) => state === 'proven' && yes);
        const needs = strategy === 'simple' || strategy === 'revival';
        expect(pass).toBe(needs ? allProvenYes : true);
        if (needs && answers.length > 0) expect(pass).toBe(answers.every((each) => letsThrough(each, 'live', policy)));
      }),
    );
  });
});
