import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { expectedValue, fitOutcomes, outcomesOf } from './outcomes.ts';

/** Rows of which a score of s reaches the target in s of all cases, and else the stop in half of them. */
function rows(count: number) {
  const random = createRandom(3);
  const scores = Float64Array.from({ length: count }, () => 0.05 + 0.4 * random());
  const moves = Int8Array.from(scores, (score) => (random() < score ? 1 : random() < 0.5 ? -1 : 0));
  const returns = Float64Array.from(moves, (move) => (move === 1 ? 0.03 : move === -1 ? -0.025 : -0.004));
  return { scores, moves, returns };
}

describe('the three outcomes', () => {
  const { scores, moves, returns } = rows(20_000);
  const model = fitOutcomes(scores, moves, returns);

  it.each([0.1, 0.25, 0.4])('of a score of %f have the chances they had', (score) => {
    const outcomes = outcomesOf(model, score);
    expect(outcomes.target).toBeCloseTo(score, 1);
    expect(outcomes.stop).toBeCloseTo((1 - score) / 2, 1);
    expect(outcomes.neitherReturn).toBeCloseTo(-0.004, 6);
  });

  it('are chances: none below 0, and 1 together', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (score) => {
        const { target, stop, neither } = outcomesOf(model, score);
        for (const chance of [target, stop, neither]) expect(chance).toBeGreaterThanOrEqual(0);
        expect(target + stop + neither).toBeCloseTo(1, 12);
      }),
    );
  });

  it('have as expected value what trading such rows brings on average', () => {
    const terms = { target: 0.03, stop: 0.025, roundTripCost: 0.003 };
    const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length - terms.roundTripCost;
    const promised = scores.map((score) => expectedValue(outcomesOf(model, score), terms));
    expect(promised.reduce((sum, value) => sum + value, 0) / promised.length).toBeCloseTo(mean, 4);
    expect(expectedValue(outcomesOf(model, Number.NaN), terms)).toBeNaN();
  });

  it('can be fitted where one of them never happened', () => {
    const always = fitOutcomes(Float64Array.of(0.5, 0.6), Int8Array.of(1, 1), Float64Array.of(0.03, 0.03));
    const { target, neither, neitherReturn } = outcomesOf(always, 0.5);
    expect(target).toBeGreaterThan(0.5);
    expect(neither).toBeGreaterThanOrEqual(0);
    expect(neitherReturn).toBe(0);
  });
});
