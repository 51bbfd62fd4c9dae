import {
  type CandleColumns,
  type CandleGap,
  type CandlesKnown,
  type ExchangeSymbol,
  emptyColumns,
  type KeptTimeframe,
  MINUTE_MS,
  TIMEFRAME_MS,
  type TimeRange,
} from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';
import { type CandlePruning, createCandlePruning } from './candles-prune.ts';
import { type CandleLook, createCandleWriter } from './candles-write.ts';
import { namingDiskFull } from './errors.ts';

/** What is stored of one market's candles of one timeframe. */
export interface CandleSeries extends CandlesKnown {
  readonly market: ExchangeSymbol;
  readonly timeframe: KeptTimeframe;
  readonly checked: TimeRange;
}

export interface CandleRepository extends CandlePruning {
  /** The newest closed candles, at most `limit`. @param asOf market ms UTC: what closes later is not seen */
  last(market: ExchangeSymbol, timeframe: KeptTimeframe, limit: number, asOf: number): CandleColumns;
  /** The closed candles that open in a range. */
  between(market: ExchangeSymbol, timeframe: KeptTimeframe, range: TimeRange, asOf: number): CandleColumns;
  /** What was looked at and what is missing of it; `checked` null: nothing was looked at. */
  known(market: ExchangeSymbol, timeframe: KeptTimeframe): CandlesKnown;
  /** Every series, by market and timeframe; its gaps too. */
  series(): readonly CandleSeries[];
  /** Close of the newest candle looked at, ms UTC; null: none is stored. */
  newest(): number | null;
  /**
   * Stores what one look at a range brought. A candle that is stored already stays as it is; what the range lacks is kept as gaps.
   * Long ones are written in several transactions, each of them complete in itself.
   *
   * @returns how many candles are new
   * @throws {StoreError} the disk is full
   */
  put(market: ExchangeSymbol, timeframe: KeptTimeframe, look: CandleLook): number;
}

interface SeriesRow {
  id: number;
  market: string;
  timeframe: string;
  checked_from: number;
  checked_until: number;
}
type RawCandle = readonly [minute: number, open: number, high: number, low: number, close: number, volume: number];

export function createCandles(db: Database): CandleRepository {
  const columns = 'minute, open, high, low, close, volume';
  const newestRows = db
    .prepare<[string, string, number, number], RawCandle>(
      `SELECT ${columns} FROM candle WHERE series = (SELECT id FROM candle_series WHERE market = ? AND timeframe = ?)
       AND minute <= ? ORDER BY minute DESC LIMIT ?`,
    )
    .raw();
  const rangeRows = db
    .prepare<[string, string, number, number, number], RawCandle>(
      `SELECT ${columns} FROM candle WHERE series = (SELECT id FROM candle_series WHERE market = ? AND timeframe = ?)
       AND minute >= ? AND minute < ? AND minute <= ? ORDER BY minute`,
    )
    .raw();
  const one = db.prepare<[string, string], SeriesRow>('SELECT * FROM candle_series WHERE market = ? AND timeframe = ?');
  const all = db.prepare<[], SeriesRow>('SELECT * FROM candle_series ORDER BY market, timeframe');
  const gapRows = db
    .prepare<[number], readonly [number, number, number]>(
      'SELECT from_minute, until_minute, looks FROM candle_gap WHERE series = ? ORDER BY from_minute',
    )
    .raw();
  const newest = db.prepare<[], number | null>('SELECT max(checked_until) FROM candle_series').pluck();

  const gapsOf = (series: number): CandleGap[] =>
    gapRows.all(series).map(([from, until, looks]) => ({
      from: from * MINUTE_MS,
      until: until * MINUTE_MS,
      looks: looks as CandleGap['looks'],
    }));
  const checkedOf = (row: SeriesRow): TimeRange => ({
    from: row.checked_from * MINUTE_MS,
    until: row.checked_until * MINUTE_MS,
  });
  /** the newest open minute of a candle that is closed */
  const closedBy = (timeframe: KeptTimeframe, asOf: number): number =>
    Math.floor((asOf - TIMEFRAME_MS[timeframe]) / MINUTE_MS);

  const { put } = createCandleWriter(db);
  return {
    last: (market, timeframe, limit, asOf) =>
      toColumns(newestRows.all(market, timeframe, closedBy(timeframe, asOf), limit), true),
    between: (market, timeframe, { from, until }, asOf) => {
      const [first, end] = [Math.ceil(from / MINUTE_MS), Math.ceil(until / MINUTE_MS)];
      return toColumns(rangeRows.all(market, timeframe, first, end, closedBy(timeframe, asOf)), false);
    },
    known: (market, timeframe) => {
      const row = one.get(market, timeframe);
      return row === undefined ? { checked: null, gaps: [] } : { checked: checkedOf(row), gaps: gapsOf(row.id) };
    },
    series: () =>
      all.all().map((row) => ({
        market: row.market,
        timeframe: row.timeframe as KeptTimeframe,
        checked: checkedOf(row),
        gaps: gapsOf(row.id),
      })),
    newest: () => {
      const minute = newest.get() as number | null | undefined;
      return minute == null ? null : minute * MINUTE_MS;
    },
    put: (market, timeframe, look) =>
      namingDiskFull(db.name, () => withoutFlush(db, () => put(market, timeframe, look))),
    ...createCandlePruning(db),
  };
}

/**
 * A candle can be fetched again: its commit need not survive a power cut, as an order's must, and does not wait for the disk. The
 * file stays whole either way.
 */
function withoutFlush<T>(db: Database, write: () => T): T {
  if (db.inTransaction) return write(); // the level cannot be changed there
  db.pragma('synchronous = NORMAL');
  try {
    return write();
  } finally {
    db.pragma('synchronous = FULL');
  }
}

function toColumns(rows: readonly RawCandle[], newestFirst: boolean): CandleColumns {
  const columns = emptyColumns(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const [minute, open, high, low, close, volume] = rows[newestFirst ? rows.length - 1 - i : i]!;
    columns.openTime[i] = minute * MINUTE_MS;
    columns.open[i] = open;
    columns.high[i] = high;
    columns.low[i] = low;
    columns.close[i] = close;
    columns.volume[i] = volume;
  }
  return columns;
}
