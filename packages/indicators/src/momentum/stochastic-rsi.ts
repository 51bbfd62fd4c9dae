import { outputColumn, requireFinite, requirePeriod } from '../columns.ts';
import { RollingExtremes, rollingExtremes } from '../rolling/extremes.ts';
import { scratchColumn } from '../rolling/scratch.ts';
import { RollingSum, rollingMean } from '../rolling/sum.ts';
import { createStream, requireFiniteValue, type Streaming } from '../streaming.ts';
import { RelativeStrength, rsi } from './rsi.ts';
import type { Stochastic } from './stochastic.ts';

/**
 * Stochastic RSI, Chande and Kroll 1993: where the RSI stands between its extremes of the last `stochasticPeriod` values,
 * not smoothed (k), and the simple average of that (d, which charting sites call K). Where the RSI stands still, 50.
 *
 * @param rsiPeriod ≥ 1 (usual: 14, 14, 3)
 * @param out where to write, instead of new columns
 * @returns one value per input in each column, 0..100; NaN before index `rsiPeriod + stochasticPeriod + signal − 2` in both
 * @throws {IndicatorInputError} a bad period or output, or a value that is not finite
 */
export function stochasticRsi(
  values: Float64Array,
  rsiPeriod: number,
  stochasticPeriod: number,
  signal: number,
  out?: Stochastic<Float64Array>,
): Stochastic<Float64Array> {
  requirePeriods(rsiPeriod, stochasticPeriod, signal);
  requireFinite(values, 'values');
  const k = outputColumn(out?.k, values);
  const d = outputColumn(out?.d, values, k);
  const { length } = values;
  const strengths = rsi(values, rsiPeriod, scratchColumn(length));
  rollingExtremes(strengths, strengths, rsiPeriod, stochasticPeriod, k, d);
  const first = rsiPeriod + stochasticPeriod - 1;
  for (let i = first; i < length; i++) k[i] = positionIn(strengths[i]!, d[i]!, k[i]!);
  rollingMean(k, first, signal, d, 'k');
  k.fill(Number.NaN, 0, Math.min(first + signal - 1, length));
  return { k, d };
}

/** {@link stochasticRsi}, one value at a time. */
export function createStochasticRsi(
  rsiPeriod: number,
  stochasticPeriod: number,
  signal: number,
): Streaming<number, Stochastic<number>> {
  requirePeriods(rsiPeriod, stochasticPeriod, signal);
  const strength = new RelativeStrength(rsiPeriod);
  const extremes = new RollingExtremes(stochasticPeriod);
  const sum = new RollingSum(signal);
  const parts = [strength, extremes, sum];
  return createStream('stochasticRsi', [rsiPeriod, stochasticPeriod, signal], parts, (value, commit) => {
    requireFiniteValue(value);
    const rsiNow = strength.step(value, commit);
    if (Number.isNaN(rsiNow)) return COLD;
    extremes.step(rsiNow, rsiNow, commit);
    if (Number.isNaN(extremes.highest)) return COLD;
    const k = positionIn(rsiNow, extremes.lowest, extremes.highest);
    const d = sum.step(k, commit) / signal;
    return Number.isNaN(d) ? COLD : { k, d };
  });
}

const COLD: Stochastic<number> = { k: Number.NaN, d: Number.NaN };

function requirePeriods(rsiPeriod: number, stochasticPeriod: number, signal: number): void {
  requirePeriod(rsiPeriod, 1, 'RSI period');
  requirePeriod(stochasticPeriod, 1, 'stochastic period');
  requirePeriod(signal, 1, 'signal period');
}

/** RSI points below which a range is rounding: an RSI that stands still moves by some 1e-14. */
const NO_RANGE = 1e-9;

function positionIn(strength: number, lowest: number, highest: number): number {
  const range = highest - lowest;
  return range >= NO_RANGE ? (100 * (strength - lowest)) / range : 50;
}
