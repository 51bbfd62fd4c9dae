import { type HighLowClose, outputColumn, requireCandles, requireEqualLengths, requirePeriod } from '../columns.ts';
import { twicePositive } from '../rolling/branchless.ts';
import { createMemory } from '../rolling/memory.ts';
import { scratchColumn } from '../rolling/scratch.ts';
import { rollingSum } from '../rolling/sum.ts';
import { closePairBlock, RollingSumPair } from '../rolling/sum-pair.ts';
import { createStream, type HighLowCloseCandle, type Part, requireFiniteCandle, type Streaming } from '../streaming.ts';
import { rangeOf } from '../volatility/true-range.ts';

/**
 * Ultimate oscillator, Williams 1985: buying pressure (close − min(low, previous close)) over true range, summed over three
 * periods and weighted 4 : 2 : 1. A period without a range counts as 1/2.
 *
 * @param short candles, ≥ 1 (usual: 7, 14, 28); the shortest period weighs most
 * @param out where to write, instead of a new column
 * @returns one value per candle, 0..100; NaN before the index of the longest period
 * @throws {IndicatorInputError} columns of unequal length, a bad period or output, or a value that is not finite
 */
export function ultimateOscillator(
  candles: HighLowClose,
  short: number,
  middle: number,
  long: number,
  out?: Float64Array,
): Float64Array {
  requirePeriods(short, middle, long);
  requireEqualLengths(candles);
  const { high, low, close } = candles;
  const { length } = close;
  const values = outputColumn(out, high, low, close);
  if (length === 0) return values;
  if (middle === 2 * short && long === 4 * short) weighDoubling(candles, short, values);
  else weigh(candles, [short, middle, long], values);
  values.fill(Number.NaN, 0, Math.min(Math.max(short, middle, long), length));
  return values;
}

/** {@link ultimateOscillator}, one candle at a time. */
export function createUltimateOscillator(
  short: number,
  middle: number,
  long: number,
): Streaming<HighLowCloseCandle, number> {
  const periods = requirePeriods(short, middle, long);
  const pressure = new Pressure(periods);
  return createStream('ultimateOscillator', periods, pressure.parts, (candle, commit) => {
    requireFiniteCandle(candle);
    return pressure.step(candle.high, candle.low, candle.close, commit);
  });
}

function weigh(candles: HighLowClose, periods: Periods, values: Float64Array): void {
  requireCandles(candles);
  const { high, low, close } = candles;
  const { length } = values;
  const pressures = scratchColumn(length, 0);
  const ranges = scratchColumn(length, 1);
  for (let i = 1; i < length; i++) {
    pressures[i] = pressureOf(low[i]!, close[i]!, close[i - 1]!);
    ranges[i] = rangeOf(high[i]!, low[i]!, close[i - 1]!);
  }
  const pressureSums = scratchColumn(length, 2);
  const rangeSums = scratchColumn(length, 3);
  values.fill(0);
  for (const [at, period] of periods.entries()) {
    rollingSum(pressures, 1, period, pressureSums);
    rollingSum(ranges, 1, period, rangeSums);
    const weight = WEIGHTS[at]! * PERCENT;
    for (let i = period; i < length; i++) values[i] = values[i]! + weight * shareOf(pressureSums[i]!, rangeSums[i]!);
  }
}

/**
 * As {@link weigh} for the usual proportions 1 : 2 : 4. In blocks of the short period (see rolling/sum.ts) the longer sums
 * are those at the same place of the last two and four blocks.
 */
function weighDoubling({ high, low, close }: HighLowClose, short: number, values: Float64Array): void {
  const { length } = values;
  const size = 2 * short;
  const tails = size + 2;
  const ring = 2 * size + 2;
  // the block, its tails, and the short sums of the last four blocks, in one array: a loop pays for each it touches
  const pairs = new Float64Array(ring + 4 * size);
  let before = close[0]!;
  let spoilt = high[0]! + low[0]!;
  for (let start = 1, block = 0; start < length; start += short, block++) {
    const own = ring + size * (block & 3);
    const one = ring + size * ((block + 3) & 3);
    const two = ring + size * ((block + 2) & 3);
    const three = ring + size * ((block + 1) & 3);
    const end = Math.min(start + short, length);
    let head = 0;
    let rangeHead = 0;
    for (let i = start, at = 0; i < end; i++, at += 2) {
      const pressure = pressureOf(low[i]!, close[i]!, before);
      const range = rangeOf(high[i]!, low[i]!, before);
      before = close[i]!;
      pairs[at] = pressure;
      pairs[at + 1] = range;
      head += pressure;
      rangeHead += range;
      const shortPressure = head + pairs[tails + at]!;
      const shortRange = rangeHead + pairs[tails + at + 1]!;
      const middlePressure = shortPressure + pairs[one + at]!;
      const middleRange = shortRange + pairs[one + at + 1]!;
      const longPressure = middlePressure + (pairs[two + at]! + pairs[three + at]!);
      const longRange = middleRange + (pairs[two + at + 1]! + pairs[three + at + 1]!);
      pairs[own + at] = shortPressure;
      pairs[own + at + 1] = shortRange;
      const common = shortRange * middleRange * longRange;
      const isPlain = common > SMALLEST && common < LARGEST;
      values[i] = isPlain
        ? ((4 * shortPressure * middleRange * longRange +
            shortRange * (2 * middlePressure * longRange + middleRange * longPressure)) /
            common) *
          PERCENT
        : oscillate(
            shareOf(shortPressure, shortRange),
            shareOf(middlePressure, middleRange),
            shareOf(longPressure, longRange),
          );
    }
    spoilt += (head + rangeHead) * 0;
    if (end < length) closePairBlock(pairs, short);
  }
  if (!Number.isFinite(spoilt + before)) requireCandles({ high, low, close });
}

/** Between these a product of three ranges is a normal number, and one division does for three. */
const SMALLEST = 1e-200;
const LARGEST = 1e200;

const WEIGHTS = [4, 2, 1];
const PERCENT = 100 / 7;

function oscillate(short: number, middle: number, long: number): number {
  return (4 * short + 2 * middle + long) * PERCENT;
}

function shareOf(pressure: number, range: number): number {
  return range > 0 ? pressure / range : 0.5;
}

/** How far the close stands above the true low: the lower of the low and the previous close. */
function pressureOf(low: number, close: number, closeBefore: number): number {
  return close - low + 0.5 * twicePositive(low - closeBefore);
}

type Periods = readonly [short: number, middle: number, long: number];

function requirePeriods(short: number, middle: number, long: number): Periods {
  requirePeriod(short, 1, 'short period');
  requirePeriod(middle, 1, 'middle period');
  requirePeriod(long, 1, 'long period');
  return [short, middle, long];
}

class Pressure {
  readonly parts: readonly Part[];
  /** whether there is a previous close, and it */
  readonly #before: Part = { memory: createMemory(2) };
  readonly #short: RollingSumPair;
  readonly #middle: RollingSumPair;
  readonly #long: RollingSumPair;

  constructor([short, middle, long]: Periods) {
    this.#short = new RollingSumPair(short);
    this.#middle = new RollingSumPair(middle);
    this.#long = new RollingSumPair(long);
    this.parts = [this.#before, this.#short, this.#middle, this.#long];
  }

  step(high: number, low: number, close: number, commit: boolean): number {
    const { memory } = this.#before;
    const before = memory[1]!;
    const isFirst = memory[0] === 0;
    if (commit) {
      memory[0] = 1;
      memory[1] = close;
    }
    if (isFirst) return Number.NaN;
    const pressure = pressureOf(low, close, before);
    const range = rangeOf(high, low, before);
    const short = stepShare(this.#short, pressure, range, commit);
    const middle = stepShare(this.#middle, pressure, range, commit);
    const long = stepShare(this.#long, pressure, range, commit);
    return oscillate(short, middle, long);
  }
}

function stepShare(sums: RollingSumPair, pressure: number, range: number, commit: boolean): number {
  sums.step(pressure, range, commit);
  return Number.isNaN(sums.second) ? Number.NaN : shareOf(sums.first, sums.second);
}
