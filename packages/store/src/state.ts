import { Decimal, type HighWaterMark, type KeyRecord, type Mode, type RegimeState } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

/** Switches the owner flips, and what must survive a restart. */
export interface StateRepository {
  /** The trading mode new positions are opened in. */
  mode(): Mode | null;
  setMode(mode: Mode, wallAt: number): void;
  /** Paused: no new buys; positions are still guarded. */
  paused(): boolean;
  /** Wall time of the last pause that was asked for and still holds, ms UTC; null: not paused. */
  pausedWallAt(): number | null;
  setPaused(paused: boolean, wallAt: number): void;
  /** Which market the books belong to: `mexc`, or the identity of a simulated market. */
  venue(): string | null;
  setVenue(venue: string, wallAt: number): void;
  /** Why nothing is bought in a mode whatever the market does (the key expired, …), as a reason code; null: nothing stops it. */
  entriesStopped(mode: Mode): string | null;
  stopEntries(mode: Mode, reason: string | null, wallAt: number): void;
  /** What is known of the API key that is, or was last, in use; null: there was none. */
  keyRecord(): KeyRecord | null;
  setKeyRecord(record: KeyRecord, wallAt: number): void;
  /** Wall time of the last comparison of a mode's books with its account that passed, ms UTC; null: never. */
  reconciledAt(mode: Mode): number | null;
  setReconciled(mode: Mode, wallAt: number): void;
  /** The market's mood at the last scan. */
  regime(): RegimeState | null;
  setRegime(regime: RegimeState, wallAt: number): void;
  /** The highest equity of a mode. */
  highWaterMark(mode: Mode): HighWaterMark | null;
  /** @param mark null: it begins anew */
  setHighWaterMark(mode: Mode, mark: HighWaterMark | null, wallAt: number): void;
  /** Tradable markets at the last believed read of the universe. */
  tradableMarkets(): number;
  setTradableMarkets(count: number, wallAt: number): void;
}

interface StoredMark {
  readonly equity: string;
  readonly at: number;
  readonly lastEquity: string;
  readonly lastAt?: number;
}

export function createState(db: Database): StateRepository {
  const select = db.prepare<[string], string>('SELECT value FROM state WHERE key = ?').pluck();
  const wallAtOf = db.prepare<[string], number>('SELECT wall_at FROM state WHERE key = ?').pluck();
  const upsert = db.prepare<[string, string, number]>(
    'INSERT INTO state (key, value, wall_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, wall_at = excluded.wall_at',
  );
  const get = (key: string): string | null => (select.get(key) as string | undefined) ?? null;
  const set = (key: string, value: string, wallAt: number): void => {
    upsert.run(key, value, wallAt);
  };

  return {
    mode: () => get('mode') as Mode | null,
    setMode: (mode, wallAt) => set('mode', mode, wallAt),
    paused: () => get('paused') === 'yes',
    pausedWallAt: () => (get('paused') === 'yes' ? (wallAtOf.get('paused') as number) : null),
    setPaused: (paused, wallAt) => set('paused', paused ? 'yes' : 'no', wallAt),
    venue: () => get('venue'),
    setVenue: (venue, wallAt) => set('venue', venue, wallAt),
    entriesStopped: (mode) => get(`entries_stopped_${mode}`) || null,
    stopEntries: (mode, reason, wallAt) => set(`entries_stopped_${mode}`, reason ?? '', wallAt),
    keyRecord: () => {
      const value = get('key');
      return value === null ? null : (JSON.parse(value) as KeyRecord);
    },
    setKeyRecord: (record, wallAt) => set('key', JSON.stringify(record), wallAt),
    reconciledAt: (mode) => {
      const value = get(`reconciled_${mode}`);
      return value === null ? null : Number(value);
    },
    setReconciled: (mode, wallAt) => set(`reconciled_${mode}`, String(wallAt), wallAt),
    regime: () => {
      const value = get('regime');
      return value === null ? null : (JSON.parse(value) as RegimeState);
    },
    setRegime: (regime, wallAt) => set('regime', JSON.stringify(regime), wallAt),
    highWaterMark: (mode) => {
      const value = get(`high_water_${mode}`);
      if (value === null) return null;
      const mark = JSON.parse(value) as StoredMark | null;
      if (mark === null) return null;
      const { equity, at, lastEquity, lastAt = null } = mark;
      return { equity: new Decimal(equity), at, lastEquity: new Decimal(lastEquity), lastAt };
    },
    setHighWaterMark: (mode, mark, wallAt) => set(`high_water_${mode}`, JSON.stringify(mark), wallAt),
    tradableMarkets: () => Number(get('tradable_markets') ?? 0),
    setTradableMarkets: (count, wallAt) => set('tradable_markets', String(count), wallAt),
  };
}
