import { TIMEFRAME_MS } from '@mexc-bot/core';
import { macd, rsi } from '@mexc-bot/indicators';
import type { Candidate, Store } from '@mexc-bot/store';

/** The columns the files of the Python bot had. */
export const CANDIDATE_COLUMNS = [
  'timestamp',
  'symbol',
  'price',
  'rsi',
  'macd',
  'macd_signal',
  'volume',
  'avg_volume',
  'safety_score',
  'strategy',
  'ai_confidence',
  'reject_reason',
] as const;

const RSI_PERIOD = 14;
/** Candles until the slowest average, MACD's, has forgotten where it began. */
const WARM_CANDLES = 200;
const MEAN_CANDLES = 20;

/**
 * One row of {@link CANDIDATE_COLUMNS}. The indicators are those of the last candle it was judged on; empty where candles that old are no
 * longer stored. `safety_score` is always empty: the old one was 1 ÷ price.
 */
export function candidateCells(
  store: Pick<Store, 'candles'>,
  candidate: Candidate,
): readonly (string | number | null)[] {
  const { at, market, price, candleAt, strategy, confidence, decision, reason } = candidate;
  return [
    new Date(at).toISOString(),
    market,
    price,
    ...indicatorCells(store, market, candleAt),
    null,
    strategy,
    confidence,
    decision === 'bought' ? null : reason,
  ];
}

function indicatorCells(
  store: Pick<Store, 'candles'>,
  market: string,
  candleAt: number | null,
): readonly (number | null)[] {
  const none = [null, null, null, null, null];
  if (candleAt === null) return none;
  const { openTime, close, volume } = store.candles.last(market, '5m', WARM_CANDLES, candleAt + TIMEFRAME_MS['5m']);
  if (openTime.at(-1) !== candleAt) return none;
  const lines = macd(close, 12, 26, 9);
  const recent = volume.slice(-MEAN_CANDLES);
  const cells = [
    rsi(close, RSI_PERIOD).at(-1),
    lines.macd.at(-1),
    lines.signal.at(-1),
    volume.at(-1),
    recent.reduce((sum, each) => sum + each, 0) / recent.length,
  ];
  return cells.map((value) => (value !== undefined && Number.isFinite(value) ? value : null));
}
