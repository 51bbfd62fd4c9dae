import { Decimal, type Mode, type Strategy } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

/** What the positions of a strategy that closed on one day brought; quote, after fees. */
export interface DailySummaryRow {
  /** the owner's day: 2026-11-22 */
  readonly day: string;
  readonly strategy: Strategy;
  readonly closed: number;
  readonly wins: number;
  readonly pnl: Decimal;
  readonly fees: Decimal;
  /** what they were bought for, without fees */
  readonly cost: Decimal;
  readonly best: Decimal;
  readonly worst: Decimal;
}

/** How the owner's days run. */
export interface Days {
  /** IANA name; days counted in another zone are counted anew */
  readonly zone: string;
  /** @returns `2026-11-22` for a market time, ms UTC */
  readonly dayOf: (at: number) => string;
  /** market time today began, ms UTC */
  readonly todayFrom: number;
}

export interface DailySummaryRepository {
  /**
   * Days with closed positions, from `fromDay` on, oldest first, today included as far as it went. Finished days are counted once
   * and kept; where a closed position is corrected, the schema forgets them.
   */
  of(mode: Mode, fromDay: string, days: Days): readonly DailySummaryRow[];
  /** Forgets the kept days of a mode: its positions were deleted. */
  forget(mode: Mode): void;
}

interface Closing {
  readonly strategy: string;
  readonly closed_at: number;
  readonly proceeds: string;
  readonly cost: string;
  readonly fees: string;
}

type Row = { [Key in keyof DailySummaryRow]: DailySummaryRow[Key] extends Decimal ? string : DailySummaryRow[Key] };

export function createDailySummary(db: Database): DailySummaryRepository {
  const closings = db.prepare<[string, number, number], Closing>(`
    SELECT strategy, closed_at, proceeds, cost, fees FROM position
    WHERE state = 'closed' AND mode = ? AND closed_at >= ? AND closed_at < ?`);
  const counted = db.prepare<[string], { zone: string; until: number }>(
    'SELECT zone, until FROM daily_counted WHERE mode = ?',
  );
  const count = db.prepare(`
    INSERT INTO daily_counted (mode, zone, until) VALUES (?, ?, ?)
    ON CONFLICT (mode) DO UPDATE SET zone = excluded.zone, until = excluded.until`);
  const insert = db.prepare(`
    INSERT INTO daily_summary (mode, day, strategy, closed, wins, pnl, fees, cost, best, worst)
    VALUES (@mode, @day, @strategy, @closed, @wins, @pnl, @fees, @cost, @best, @worst)`);
  const kept = db.prepare<[string, string], Row>(`
    SELECT day, strategy, closed, wins, pnl, fees, cost, best, worst FROM daily_summary
    WHERE mode = ? AND day >= ? ORDER BY day, strategy`);
  const clearDays = db.prepare<[string]>('DELETE FROM daily_summary WHERE mode = ?');
  const clearCount = db.prepare<[string]>('DELETE FROM daily_counted WHERE mode = ?');

  const forget = (mode: Mode): void => {
    clearDays.run(mode);
    clearCount.run(mode);
  };
  const isCounted = (mode: Mode, { zone, todayFrom }: Days): boolean => {
    const found = counted.get(mode);
    return found !== undefined && found.zone === zone && found.until === todayFrom;
  };
  const countFinished = db.transaction((mode: Mode, days: Days) => {
    if (isCounted(mode, days)) return;
    const before = counted.get(mode);
    // another zone, or a market clock that was set back
    if (before !== undefined && (before.zone !== days.zone || before.until > days.todayFrom)) forget(mode);
    const from = counted.get(mode)?.until ?? 0;
    for (const row of summed(closings.all(mode, from, days.todayFrom), days)) insert.run({ mode, ...toText(row) });
    count.run(mode, days.zone, days.todayFrom);
  });

  return {
    of(mode, fromDay, days) {
      if (!isCounted(mode, days)) countFinished.immediate(mode, days);
      const finished = (kept.all(mode, fromDay) as Row[]).map(fromText);
      const today = summed(closings.all(mode, days.todayFrom, Number.MAX_SAFE_INTEGER), days);
      return [...finished, ...today.filter((row) => row.day >= fromDay)];
    },
    forget: db.transaction(forget),
  };
}

function summed(rows: readonly Closing[], { dayOf }: Days): DailySummaryRow[] {
  const sums = new Map<string, DailySummaryRow>();
  for (const row of rows) {
    const day = dayOf(row.closed_at);
    const strategy = row.strategy as Strategy;
    const [cost, fees] = [new Decimal(row.cost), new Decimal(row.fees)];
    const pnl = new Decimal(row.proceeds).minus(cost).minus(fees);
    const key = `${day} ${strategy}`;
    const sum = sums.get(key);
    sums.set(key, {
      day,
      strategy,
      closed: (sum?.closed ?? 0) + 1,
      wins: (sum?.wins ?? 0) + (pnl.gt(0) ? 1 : 0),
      pnl: pnl.plus(sum?.pnl ?? 0),
      fees: fees.plus(sum?.fees ?? 0),
      cost: cost.plus(sum?.cost ?? 0),
      best: sum === undefined ? pnl : Decimal.max(sum.best, pnl),
      worst: sum === undefined ? pnl : Decimal.min(sum.worst, pnl),
    });
  }
  const order = (row: DailySummaryRow): string => `${row.day} ${row.strategy}`;
  return [...sums.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

const DECIMALS = ['pnl', 'fees', 'cost', 'best', 'worst'] as const;

const toText = (row: DailySummaryRow): Row => ({
  ...row,
  ...(Object.fromEntries(DECIMALS.map((key) => [key, row[key].toString()])) as Pick<Row, (typeof DECIMALS)[number]>),
});

const fromText = (row: Row): DailySummaryRow => ({
  ...row,
  ...(Object.fromEntries(DECIMALS.map((key) => [key, new Decimal(row[key])])) as Pick<
    DailySummaryRow,
    (typeof DECIMALS)[number]
  >),
});
