import { normalCdf, normalQuantile } from './normal.ts';

/** What a Sharpe ratio is judged by; nothing is annualised. */
export interface SharpeReading {
  /** mean ÷ standard deviation of the returns; 0 where they do not vary */
  readonly sharpe: number;
  /** returns it was computed of */
  readonly observations: number;
  readonly skewness: number;
  /** 3 for a normal distribution */
  readonly kurtosis: number;
}

/** @param returns at an even pace: {@link dailyReturns} */
export function sharpeReading(returns: Float64Array): SharpeReading {
  const observations = returns.length;
  const mean = returns.reduce((sum, value) => sum + value, 0) / observations;
  const moment = (power: number): number =>
    returns.reduce((sum, value) => sum + (value - mean) ** power, 0) / observations;
  const variance = moment(2);
  // what rounding leaves of constant returns is no variance
  if (!(variance > 1e-24)) return { sharpe: 0, observations, skewness: 0, kurtosis: 3 };
  const sample = Math.sqrt((variance * observations) / (observations - 1));
  return {
    sharpe: mean / sample,
    observations,
    skewness: moment(3) / variance ** 1.5,
    kurtosis: moment(4) / variance ** 2,
  };
}

const EULER = 0.577_215_664_901_532_9;

/**
 * The Sharpe ratio that the best of so many worthless tries is expected to reach (Bailey and López de Prado 2014).
 *
 * @param trials how many settings were tried, at least 1
 * @param variance of their Sharpe ratios
 */
export function expectedBestSharpe(trials: number, variance: number): number {
  if (!(trials >= 1)) throw new RangeError(`${trials} tries`);
  if (trials === 1) return 0;
  return (
    Math.sqrt(variance) *
    ((1 - EULER) * normalQuantile(1 - 1 / trials) + EULER * normalQuantile(1 - 1 / (trials * Math.E)))
  );
}

/**
 * Probability that the true Sharpe ratio is above a benchmark, given how short, skewed and fat-tailed the returns are (Bailey and
 * López de Prado 2012).
 *
 * @returns 0..1; NaN with fewer than two returns
 */
export function probabilisticSharpe(reading: SharpeReading, benchmark: number): number {
  const { sharpe, observations, skewness, kurtosis } = reading;
  if (observations < 2) return Number.NaN;
  const spread = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2;
  return normalCdf(((sharpe - benchmark) * Math.sqrt(observations - 1)) / Math.sqrt(Math.max(spread, 1e-12)));
}

export interface DeflatedSharpe {
  /** of the chosen settings, per return */
  readonly sharpe: number;
  /** what the best of as many worthless tries would reach */
  readonly expectedBest: number;
  /** that the chosen settings are better than luck in choosing; 0..1, convincing from 0.95 on */
  readonly probability: number;
  readonly trials: number;
}

/**
 * How much of the best result of a sweep is left once the number of tries is counted (Bailey and López de Prado 2014). Tries that are
 * alike count as independent ones: that errs on the careful side.
 *
 * @param returns daily, of the chosen settings
 * @param sharpes Sharpe ratio of every try, the chosen one among them: {@link sharpeReading} of the same days
 */
export function deflatedSharpe(returns: Float64Array, sharpes: readonly number[]): DeflatedSharpe {
  const reading = sharpeReading(returns);
  const trials = Math.max(1, sharpes.length);
  const expectedBest = expectedBestSharpe(trials, varianceOf(sharpes));
  return { sharpe: reading.sharpe, expectedBest, probability: probabilisticSharpe(reading, expectedBest), trials };
}

function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
