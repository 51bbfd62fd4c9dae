import { describe, expect, it } from 'vitest';
import { deflatedSharpe, expectedBestSharpe, probabilisticSharpe, sharpeReading } from './deflated-sharpe.ts';
import { normalCdf, normalQuantile } from './normal.ts';

describe('the normal distribution', () => {
  it.each([
    [0, 0.5],
    [1, 0.841_344_746_068_543],
    [-1.959_963_984_540_054, 0.025],
    [2.326_347_874_040_841, 0.99],
    [-5, 2.866_515_718_791_94e-7],
  ])('Φ(%d) is %d', (x, share) => {
    expect(normalCdf(x)).toBeCloseTo(share, 13);
    expect(normalQuantile(share)).toBeCloseTo(x, 8);
  });
  it('has ends', () => {
    expect(normalCdf(40)).toBe(1);
    expect(normalCdf(-40)).toBe(0);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(() => normalQuantile(1.1)).toThrow(RangeError);
  });
});

// the numerical example of Bailey and López de Prado 2014: 2.5 a year over 1,250 daily returns, variance of the tries' ratios 1/2 a year
describe('the worked example of the paper', () => {
  const DAYS = 250;
  const sharpe = 2.5 / Math.sqrt(DAYS);
  const best = (trials: number) => expectedBestSharpe(trials, 1 / 2 / DAYS);

  it('the best of a hundred worthless tries reaches 0.1132 a day', () => expect(best(100)).toBeCloseTo(0.1132, 4));
  it('skewed and fat-tailed, found among 100 tries: 0.9004', () => {
    const reading = { sharpe, observations: 1_250, skewness: -3, kurtosis: 10 };
    expect(probabilisticSharpe(reading, best(100))).toBeCloseTo(0.9004, 4);
  });
  it('the same among 46 tries: 0.9505', () => {
    const reading = { sharpe, observations: 1_250, skewness: -3, kurtosis: 10 };
    expect(probabilisticSharpe(reading, best(46))).toBeCloseTo(0.9505, 3);
  });
  it('normal returns reach the same among 88 tries', () => {
    const reading = { sharpe, observations: 1_250, skewness: 0, kurtosis: 3 };
    expect(probabilisticSharpe(reading, best(88))).toBeCloseTo(0.9505, 3);
  });
});

it('reads mean, spread, skew and tails of returns', () => {
  // 1, 1, 1, 5: mean 2, population variance 3, third moment 6, fourth 21
  const reading = sharpeReading(Float64Array.of(1, 1, 1, 5));
  expect(reading.sharpe).toBeCloseTo(2 / 2, 12);
  expect(reading.skewness).toBeCloseTo(6 / 3 ** 1.5, 12);
  expect(reading.kurtosis).toBeCloseTo(21 / 9, 12);
});

it('returns that never vary prove nothing', () => {
  expect(sharpeReading(new Float64Array(10).fill(0.1)).sharpe).toBe(0);
  expect(probabilisticSharpe(sharpeReading(Float64Array.of(0.1)), 0)).toBeNaN();
});

it('the more was tried, the less is left of the best', () => {
  const returns = Float64Array.from({ length: 60 }, (_, day) => 0.001 + 0.01 * Math.sin(day * 1.7));
  const left = [1, 2, 10, 100].map((trials) => {
    const sharpes = Array.from({ length: trials }, (_, index) => 0.1 * Math.cos(index * 2.1));
    return deflatedSharpe(returns, sharpes);
  });
  expect(left.map(({ trials }) => trials)).toEqual([1, 2, 10, 100]);
  expect(left[0]!.expectedBest).toBe(0);
  for (const [index, { probability }] of left.entries())
    if (index > 0) expect(probability).toBeLessThan(left[index - 1]!.probability);
});
