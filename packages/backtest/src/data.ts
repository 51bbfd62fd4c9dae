import { type CandleColumns, DAY_MS, TIMEFRAME_MS, type Timeframe } from '@mexc-bot/core';
import {
  type Allocate,
  atrFractions,
  featuresOf,
  type MarketCandles,
  type MarketFeatures,
  SCAN_PERIOD,
} from './prepare.ts';

/** A market on the time grid of a run. */
export interface PreparedMarket extends MarketCandles, MarketFeatures {
  /** grid index → row of the candle that opens there; −1: it is missing */
  readonly rowAt: Int32Array;
  /** when it was listed, as far as the candles tell, ms UTC; null: it was there at the first look */
  readonly firstSeenAt: number | null;
  /** period → ATR ÷ close that stops go by, as far as it was asked for: {@link stopAtr} */
  readonly stopAtrs: Map<number, Float64Array>;
}

/** Many markets on one time grid, features computed. */
export interface PreparedData {
  readonly timeframe: Timeframe;
  readonly detail: Timeframe | null;
  readonly stepMs: number;
  /** open time of grid index 0, ms UTC */
  readonly start: number;
  /** candles of the grid */
  readonly length: number;
  /** by name */
  readonly markets: readonly PreparedMarket[];
  /** candles of all markets */
  readonly candles: number;
}

/** Series of one recording begin together within this time; one that begins later was listed then. */
const FIRST_LOOK_MS = 2 * DAY_MS;

/**
 * @param inputs one a market, their candles closed, rising, on the grid of `timeframe`
 * @throws {RangeError} no candles at all, or a market twice: the caller must have said so in better words
 */
export function prepareData(
  inputs: readonly MarketCandles[],
  timeframe: Timeframe,
  detail: Timeframe | null = null,
  features: (candles: CandleColumns, allocate?: Allocate) => MarketFeatures = featuresOf,
): PreparedData {
  const filled = inputs
    .filter(({ candles }) => candles.openTime.length > 0)
    .toSorted((a, b) => (a.market.id < b.market.id ? -1 : 1));
  if (filled.length === 0) throw new RangeError('there are no candles');
  const twice = filled.find(({ market }, i) => market.id === filled[i + 1]?.market.id);
  if (twice !== undefined) throw new RangeError(`${twice.market.id} is there twice`);

  const stepMs = TIMEFRAME_MS[timeframe];
  const start = Math.min(...filled.map(({ candles }) => candles.openTime[0]!));
  const end = Math.max(...filled.map(({ candles }) => candles.openTime.at(-1)!)) + stepMs;
  const length = (end - start) / stepMs;
  const markets = filled.map((input): PreparedMarket => {
    const first = input.candles.openTime[0]!;
    const columns = features(input.candles);
    return {
      ...input,
      ...columns,
      rowAt: rowsOnGrid(input.candles.openTime, start, stepMs, length),
      firstSeenAt: first - start <= FIRST_LOOK_MS ? null : first,
      stopAtrs: new Map([[SCAN_PERIOD, columns.atrFraction]]),
    };
  });
  const candles = markets.reduce((sum, market) => sum + market.candles.openTime.length, 0);
  return { timeframe, detail, stepMs, start, length, markets, candles };
}

/** ATR ÷ close that a market's stops go by, a value for every candle; made once, whatever else the settings say. */
export function stopAtr({ stopAtrs, candles }: PreparedMarket, period: number): Float64Array {
  const column = stopAtrs.get(period) ?? atrFractions(candles, period);
  stopAtrs.set(period, column);
  return column;
}

/** First and last grid index whose close lies in the time that is asked for; first > last: none does. */
export function indicesOf(
  { start, stepMs, length }: PreparedData,
  { from, until }: { readonly from: number | null; readonly until: number | null },
): { readonly first: number; readonly last: number } {
  return {
    first: from === null ? 0 : Math.max(0, Math.ceil((from - start) / stepMs) - 1),
    last: until === null ? length - 1 : Math.min(length, Math.floor((until - start) / stepMs)) - 1,
  };
}

function rowsOnGrid(openTime: Float64Array, start: number, stepMs: number, length: number): Int32Array {
  const rowAt = new Int32Array(length).fill(-1);
  for (let row = 0; row < openTime.length; row++) rowAt[(openTime[row]! - start) / stepMs] = row;
  return rowAt;
}
