import {
  type HighLow,
  IndicatorInputError,
  outputColumn,
  requireCandles,
  requireEqualLengths,
  requireFactor,
} from '../columns.ts';
import { bit, smaller } from '../rolling/branchless.ts';
import { createMemory } from '../rolling/memory.ts';
import { createStream, type HighLowCandle, type Part, requireFiniteCandle, type Streaming } from '../streaming.ts';

/**
 * Parabolic stop and reverse, Wilder 1978, started as TA-Lib starts it: short if the second candle's low fell by more than
 * its high rose, else long; the first stop is the first candle's low (long) or high (short).
 *
 * @param acceleration first step and increment of the acceleration factor (usual: 0.02)
 * @param maximum of the acceleration factor, ≥ `acceleration` (usual: 0.2)
 * @param out where to write, instead of a new column
 * @returns one stop per candle in price units; NaN at index 0
 * @throws {IndicatorInputError} columns of unequal length, bad factors or output, or a value that is not finite
 */
export function parabolicSar(
  candles: HighLow,
  acceleration: number,
  maximum: number,
  out?: Float64Array,
): Float64Array {
  requireFactors(acceleration, maximum);
  requireEqualLengths(candles);
  const { high, low } = candles;
  const stops = outputColumn(out, high, low);
  const start = new StopAndReverse(acceleration, maximum);
  for (let i = 0; i < high.length && i < 2; i++) stops[i] = start.step(high[i]!, low[i]!, true);
  const isSound = high.length > 2 && follow(candles, start.memory, acceleration, maximum, stops);
  if (!isSound) requireCandles(candles);
  return stops;
}

/**
 * The recursion of {@link StopAndReverse} from the third candle on, one trend after the other. A short trend is a long one of
 * prices below 0: highs and lows change places.
 */
function follow(
  { high, low }: HighLow,
  memory: Float64Array,
  acceleration: number,
  maximum: number,
  stops: Float64Array,
): boolean {
  const { length } = high;
  let side = memory[SIDE]!;
  let stop = side * memory[STOP]!;
  let extreme = side * memory[EXTREME]!;
  let factor = memory[FACTOR]!;
  let tops = side > 0 ? high : low;
  let bottoms = side > 0 ? low : high;
  let spoilt = high[0]! + high[1]! + low[0]! + low[1]!;
  for (let i = 2; i < length; i++) {
    let before = side * bottoms[i - 1]!;
    for (; i < length; i++) {
      const bottom = side * bottoms[i]!;
      const top = side * tops[i]!;
      spoilt += top + bottom;
      if (bottom <= stop) break;
      stops[i] = side * stop;
      const isNewExtreme = bit(top > extreme);
      extreme = top * isNewExtreme + extreme * (1 - isNewExtreme);
      factor += acceleration * isNewExtreme;
      if (factor > maximum) factor = maximum;
      stop = lowered(stop + factor * (extreme - stop), smaller(before, bottom));
      before = bottom;
    }
    if (i >= length) break;
    side = -side;
    [tops, bottoms] = [bottoms, tops];
    const limit = smaller(side * bottoms[i - 1]!, side * bottoms[i]!);
    stop = lowered(-extreme, limit);
    stops[i] = side * stop;
    factor = acceleration;
    extreme = side * tops[i]!;
    stop = lowered(stop + factor * (extreme - stop), limit);
  }
  return Number.isFinite(spoilt);
}

/** `limit` where the stop lies above it: as it seldom does, a branch costs less here than {@link smaller}. */
function lowered(stop: number, limit: number): number {
  if (stop > limit) return limit;
  return stop;
}

/** {@link parabolicSar}, one candle at a time. */
export function createParabolicSar(acceleration: number, maximum: number): Streaming<HighLowCandle, number> {
  requireFactors(acceleration, maximum);
  const stop = new StopAndReverse(acceleration, maximum);
  return createStream('parabolicSar', [acceleration, maximum], [stop], (candle, commit) => {
    requireFiniteCandle(candle);
    return stop.step(candle.high, candle.low, commit);
  });
}

function requireFactors(acceleration: number, maximum: number): void {
  requireFactor(acceleration, 'acceleration');
  requireFactor(maximum, 'maximum acceleration');
  if (maximum < acceleration) {
    throw new IndicatorInputError(`maximum acceleration ${maximum} is under the acceleration ${acceleration}`);
  }
}

const COUNT = 0;
/** 1 long, −1 short */
const SIDE = 1;
const STOP = 2;
const EXTREME = 3;
const FACTOR = 4;
const HIGH = 5;
const LOW = 6;

class StopAndReverse implements Part {
  readonly memory = createMemory(7);
  readonly #acceleration: number;
  readonly #maximum: number;

  constructor(acceleration: number, maximum: number) {
    this.#acceleration = acceleration;
    this.#maximum = maximum;
  }

  step(high: number, low: number, commit: boolean): number {
    const memory = this.memory;
    const count = memory[COUNT]!;
    if (count === 0) {
      if (commit) this.#remember(1, 0, 0, 0, high, low);
      return Number.NaN;
    }

    let side = memory[SIDE]!;
    let stop = memory[STOP]!;
    let extreme = memory[EXTREME]!;
    let factor = memory[FACTOR]!;
    let highBefore = memory[HIGH]!;
    let lowBefore = memory[LOW]!;
    if (count === 1) {
      const fall = lowBefore - low;
      side = fall > 0 && fall > high - highBefore ? -1 : 1;
      stop = side > 0 ? lowBefore : highBefore;
      extreme = side > 0 ? high : low;
      factor = this.#acceleration;
      // TA-Lib lets the second candle be its own predecessor
      highBefore = high;
      lowBefore = low;
    }

    let answer: number;
    if (side > 0 ? low <= stop : high >= stop) {
      // reversed: the stop jumps to the extreme of the trend that ended, outside the last two candles
      side = -side;
      stop = clearOf(side, extreme, highBefore, lowBefore, high, low);
      answer = stop;
      factor = this.#acceleration;
      extreme = side > 0 ? high : low;
    } else {
      answer = stop;
      const isNewExtreme = side > 0 ? high > extreme : low < extreme;
      if (isNewExtreme) {
        extreme = side > 0 ? high : low;
        factor += this.#acceleration;
        if (factor > this.#maximum) factor = this.#maximum;
      }
    }
    stop = clearOf(side, stop + factor * (extreme - stop), highBefore, lowBefore, high, low);
    if (commit) this.#remember(side, stop, extreme, factor, high, low);
    return answer;
  }

  #remember(side: number, stop: number, extreme: number, factor: number, high: number, low: number): void {
    const memory = this.memory;
    if (memory[COUNT]! < 2) memory[COUNT] = memory[COUNT]! + 1;
    memory[SIDE] = side;
    memory[STOP] = stop;
    memory[EXTREME] = extreme;
    memory[FACTOR] = factor;
    memory[HIGH] = high;
    memory[LOW] = low;
  }
}

/** The stop, moved out of the last two candles: below their lows when long, above their highs when short. */
function clearOf(side: number, stop: number, highBefore: number, lowBefore: number, high: number, low: number): number {
  let clear = stop;
  if (side > 0) {
    if (clear > lowBefore) clear = lowBefore;
    if (clear > low) clear = low;
  } else {
    if (clear < highBefore) clear = highBefore;
    if (clear < high) clear = high;
  }
  return clear;
}
