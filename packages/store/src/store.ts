import type { Database } from 'better-sqlite3';
import { type ActivityRepository, createActivity } from './activity.ts';
import { type AlertRepository, createAlerts } from './alerts.ts';
import { type AuditRepository, createAudit } from './audit.ts';
import { type CandidateRepository, createCandidates } from './candidates.ts';
import { type CandleRepository, createCandles } from './candles.ts';
import { type CardRepository, createCards } from './cards.ts';
import { createDailySummary, type DailySummaryRepository } from './daily-summary.ts';
import { createHeartbeats, type HeartbeatRepository } from './heartbeats.ts';
import { createHistory, type HistoryRepository } from './history.ts';
import { createMarkets, type MarketRepository } from './markets.ts';
import { createModels, type ModelRepository } from './models.ts';
import { openDatabase, openToRead } from './open.ts';
import { createOrders, type OrderRepository } from './orders.ts';
import { createOutbox, type OutboxRepository } from './outbox.ts';
import { createPaperBook } from './paper.ts';
import { createPositions, type PositionRepository } from './positions.ts';
import { createQuarantine, type QuarantineRepository } from './quarantine.ts';
import { createRequests, type RequestRepository } from './requests.ts';
import { createScans, type ScanRepository } from './scans.ts';
import { createState, type StateRepository } from './state.ts';
import { createTelegram, type TelegramRepository } from './telegram.ts';
import { createTestData, type TestDataRepository } from './test-data.ts';
import { createTrainingRequests, type TrainingRequestRepository } from './training-requests.ts';
import { createVolatility, type VolatilityRepository } from './volatility.ts';

/** One repository per aggregate over one SQLite file that all processes share. */
export interface Store {
  readonly state: StateRepository;
  readonly markets: MarketRepository;
  readonly positions: PositionRepository;
  readonly orders: OrderRepository;
  readonly scans: ScanRepository;
  readonly candidates: CandidateRepository;
  readonly volatility: VolatilityRepository;
  readonly trainingRequests: TrainingRequestRepository;
  readonly models: ModelRepository;
  readonly activity: ActivityRepository;
  readonly alerts: AlertRepository;
  readonly quarantine: QuarantineRepository;
  readonly heartbeats: HeartbeatRepository;
  readonly history: HistoryRepository;
  readonly telegram: TelegramRepository;
  readonly testData: TestDataRepository;
  readonly candles: CandleRepository;
  readonly outbox: OutboxRepository;
  readonly cards: CardRepository;
  readonly requests: RequestRepository;
  readonly audit: AuditRepository;
  readonly dailySummary: DailySummaryRepository;
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

/**
 * @param options.cacheKb pages kept in memory; 4 MB unless given
 * @throws {StoreError} the file is corrupt, foreign, newer than the code, or cannot be opened
 */
export function openStore(path: string, options: { readonly cacheKb?: number } = {}): Store {
  return storeOver(openDatabase(path, options.cacheKb));
}

/**
 * A store that is only read, of a file that is there: nothing of it changes.
 *
 * @throws {StoreError} there is none, it is corrupt, foreign, or of another version
 */
export const openStoreToRead = (path: string): Store => storeOver(openToRead(path));

/** @param db migrated; closed with the store */
export function storeOver(db: Database): Store {
  const run = db.transaction((change: () => unknown) => change());
  const candidates = createCandidates(db);
  return {
    state: createState(db),
    markets: createMarkets(db),
    positions: createPositions(db),
    orders: createOrders(db),
    scans: createScans(db, candidates),
    candidates,
    volatility: createVolatility(db),
    trainingRequests: createTrainingRequests(db),
    models: createModels(db),
    activity: createActivity(db),
    alerts: createAlerts(db),
    quarantine: createQuarantine(db),
    heartbeats: createHeartbeats(db),
    history: createHistory(db),
    telegram: createTelegram(db),
    testData: createTestData(db),
    candles: createCandles(db),
    outbox: createOutbox(db),
    cards: createCards(db),
    requests: createRequests(db),
    audit: createAudit(db),
    dailySummary: createDailySummary(db),
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
