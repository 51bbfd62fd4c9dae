import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance } from './did-you-mean.ts';

describe('edit distance', () => {
  it.each([
    ['scan', 'scan', 0],
    ['scna', 'scan', 1],
    ['scn', 'scan', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('%s to %s is %i', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

  it('is the same both ways and never more than the longer word', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

it('suggests the nearest word, whatever its case, and nothing far off', () => {
  expect(didYouMean('MaxCandidate', ['minPrice', 'maxCandidates'])).toBe('maxCandidates');
  expect(didYouMean('banana', ['minPrice', 'maxCandidates'])).toBeNull();
});
