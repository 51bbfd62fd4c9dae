import {
  CANDLE_CLOSED_FOR_MS,
  type Clock,
  type ExchangeSymbol,
  type KeptTimeframe,
  MINUTE_MS,
  planCandles,
  TIMEFRAME_MS,
  type TimeRange,
} from '@mexc-bot/core';
import { type MarketData, QueryFailed } from '@mexc-bot/exchange';
import type { Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { createAsking, GivenUp } from './asking.ts';
import { inParallel } from './in-parallel.ts';
import { createLooking, type Series } from './looking.ts';

export interface CollectDeps {
  readonly marketData: Pick<MarketData, 'candles'>;
  readonly store: Pick<Store, 'candles'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn' | 'debug'>;
  /** requests a wall second, at most; the exchange's own limits hold anyway */
  readonly maxPerWallSecond?: number;
}

export interface CollectRequest {
  readonly markets: readonly ExchangeSymbol[];
  /** how far back, market ms, by timeframe */
  readonly depthMs: ReadonlyMap<KeptTimeframe, number>;
  /** only what is new, or only gaps and the past; both unless given */
  readonly part?: 'new' | 'past';
  /** what closed by then is fetched, market ms UTC; by now unless given */
  readonly asOf?: number;
  /** wall ms UTC: what is not fetched by then is left for the next time */
  readonly untilWall?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CollectProgress) => void;
}

/** In pages of up to 500 candles. */
export interface CollectProgress {
  readonly done: number;
  readonly total: number;
}

export interface CollectFailure {
  readonly market: ExchangeSymbol;
  readonly timeframe: KeptTimeframe;
  readonly message: string;
}

export interface CollectResult {
  readonly markets: number;
  readonly requests: number;
  /** new ones */
  readonly candles: number;
  /** pages left for the next time */
  readonly left: number;
  readonly wallMs: number;
  readonly failures: readonly CollectFailure[];
}

/** Requests under way at once: at 12 a second, answers may take 0.6 s. */
const AT_ONCE = 8;
/** So many series in a row that found nobody: the exchange does not answer. */
const UNANSWERED_IN_A_ROW = 2 * AT_ONCE;

interface Job extends Series {
  readonly tail: readonly TimeRange[];
  readonly rest: readonly TimeRange[];
}

/**
 * Fetches what is missing of the wanted candles and stores it page by page: what is stored is the progress, so it may end at any
 * instant. First what is new, of every market, then gaps and the past. A market that fails is named, and the others go on.
 *
 * @throws {QueryFailed} the exchange does not answer @throws {StoreError} the disk is full
 */
export function createCollect(deps: CollectDeps): (request: CollectRequest) => Promise<CollectResult> {
  const { store, clock, log } = deps;

  return async ({ markets, depthMs, part, asOf, untilWall = Number.POSITIVE_INFINITY, signal, onProgress }) => {
    const startedWall = clock.wallNow();
    const at = asOf ?? clock.now();
    const jobs = markets.flatMap((market) =>
      [...depthMs].map(([timeframe, depth]): Job => {
        const job = plan(market, timeframe, depth, at);
        return { ...job, tail: part === 'past' ? [] : job.tail, rest: part === 'new' ? [] : job.rest };
      }),
    );
    const asking = createAsking(deps, signal);
    const look = createLooking({ ...deps, ask: asking.ask });
    const failures: CollectFailure[] = [];
    const failed = new Set<Job>();
    const progress = { done: 0, total: jobs.reduce((sum, job) => sum + job.tail.length + job.rest.length, 0) };
    let candles = 0;
    let unanswered = 0;
    onProgress?.({ ...progress });

    const work = async (job: Job, pages: readonly TimeRange[]): Promise<void> => {
      for (const [i, page] of pages.entries()) {
        if (failed.has(job)) progress.total -= pages.length - i;
        if (failed.has(job) || signal?.aborted || clock.wallNow() >= untilWall) return;
        try {
          const fresh = await look(job, page);
          candles += fresh; // after the wait: others count meanwhile
          unanswered = 0;
        } catch (error) {
          if (signal?.aborted) return;
          unanswered = error instanceof GivenUp ? unanswered + 1 : 0;
          if (unanswered >= UNANSWERED_IN_A_ROW) throw error;
          if (!(error instanceof QueryFailed || error instanceof RangeError || error instanceof GivenUp)) throw error;
          failed.add(job);
          failures.push({ market: job.market, timeframe: job.timeframe, message: error.message });
          log.debug(`${job.timeframe} candles of ${job.market} not fetched`, { error });
          progress.total -= pages.length - i - 1;
        }
        progress.done += 1;
        onProgress?.({ ...progress });
      }
    };
    await inParallel(jobs, AT_ONCE, (job) => work(job, job.tail));
    await inParallel(jobs, AT_ONCE, (job) => work(job, job.rest));

    const left = Math.max(0, progress.total - progress.done);
    const wallMs = clock.wallNow() - startedWall;
    return { markets: markets.length, requests: asking.requests(), candles, left, wallMs, failures };
  };

  function plan(market: ExchangeSymbol, timeframe: KeptTimeframe, depth: number, at: number): Job {
    const stepMs = TIMEFRAME_MS[timeframe];
    const onGrid = (time: number): number => Math.floor(time / stepMs) * stepMs;
    const wanted = { from: onGrid(at - depth), until: onGrid(at - CANDLE_CLOSED_FOR_MS) };
    const { tail, gaps, head } = planCandles(store.candles.known(market, timeframe), wanted, stepMs);
    return { market, timeframe, stepMs, wanted, tail, rest: [...gaps, ...head], listed: { from: null } };
  }
}

/** @returns depth in ms by timeframe, of those that are fetched at all */
export function depthsOf(days: Readonly<Record<KeptTimeframe, number>>): Map<KeptTimeframe, number> {
  const wanted = Object.entries(days).filter(([, count]) => count > 0) as [KeptTimeframe, number][];
  return new Map(wanted.map(([timeframe, count]) => [timeframe, count * 24 * 60 * MINUTE_MS]));
}
