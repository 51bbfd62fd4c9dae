import {
  type CandleColumns,
  type CandleGap,
  type ExchangeSymbol,
  gapsAfterLook,
  gapsOutside,
  type KeptTimeframe,
  MINUTE_MS,
  missingRanges,
  TIMEFRAME_MS,
  type TimeRange,
} from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

/** What was found where. */
export interface CandleLook {
  /** on the timeframe's grid */
  readonly range: TimeRange;
  /** closed ones that open in the range, rising */
  readonly candles: CandleColumns;
  /** how often the exchange was now asked for what is missing: 0 for a file, 2 where it is known to have nothing */
  readonly looks: CandleGap['looks'];
}

/** A transaction of so many rows takes some 10 ms; an order intent waits no longer for its turn. */
const ROWS_A_TRANSACTION = 5_000;
/** Rows an INSERT: each call costs more than a row. */
const ROWS_AN_INSERT = 50;

interface Stored {
  id: number;
  checked_from: number;
  checked_until: number;
}

export function createCandleWriter(db: Database) {
  const insertOf = (rows: number) =>
    db.prepare<[number[]]>(
      `INSERT INTO candle (series, minute, open, high, low, close, volume)
       VALUES ${Array.from({ length: rows }, () => '(?, ?, ?, ?, ?, ?, ?)').join(', ')} ON CONFLICT DO NOTHING`,
    );
  const [insertMany, insertOne] = [insertOf(ROWS_AN_INSERT), insertOf(1)];
  const find = db.prepare<[string, string], Stored>(
    'SELECT id, checked_from, checked_until FROM candle_series WHERE market = ? AND timeframe = ?',
  );
  const create = db.prepare<[string, string, number, number], Stored>(
    `INSERT INTO candle_series (market, timeframe, checked_from, checked_until) VALUES (?, ?, ?, ?)
     RETURNING id, checked_from, checked_until`,
  );
  const widen = db.prepare<[number, number, number]>(
    'UPDATE candle_series SET checked_from = ?, checked_until = ? WHERE id = ?',
  );
  const openTimes = db
    .prepare<[number, number, number], number>(
      'SELECT minute FROM candle WHERE series = ? AND minute >= ? AND minute < ? ORDER BY minute',
    )
    .pluck();
  const gapsIn = db
    .prepare<[number, number, number], readonly [number, number, number]>(
      `SELECT from_minute, until_minute, looks FROM candle_gap
       WHERE series = ? AND from_minute < ? AND until_minute > ? ORDER BY from_minute`,
    )
    .raw();
  const deleteGap = db.prepare<[number, number]>('DELETE FROM candle_gap WHERE series = ? AND from_minute = ?');
  const insertGap = db.prepare<[number, number, number, number]>(
    'INSERT INTO candle_gap (series, from_minute, until_minute, looks) VALUES (?, ?, ?, ?)',
  );

  /** All times from here on are minutes, as they are stored. */
  function insert(series: number, candles: CandleColumns, start: number, end: number): number {
    const { openTime, open, high, low, close, volume } = candles;
    let fresh = 0;
    let at = start;
    while (at < end) {
      const rows = end - at >= ROWS_AN_INSERT ? ROWS_AN_INSERT : 1;
      const values: number[] = [];
      for (const last = at + rows; at < last; at++) {
        values.push(series, openTime[at]! / MINUTE_MS, open[at]!, high[at]!, low[at]!, close[at]!, volume[at]!);
      }
      fresh += (rows === 1 ? insertOne : insertMany).run(values).changes;
    }
    return fresh;
  }

  function keepGaps(series: number, range: TimeRange, step: number, whole: boolean, looks: CandleGap['looks']): void {
    const before = gapsIn
      .all(series, range.until, range.from)
      .map(([from, until, count]): CandleGap => ({ from, until, looks: count as CandleGap['looks'] }));
    if (whole && before.length === 0) return;
    const missing = whole ? [] : missingRanges(openTimes.all(series, range.from, range.until) as number[], range, step);
    for (const { from } of before) deleteGap.run(series, from);
    for (const gap of [...gapsOutside(before, range), ...gapsAfterLook(missing, before, looks)]) {
      insertGap.run(series, gap.from, gap.until, gap.looks);
    }
  }

  /** Widens what is checked; what lies between is a gap nobody looked at. */
  function keepChecked({ id, checked_from, checked_until }: Stored, { from, until }: TimeRange): void {
    if (from > checked_until) insertGap.run(id, checked_until, from, 0);
    if (until < checked_from) insertGap.run(id, until, checked_from, 0);
    if (from < checked_from || until > checked_until) {
      widen.run(Math.min(from, checked_from), Math.max(until, checked_until), id);
    }
  }

  const putPart = db.transaction(
    (market: string, timeframe: KeptTimeframe, look: CandleLook, start: number, end: number, range: TimeRange) => {
      const stored = find.get(market, timeframe) ?? create.get(market, timeframe, range.from, range.until)!;
      const fresh = insert(stored.id, look.candles, start, end);
      keepChecked(stored, range);
      const step = TIMEFRAME_MS[timeframe] / MINUTE_MS;
      keepGaps(stored.id, range, step, (end - start) * step === range.until - range.from, look.looks);
      return fresh;
    },
  );

  return {
    /** @see CandleRepository.put */
    put(market: ExchangeSymbol, timeframe: KeptTimeframe, look: CandleLook): number {
      requireSound(look, TIMEFRAME_MS[timeframe]);
      const { openTime } = look.candles;
      let fresh = 0;
      let from = look.range.from / MINUTE_MS;
      for (let start = 0; start === 0 || start < openTime.length; start += ROWS_A_TRANSACTION) {
        const end = Math.min(start + ROWS_A_TRANSACTION, openTime.length);
        const until = (end < openTime.length ? openTime[end]! : look.range.until) / MINUTE_MS;
        if (from < until) fresh += putPart.immediate(market, timeframe, look, start, end, { from, until });
        from = until;
      }
      return fresh;
    },
  };
}

/** What is stored must be right: it is read by everything that decides, for years. @throws {RangeError} a bug in the caller */
function requireSound({ range, candles }: CandleLook, stepMs: number): void {
  const fail = (why: string): never => {
    throw new RangeError(`candles cannot be stored: ${why}`);
  };
  if (range.from % stepMs !== 0 || range.until % stepMs !== 0 || range.from > range.until) {
    fail(`${range.from} to ${range.until} is no range of ${stepMs} ms candles`);
  }
  const { openTime, open, high, low, close, volume } = candles;
  let previous = range.from - stepMs;
  for (let i = 0; i < openTime.length; i++) {
    const at = openTime[i]!;
    if (!(at > previous && at % stepMs === 0 && at < range.until)) fail(`${at} follows ${previous}`);
    const inOrder =
      low[i]! > 0 &&
      low[i]! <= Math.min(open[i]!, close[i]!) &&
      high[i]! >= Math.max(open[i]!, close[i]!) &&
      high[i]! < Number.POSITIVE_INFINITY;
    if (!inOrder) fail(`o ${open[i]} h ${high[i]} l ${low[i]} c ${close[i]} at ${at}`);
    if (!(volume[i]! >= 0 && volume[i]! < Number.POSITIVE_INFINITY)) fail(`volume ${volume[i]} at ${at}`);
    previous = at;
  }
}
