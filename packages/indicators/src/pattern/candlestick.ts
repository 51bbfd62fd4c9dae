import patterns from 'technicalindicators';
import { type HighLowClose, IndicatorInputError, requireCandles, requireFinite } from '../columns.ts';

export interface OpenHighLowClose extends HighLowClose {
  readonly open: Float64Array;
}

type Window = Parameters<typeof patterns.doji>[0];

/** Each pattern: its finder in technicalindicators, and how many candles it looks at. */
const FINDERS = {
  abandonedBaby: [patterns.abandonedbaby, 3],
  bearishEngulfing: [patterns.bearishengulfingpattern, 2],
  bearishHammer: [patterns.bearishhammerstick, 1],
  bearishHarami: [patterns.bearishharami, 2],
  bearishHaramiCross: [patterns.bearishharamicross, 2],
  bearishInvertedHammer: [patterns.bearishinvertedhammerstick, 1],
  bearishMarubozu: [patterns.bearishmarubozu, 1],
  bearishSpinningTop: [patterns.bearishspinningtop, 1],
  bullishEngulfing: [patterns.bullishengulfingpattern, 2],
  bullishHammer: [patterns.bullishhammerstick, 1],
  bullishHarami: [patterns.bullishharami, 2],
  bullishHaramiCross: [patterns.bullishharamicross, 2],
  bullishInvertedHammer: [patterns.bullishinvertedhammerstick, 1],
  bullishMarubozu: [patterns.bullishmarubozu, 1],
  bullishSpinningTop: [patterns.bullishspinningtop, 1],
  darkCloudCover: [patterns.darkcloudcover, 2],
  doji: [patterns.doji, 1],
  downsideTasukiGap: [patterns.downsidetasukigap, 3],
  dragonflyDoji: [patterns.dragonflydoji, 1],
  eveningDojiStar: [patterns.eveningdojistar, 3],
  eveningStar: [patterns.eveningstar, 3],
  gravestoneDoji: [patterns.gravestonedoji, 1],
  hammer: [patterns.hammerpattern, 5],
  hangingMan: [patterns.hangingman, 5],
  morningDojiStar: [patterns.morningdojistar, 3],
  morningStar: [patterns.morningstar, 3],
  piercingLine: [patterns.piercingline, 2],
  shootingStar: [patterns.shootingstar, 5],
  threeBlackCrows: [patterns.threeblackcrows, 3],
  threeWhiteSoldiers: [patterns.threewhitesoldiers, 3],
  tweezerBottom: [patterns.tweezerbottom, 5],
  tweezerTop: [patterns.tweezertop, 5],
} as const satisfies Record<string, readonly [find: (candles: Window) => unknown, candles: number]>;

export type CandlestickPattern = keyof typeof FINDERS;

/** Names of all patterns that can be looked for. */
export const CANDLESTICK_PATTERNS = Object.keys(FINDERS) as readonly CandlestickPattern[];

/**
 * Where a candlestick pattern is complete, as technicalindicators defines it.
 *
 * @returns one value per candle: 1 where the pattern ends with that candle, else 0 (also where it has too few before it)
 * @throws {IndicatorInputError} columns of unequal length, or a value that is not finite
 */
export function candlestickPattern(candles: OpenHighLowClose, pattern: CandlestickPattern): Uint8Array {
  requireOpenCandles(candles);
  const found = new Uint8Array(candles.close.length);
  for (let i = 0; i < found.length; i++) found[i] = Number(endsAt(candles, i, pattern));
  return found;
}

/**
 * The patterns that are complete with the last candle.
 *
 * @throws {IndicatorInputError} columns of unequal length, or a value that is not finite
 */
export function candlestickPatternsAtLast(candles: OpenHighLowClose): CandlestickPattern[] {
  requireOpenCandles(candles);
  const last = candles.close.length - 1;
  return CANDLESTICK_PATTERNS.filter((pattern) => endsAt(candles, last, pattern));
}

function endsAt(candles: OpenHighLowClose, index: number, pattern: CandlestickPattern): boolean {
  const [find, count] = FINDERS[pattern];
  const from = index + 1 - count;
  if (from < 0) return false;
  const windowOf = (column: Float64Array) => Array.from(column.subarray(from, index + 1));
  return Boolean(
    find({
      open: windowOf(candles.open),
      high: windowOf(candles.high),
      low: windowOf(candles.low),
      close: windowOf(candles.close),
      reversedInput: false,
    }),
  );
}

function requireOpenCandles(candles: OpenHighLowClose): void {
  requireCandles(candles);
  const { open, close } = candles;
  if (open.length !== close.length) {
    throw new IndicatorInputError(`columns differ in length: open ${open.length}, close ${close.length}`);
  }
  requireFinite(open, 'open');
}
