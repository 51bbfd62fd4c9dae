import { outputColumn, requirePeriod } from '../columns.ts';
import { RollingDeviation, rollingDeviation } from '../rolling/moments.ts';
import { scratchColumn } from '../rolling/scratch.ts';
import { createStream, requireFiniteValue, type Streaming } from '../streaming.ts';

/**
 * How unusual a volume is: (volume − mean) / population standard deviation of the last `period` volumes, the current one
 * included. Where they are equal, 0.
 *
 * @param period candles, ≥ 1 (usual: 20)
 * @param out where to write, instead of a new column
 * @returns one value per candle in standard deviations; NaN before index `period − 1`
 * @throws {IndicatorInputError} a bad period or output, or a value that is not finite
 */
export function volumeZScore(volume: Float64Array, period: number, out?: Float64Array): Float64Array {
  requirePeriod(period);
  const scores = outputColumn(out, volume);
  const means = scratchColumn(volume.length);
  rollingDeviation(volume, 0, period, period, means, scores, 'volume');
  for (let i = 0; i < volume.length; i++) scores[i] = scoreOf(volume[i]!, means[i]!, scores[i]!);
  return scores;
}

/** {@link volumeZScore}, one volume at a time. */
export function createVolumeZScore(period: number): Streaming<number, number> {
  requirePeriod(period);
  const deviation = new RollingDeviation(period, period);
  return createStream('volumeZScore', [period], [deviation], (volume, commit) => {
    requireFiniteValue(volume, 'volume');
    deviation.step(volume, commit);
    return scoreOf(volume, deviation.mean, deviation.deviation);
  });
}

function scoreOf(volume: number, mean: number, deviation: number): number {
  return deviation === 0 ? 0 : (volume - mean) / deviation;
}
