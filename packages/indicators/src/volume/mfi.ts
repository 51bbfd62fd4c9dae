import {
  type HighLowCloseVolume,
  outputColumn,
  requireEqualLengths,
  requirePeriod,
  requireSoundEnd,
} from '../columns.ts';
import { typicalPrice } from '../momentum/cci.ts';
import { bit } from '../rolling/branchless.ts';
import { createMemory } from '../rolling/memory.ts';
import { closePairBlock, createPairBlock, RollingSumPair } from '../rolling/sum-pair.ts';
import { createStream, type Part, requireFiniteCandle, type Streaming, type VolumeCandle } from '../streaming.ts';

/**
 * Money flow index, Quong and Soudack 1989: 100 × positive / (positive + negative flow) over `period` changes. A candle's
 * flow, typical price × volume, is positive when its typical price (high + low + close) / 3 rose, negative when it fell,
 * neither when it stayed. Without a flow, 50.
 *
 * @param period candles, ≥ 1 (usual: 14)
 * @param out where to write, instead of a new column
 * @returns one value per candle, 0..100; NaN before index `period`
 * @throws {IndicatorInputError} columns of unequal length, a bad period or output, or a value that is not finite
 */
export function mfi(candles: HighLowCloseVolume, period: number, out?: Float64Array): Float64Array {
  requirePeriod(period);
  requireEqualLengths(candles);
  const { high, low, close, volume } = candles;
  const values = outputColumn(out, high, low, close, volume);
  const { length } = close;
  let before = length > 0 ? typicalPrice(high[0]!, low[0]!, close[0]!) : 0;
  if (length > 0) requireSoundEnd(before + volume[0]!, { high, low, close, volume });
  let spoilt = 0;
  const pairs = createPairBlock(period);
  const tails = 2 * period + 2;
  for (let start = 1; start < length; start += period) {
    const end = Math.min(start + period, length);
    let positiveHead = 0;
    let head = 0;
    let at = 0;
    let i = start;
    // two candles a turn, as in vwap.ts
    for (; i < end - 1; i += 2) {
      const price = typicalPrice(high[i]!, low[i]!, close[i]!);
      const priceAfter = typicalPrice(high[i + 1]!, low[i + 1]!, close[i + 1]!);
      const flow = price * volume[i]! * bit(price !== before);
      const flowAfter = priceAfter * volume[i + 1]! * bit(priceAfter !== price);
      const positive = flow * bit(price > before);
      const positiveAfter = flowAfter * bit(priceAfter > price);
      before = priceAfter;
      pairs[at] = positive;
      pairs[at + 1] = flow;
      pairs[at + 2] = positiveAfter;
      pairs[at + 3] = flowAfter;
      const positiveOdd = positiveHead + positive;
      const odd = head + flow;
      positiveHead = positiveOdd + positiveAfter;
      head = odd + flowAfter;
      values[i] = indexOf(positiveOdd + pairs[tails + at]!, odd + pairs[tails + at + 1]!);
      values[i + 1] = indexOf(positiveHead + pairs[tails + at + 2]!, head + pairs[tails + at + 3]!);
      at += 4;
    }
    if (i < end) {
      const price = typicalPrice(high[i]!, low[i]!, close[i]!);
      const flow = price * volume[i]! * bit(price !== before);
      const positive = flow * bit(price > before);
      before = price;
      pairs[at] = positive;
      pairs[at + 1] = flow;
      positiveHead += positive;
      head += flow;
      values[i] = indexOf(positiveHead + pairs[tails + at]!, head + pairs[tails + at + 1]!);
    }
    spoilt += head * 0;
    if (end < length) closePairBlock(pairs, period);
  }
  requireSoundEnd(spoilt, { high, low, close, volume });
  values.fill(Number.NaN, 0, Math.min(period, length));
  return values;
}

/** {@link mfi}, one candle at a time. */
export function createMfi(period: number): Streaming<VolumeCandle, number> {
  requirePeriod(period);
  const flow = new MoneyFlow(period);
  return createStream('mfi', [period], flow.parts, (candle, commit) => {
    requireFiniteCandle(candle);
    return flow.step(typicalPrice(candle.high, candle.low, candle.close), candle.volume, commit);
  });
}

function indexOf(positive: number, flow: number): number {
  return flow === 0 ? 50 : (100 * positive) / flow;
}

class MoneyFlow {
  readonly parts: readonly Part[];
  /** whether there is a previous typical price, and it */
  readonly #before: Part = { memory: createMemory(2) };
  readonly #flows: RollingSumPair;

  constructor(period: number) {
    this.#flows = new RollingSumPair(period);
    this.parts = [this.#before, this.#flows];
  }

  step(price: number, volume: number, commit: boolean): number {
    const { memory } = this.#before;
    const before = memory[1]!;
    const isFirst = memory[0] === 0;
    if (commit) {
      memory[0] = 1;
      memory[1] = price;
    }
    if (isFirst) return Number.NaN;
    const flow = price * volume * bit(price !== before);
    this.#flows.step(flow * bit(price > before), flow, commit);
    return indexOf(this.#flows.first, this.#flows.second);
  }
}
