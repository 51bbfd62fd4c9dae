import { type ActivityRepository, createActivity } from './activity.ts';
import { type AlertRepository, createAlerts } from './alerts.ts';
import { type CandleRepository, createCandles } from './candles.ts';
import { createHeartbeats, type HeartbeatRepository } from './heartbeats.ts';
import { createMarkets, type MarketRepository } from './markets.ts';
import { openDatabase } from './open.ts';
import { createOrders, type OrderRepository } from './orders.ts';
import { createPaperBook } from './paper.ts';
import { createPositions, type PositionRepository } from './positions.ts';
import { createQuarantine, type QuarantineRepository } from './quarantine.ts';
import { createScans, type ScanRepository } from './scans.ts';
import { createState, type StateRepository } from './state.ts';

/** One repository per aggregate over one SQLite file that all processes share. */
export interface Store {
  readonly state: StateRepository;
  readonly markets: MarketRepository;
  readonly positions: PositionRepository;
  readonly orders: OrderRepository;
  readonly scans: ScanRepository;
  readonly activity: ActivityRepository;
  readonly alerts: AlertRepository;
  readonly quarantine: QuarantineRepository;
  readonly heartbeats: HeartbeatRepository;
  readonly candles: CandleRepository;
  readonly paper: ReturnType<typeof createPaperBook>;
  /**
   * Runs `change` in one write transaction: all of it or nothing. IMMEDIATE, because a deferred transaction that reads first
   * fails at once (`SQLITE_BUSY_SNAPSHOT`) when another process wrote in between.
   *
   * @param durable `now`: it outlives a power cut when this returns. `soon`: it outlives the end of this process, and a power cut
   *   once anything after it was written `now`: the disk is not waited for. Not inside another `write`.
   */
  write<T>(change: () => T, durable?: 'now' | 'soon'): T;
  close(): void;
}

/** @throws {StoreError} the file is corrupt, foreign, newer than the code, or cannot be opened */
export function openStore(path: string): Store {
  const db = openDatabase(path);
  const run = db.transaction((change: () => unknown) => change());
  return {
    state: createState(db),
    markets: createMarkets(db),
    positions: createPositions(db),
    orders: createOrders(db),
    scans: createScans(db),
    activity: createActivity(db),
    alerts: createAlerts(db),
    quarantine: createQuarantine(db),
    heartbeats: createHeartbeats(db),
    candles: createCandles(db),
    paper: createPaperBook(db),
    write: <T>(change: () => T, durable: 'now' | 'soon' = 'now') => {
      if (durable === 'now' || db.inTransaction) return run.immediate(change) as T;
      // in WAL mode NORMAL flushes nothing at a commit, and FULL everything up to it
      db.pragma('synchronous = NORMAL');
      try {
        return run.immediate(change) as T;
      } finally {
        db.pragma('synchronous = FULL');
      }
    },
    close: () => {
      db.close();
    },
  };
}
