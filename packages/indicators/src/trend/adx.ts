import {
  type HighLowClose,
  outputColumn,
  requireCandles,
  requireEqualLengths,
  requirePeriod,
  requireSoundEnd,
} from '../columns.ts';
import { bit, twicePositive } from '../rolling/branchless.ts';
import { createMemory } from '../rolling/memory.ts';
import { FAINT, LOOK_EVERY, RAISE, VANISHING } from '../rolling/neutral.ts';
import { WilderAverage } from '../rolling/smoothing.ts';
import { createStream, type HighLowCloseCandle, type Part, requireFiniteCandle, type Streaming } from '../streaming.ts';
import { rangeOf } from '../volatility/true-range.ts';

export interface DirectionalMovement<Value = Float64Array> {
  /** average directional index, 0..100; NaN before index 2 × period − 1 */
  readonly adx: Value;
  /** +DI, 0..100; NaN before index `period` */
  readonly plusDi: Value;
  /** −DI, 0..100; NaN before index `period` */
  readonly minusDi: Value;
}

/**
 * Directional movement of Wilder 1978, without his integer rounding, started as TA-Lib starts it: the sums hold
 * `period − 1` candles before the first smoothing step.
 *
 * Before the first movement of a market all three are 0; in a flat stretch the DIs stand still and ADX tends to DX.
 *
 * @param period candles, ≥ 2
 * @param out where to write, instead of new columns
 * @throws {IndicatorInputError} columns of unequal length, a bad period or output, or a value that is not finite
 */
export function adx(candles: HighLowClose, period: number, out?: DirectionalMovement): DirectionalMovement {
  requirePeriod(period, 2);
  requireEqualLengths(candles);
  const { high, low, close } = candles;
  const { length } = close;
  const averages = outputColumn(out?.adx, high, low, close);
  const plusDi = outputColumn(out?.plusDi, high, low, close, averages);
  const minusDi = outputColumn(out?.minusDi, high, low, close, averages, plusDi);
  const columns = { adx: averages, plusDi, minusDi };
  const first = 2 * period - 1;
  averages.fill(Number.NaN, 0, Math.min(first, length));
  const sums = new DirectionalSums(period);
  let average = 0;
  for (let i = 0; i <= first && i < length; i++) {
    sums.step(high[i]!, low[i]!, close[i]!, true);
    plusDi[i] = sums.plusDi;
    minusDi[i] = sums.minusDi;
    if (i >= period) average += sums.dx / period;
  }
  if (length <= first) {
    requireCandles(candles);
    return columns;
  }
  averages[first] = average;

  const keep = (period - 1) / period;
  const share = 1 / period;
  let plus = sums.memory[PLUS]!;
  let minus = sums.memory[MINUS]!;
  let range = sums.memory[RANGE]!;
  let highBefore = high[first]!;
  let lowBefore = low[first]!;
  let closeBefore = close[first]!;
  for (let start = first + 1; start < length; start += LOOK_EVERY) {
    const end = Math.min(start + LOOK_EVERY, length);
    if (range < FAINT) {
      plus *= RAISE;
      minus *= RAISE;
      range *= RAISE;
    }
    for (let i = start; i < end; i++) {
      const highNow = high[i]!;
      const lowNow = low[i]!;
      const rise = highNow - highBefore;
      const fall = lowBefore - lowNow;
      plus = plus * keep + movementOf(rise, fall);
      minus = minus * keep + movementOf(fall, rise);
      range = range * keep + rangeOf(highNow, lowNow, closeBefore);
      highBefore = highNow;
      lowBefore = lowNow;
      closeBefore = close[i]!;
      const percent = 100 / (range + VANISHING);
      average = average * keep + directionOf(plus, minus) * share;
      plusDi[i] = plus * percent;
      minusDi[i] = minus * percent;
      averages[i] = average;
    }
  }
  requireSoundEnd(average + range + closeBefore, { high, low, close });
  return columns;
}

/** {@link adx}, one candle at a time. */
export function createAdx(period: number): Streaming<HighLowCloseCandle, DirectionalMovement<number>> {
  requirePeriod(period, 2);
  const sums = new DirectionalSums(period);
  const average = new WilderAverage(period);
  return createStream('adx', [period], [sums, average], (candle, commit) => {
    requireFiniteCandle(candle);
    sums.step(candle.high, candle.low, candle.close, commit);
    const { plusDi, minusDi, dx } = sums;
    return { adx: Number.isNaN(dx) ? dx : average.step(dx, commit), plusDi, minusDi };
  });
}

/**
 * Directional movement: `own` where it is above 0 and larger than the movement the other way, else 0.
 */
function movementOf(own: number, other: number): number {
  const size = twicePositive(own);
  return 0.5 * size * bit(size > twicePositive(other));
}

/** DX of the sums; 0 before the first movement. */
function directionOf(plus: number, minus: number): number {
  return (100 * Math.abs(plus - minus)) / (plus + minus + VANISHING);
}

const COUNT = 0;
const PLUS = 1;
const MINUS = 2;
const RANGE = 3;
const HIGH = 4;
const LOW = 5;
const CLOSE = 6;

class DirectionalSums implements Part {
  readonly memory = createMemory(7);
  /** of the last `step`; NaN in the first `period` candles */
  plusDi = Number.NaN;
  minusDi = Number.NaN;
  dx = Number.NaN;
  readonly #period: number;

  constructor(period: number) {
    this.#period = period;
  }

  step(high: number, low: number, close: number, commit: boolean): void {
    const memory = this.memory;
    const count = memory[COUNT]!;
    const isSmoothing = count >= this.#period;
    const keep = isSmoothing ? (this.#period - 1) / this.#period : 1;
    let plus = memory[PLUS]! * keep;
    let minus = memory[MINUS]! * keep;
    let range = memory[RANGE]! * keep;
    if (count > 0) {
      const rise = high - memory[HIGH]!;
      const fall = memory[LOW]! - low;
      plus += movementOf(rise, fall);
      minus += movementOf(fall, rise);
      range += rangeOf(high, low, memory[CLOSE]!);
    }
    this.plusDi = this.minusDi = this.dx = Number.NaN;
    if (isSmoothing) {
      const percent = 100 / (range + VANISHING);
      this.plusDi = plus * percent;
      this.minusDi = minus * percent;
      this.dx = directionOf(plus, minus);
    }
    if (!commit) return;
    const raise = range < FAINT ? RAISE : 1;
    memory[COUNT] = isSmoothing ? count : count + 1;
    memory[PLUS] = plus * raise;
    memory[MINUS] = minus * raise;
    memory[RANGE] = range * raise;
    memory[HIGH] = high;
    memory[LOW] = low;
    memory[CLOSE] = close;
  }
}
