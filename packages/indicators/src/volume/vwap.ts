import {
  type HighLowCloseVolume,
  IndicatorInputError,
  outputColumn,
  requireCandles,
  requireEqualLengths,
  requireFinite,
  requirePeriod,
  requireSoundEnd,
} from '../columns.ts';
import { typicalPrice } from '../momentum/cci.ts';
import { createMemory } from '../rolling/memory.ts';
import { closePairBlock, createPairBlock, RollingSumPair } from '../rolling/sum-pair.ts';
import {
  createStream,
  requireFiniteCandle,
  requireFiniteValue,
  type Streaming,
  type VolumeCandle,
} from '../streaming.ts';

/**
 * Volume-weighted average price of the last `period` candles: the sum of typical price × volume over that of volume, the
 * typical price being (high + low + close) / 3. Without volume, the candle's typical price.
 *
 * @param period candles, ≥ 1 (usual: 20)
 * @param out where to write, instead of a new column
 * @returns one value per candle in price units; NaN before index `period − 1`
 * @throws {IndicatorInputError} columns of unequal length, a bad period or output, or a value that is not finite
 */
export function vwap(candles: HighLowCloseVolume, period: number, out?: Float64Array): Float64Array {
  requirePeriod(period);
  requireEqualLengths(candles);
  const { high, low, close, volume } = candles;
  const prices = outputColumn(out, high, low, close, volume);
  const { length } = close;
  let spoilt = 0;
  const pairs = createPairBlock(period);
  const tails = 2 * period + 2;
  for (let start = 0; start < length; start += period) {
    const end = Math.min(start + period, length);
    let head = 0;
    let volumeHead = 0;
    let at = 0;
    let i = start;
    // two candles a turn: a loop pays for every column it touches, each time round
    for (; i < end - 1; i += 2) {
      const price = high[i]! + low[i]! + close[i]!;
      const priceAfter = high[i + 1]! + low[i + 1]! + close[i + 1]!;
      const traded = volume[i]!;
      const tradedAfter = volume[i + 1]!;
      const turnover = price * traded;
      const turnoverAfter = priceAfter * tradedAfter;
      pairs[at] = turnover;
      pairs[at + 1] = traded;
      pairs[at + 2] = turnoverAfter;
      pairs[at + 3] = tradedAfter;
      const odd = head + turnover;
      const volumeOdd = volumeHead + traded;
      head = odd + turnoverAfter;
      volumeHead = volumeOdd + tradedAfter;
      prices[i] = thirdOf(odd + pairs[tails + at]!, volumeOdd + pairs[tails + at + 1]!, price);
      prices[i + 1] = thirdOf(head + pairs[tails + at + 2]!, volumeHead + pairs[tails + at + 3]!, priceAfter);
      at += 4;
    }
    if (i < end) {
      const price = high[i]! + low[i]! + close[i]!;
      const traded = volume[i]!;
      pairs[at] = price * traded;
      pairs[at + 1] = traded;
      head += price * traded;
      volumeHead += traded;
      prices[i] = thirdOf(head + pairs[tails + at]!, volumeHead + pairs[tails + at + 1]!, price);
    }
    spoilt += (head + volumeHead) * 0;
    if (end < length) closePairBlock(pairs, period);
  }
  requireSoundEnd(spoilt, { high, low, close, volume });
  prices.fill(Number.NaN, 0, Math.min(period - 1, length));
  return prices;
}

/** {@link vwap}, one candle at a time. */
export function createVwap(period: number): Streaming<VolumeCandle, number> {
  requirePeriod(period);
  const sums = new RollingSumPair(period);
  return createStream('vwap', [period], [sums], (candle, commit) => {
    requireFiniteCandle(candle);
    const { high, low, close, volume } = candle;
    const price = high + low + close;
    sums.step(price * volume, volume, commit);
    return thirdOf(sums.first, sums.second, price);
  });
}

export interface SessionColumns extends HighLowCloseVolume {
  /** opening times, ms UTC */
  readonly openTime: Float64Array;
}

export interface SessionCandle extends VolumeCandle {
  /** opening time, ms UTC */
  readonly openTime: number;
}

const DAY_MS = 86_400_000;

/**
 * Volume-weighted average price since the first candle of the UTC day (Berkowitz, Logue, Noser 1988); on the first day, since
 * the start of the series. Without volume, the candle's typical price.
 *
 * @param out where to write, instead of a new column
 * @returns one value per candle in price units, from index 0 on
 * @throws {IndicatorInputError} columns of unequal length, a bad output, or a value that is not finite
 */
export function sessionVwap(candles: SessionColumns, out?: Float64Array): Float64Array {
  requireCandles(candles);
  const { high, low, close, volume, openTime } = candles;
  if (openTime.length !== close.length) {
    throw new IndicatorInputError(`columns differ in length: openTime ${openTime.length}, close ${close.length}`);
  }
  requireFinite(openTime, 'openTime');
  const prices = outputColumn(out, high, low, close, volume, openTime);
  let day = Number.NaN;
  let turnover = 0;
  let volumes = 0;
  for (let i = 0; i < close.length; i++) {
    const today = Math.floor(openTime[i]! / DAY_MS);
    if (today !== day) {
      day = today;
      turnover = 0;
      volumes = 0;
    }
    const price = typicalPrice(high[i]!, low[i]!, close[i]!);
    turnover += price * volume[i]!;
    volumes += volume[i]!;
    prices[i] = averageOf(turnover, volumes, price);
  }
  return prices;
}

/** {@link sessionVwap}, one candle at a time. */
export function createSessionVwap(): Streaming<SessionCandle, number> {
  /** the day, turnover and volume in it */
  const part = { memory: createMemory(3) };
  return createStream('sessionVwap', [], [part], (candle, commit) => {
    requireFiniteCandle(candle);
    requireFiniteValue(candle.openTime, 'openTime');
    const { memory } = part;
    const day = Math.floor(candle.openTime / DAY_MS);
    const isSame = day === memory[0];
    const price = typicalPrice(candle.high, candle.low, candle.close);
    const turnover = (isSame ? memory[1]! : 0) + price * candle.volume;
    const volumes = (isSame ? memory[2]! : 0) + candle.volume;
    if (commit) {
      memory[0] = day;
      memory[1] = turnover;
      memory[2] = volumes;
    }
    return averageOf(turnover, volumes, price);
  });
}

function averageOf(turnover: number, volume: number, price: number): number {
  return volume === 0 ? price : turnover / volume;
}

/** A third of the average, of sums of high + low + close. */
function thirdOf(turnover: number, volume: number, price: number): number {
  return volume === 0 ? price / 3 : turnover / (3 * volume);
}
