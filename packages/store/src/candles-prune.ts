import { DAY_MS, type ExchangeSymbol, type KeptTimeframe, MINUTE_MS } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';
import { namingDiskFull } from './errors.ts';

export interface CandlePruning {
  /**
   * Deletes candles of a timeframe that open before `before`, but none that an open position or a candidate still waiting for its
   * label needs. In short transactions; kept space is used again.
   *
   * @param asOf market ms UTC
   * @returns candles deleted, of how many markets, and how many markets kept older ones because they are needed
   */
  prune(
    timeframe: KeptTimeframe,
    before: number,
    asOf: number,
  ): { readonly candles: number; readonly markets: number; readonly spared: number };
  /** Bytes of the database file, and those of them that are free for new rows. */
  space(): { readonly bytes: number; readonly free: number };
}

/** A candidate whose label is overdue for longer holds its candles no more: nothing labels, or nothing can. */
const OVERDUE_MS = 7 * DAY_MS;
/** Indicators at the beginning of a trade look back this far. */
const WARM_UP_MS = DAY_MS;
const ROWS_A_TRANSACTION = 5_000;

interface SeriesRow {
  id: number;
  market: string;
  checked_until: number;
}

export function createCandlePruning(db: Database): CandlePruning {
  const series = db.prepare<[string, number], SeriesRow>(
    'SELECT id, market, checked_until FROM candle_series WHERE timeframe = ? AND checked_from < ?',
  );
  const needed = db.prepare<[number], { market: string; since: number }>(`
    SELECT market, min(since) AS since FROM (
      SELECT market, opened_at AS since FROM position WHERE state = 'open'
      UNION ALL SELECT market, at FROM candidate WHERE label_state = 'pending' AND label_due_at >= ?
    ) GROUP BY market`);
  const boundary = db
    .prepare<[number, number], number>(
      `SELECT minute FROM candle WHERE series = ? AND minute < ? ORDER BY minute LIMIT 1 OFFSET ${ROWS_A_TRANSACTION}`,
    )
    .pluck();
  const deleteCandles = db.prepare<[number, number]>('DELETE FROM candle WHERE series = ? AND minute < ?');
  const deleteGaps = db.prepare<[number, number]>('DELETE FROM candle_gap WHERE series = ? AND until_minute <= ?');
  const trimGap = db.prepare<[number, number, number]>(
    'UPDATE candle_gap SET from_minute = ? WHERE series = ? AND from_minute < ?',
  );
  const shrink = db.prepare<[number, number, number]>(
    'UPDATE candle_series SET checked_from = ? WHERE id = ? AND checked_from < ?',
  );
  const deleteSeries = db.prepare<[number]>('DELETE FROM candle_series WHERE id = ?');

  /** The candles and what is said of them go together, part by part. */
  const prunePart = db.transaction((row: SeriesRow, minute: number): number => {
    const { changes } = deleteCandles.run(row.id, minute);
    deleteGaps.run(row.id, minute);
    trimGap.run(minute, row.id, minute);
    if (row.checked_until <= minute) deleteSeries.run(row.id);
    else shrink.run(minute, row.id, minute);
    return changes;
  });

  function pruneSeries(row: SeriesRow, minute: number): number {
    let deleted = 0;
    for (;;) {
      const part = boundary.get(row.id, minute) as number | undefined;
      deleted += prunePart.immediate(row, part ?? minute);
      if (part === undefined) return deleted;
    }
  }

  return {
    prune: (timeframe, before, asOf) =>
      namingDiskFull(db.name, () => {
        const since = new Map<ExchangeSymbol, number>(
          needed.all(asOf - OVERDUE_MS).map((row) => [row.market, row.since - WARM_UP_MS]),
        );
        let candles = 0;
        let markets = 0;
        let spared = 0;
        for (const row of series.all(timeframe, Math.floor(before / MINUTE_MS))) {
          const until = Math.min(before, since.get(row.market) ?? before);
          if (until < before) spared += 1;
          const deleted = pruneSeries(row, Math.floor(until / MINUTE_MS));
          candles += deleted;
          if (deleted > 0) markets += 1;
        }
        return { candles, markets, spared };
      }),
    space: () => {
      const [bytes, pages, free] = ['page_size', 'page_count', 'freelist_count'].map(
        (name) => db.pragma(name, { simple: true }) as number,
      ) as [number, number, number];
      return { bytes: bytes * pages, free: bytes * free };
    },
  };
}
