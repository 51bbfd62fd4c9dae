import { type HighLowCloseVolume, IndicatorInputError, outputColumn, requireFinite } from '../columns.ts';
import { createMemory } from '../rolling/memory.ts';
import { createStream, requireFiniteValue, type Streaming, type VolumeCandle } from '../streaming.ts';

type CloseVolume = Pick<HighLowCloseVolume, 'close' | 'volume'>;

/**
 * On-balance volume, Granville 1963: adds the volume of a candle that closed higher, subtracts that of one that closed
 * lower. Starts at the first candle's volume, as TA-Lib does.
 *
 * @param out where to write, instead of a new column
 * @returns one value per candle in units of volume, from index 0 on
 * @throws {IndicatorInputError} columns of unequal length, a bad output, or a value that is not finite
 */
export function obv({ close, volume }: CloseVolume, out?: Float64Array): Float64Array {
  if (close.length !== volume.length) {
    throw new IndicatorInputError(`columns differ in length: close ${close.length}, volume ${volume.length}`);
  }
  requireFinite(close, 'close');
  requireFinite(volume, 'volume');
  const balances = outputColumn(out, close, volume);
  const { length } = close;
  if (length === 0) return balances;
  let balance = volume[0]!;
  balances[0] = balance;
  let before = close[0]!;
  for (let i = 1; i < length; i++) {
    const price = close[i]!;
    balance += volume[i]! * sideOf(price, before);
    balances[i] = balance;
    before = price;
  }
  return balances;
}

/** {@link obv}, one candle at a time. */
export function createObv(): Streaming<Pick<VolumeCandle, 'close' | 'volume'>, number> {
  /** whether there is a previous close, it, and the balance */
  const part = { memory: createMemory(3) };
  return createStream('obv', [], [part], ({ close, volume }, commit) => {
    requireFiniteValue(close, 'close');
    requireFiniteValue(volume, 'volume');
    const { memory } = part;
    const balance = memory[0] === 0 ? volume : memory[2]! + volume * sideOf(close, memory[1]!);
    if (commit) {
      memory[0] = 1;
      memory[1] = close;
      memory[2] = balance;
    }
    return balance;
  });
}

/** 1 above, −1 below, 0 at the previous price. */
function sideOf(price: number, before: number): number {
  return (Number(price > before) | 0) - (Number(price < before) | 0);
}
