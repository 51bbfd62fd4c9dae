import { setPriority } from 'node:os';
import { resolve } from 'node:path';
import { type KeptTimeframe, marketMeant, TIMEFRAME_MS } from '@mexc-bot/core';
import { decisionRules, labelBarriers, tradeCosts } from '@mexc-bot/execution';
import { type EngineName, LABEL_HORIZON_MS, type LabelRule } from '@mexc-bot/models';
import { type Logger, type Settings, UserError } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { folderSource, storeSource } from './candle-source.ts';
import { marketTime } from './market-time.ts';
import { createPool, type Pool } from './pool.ts';
import { createTraining, type TrainingRun } from './training.ts';

/** What a run is to do. */
export type RunMode =
  /** requests, and whatever is due: the feedback model, the pooled one, every token */
  | { readonly what: 'all' }
  /** requests, and the shared models where they are due */
  | { readonly what: 'pending' }
  /** `market` as a person names it */
  | { readonly what: 'symbol'; readonly market: string }
  | { readonly what: 'feedback' }
  /** the feedback model from stored candles, or from a folder of them */
  | { readonly what: 'bootstrap'; readonly folder?: string; readonly timeframe?: KeptTimeframe };

export interface RunOptions {
  /** trains what is up to date too */
  readonly force?: boolean;
  readonly engine?: EngineName;
}

/** What the scanner looks at: features of other candles have the same names and mean something else. */
const LIVE_TIMEFRAME: KeptTimeframe = '5m';
const NICENESS = 10;
/** Of stored candles that is learnt from. */
const HISTORY_DAYS = 60;

/** Below all that trades; threads that are started later too. */
export const beNice = (): void => setPriority(NICENESS);

/** A token's label. */
export const labelRuleOf = (settings: Pick<Settings, 'position'>): LabelRule => ({
  horizonMs: LABEL_HORIZON_MS,
  ...labelBarriers(settings),
});

/** @throws {UserError} the symbol is no market of which there are candles, or the folder cannot be used or has other candles */
export async function runMode(
  mode: RunMode,
  options: RunOptions,
  deps: {
    readonly settings: Settings;
    readonly store: Store;
    readonly log: Pick<Logger, 'info' | 'warn'>;
    readonly wallNow: number;
    readonly pool?: Pool;
    readonly progress?: (done: number, total: number, what: string) => void;
    readonly signal?: AbortSignal;
  },
): Promise<TrainingRun> {
  const { settings, store, log, wallNow, signal } = deps;
  const { ai, universe } = settings;
  const now = marketTime(store, wallNow);
  const source =
    mode.what === 'bootstrap' && mode.folder !== undefined
      ? folderSource(resolve(mode.folder), universe, wallNow, mode.timeframe)
      : storeSource(store, settings.venue === 'mexc' ? 'MEXC' : 'simulator', universe, now, HISTORY_DAYS);
  const market = mode.what === 'symbol' ? marketMeant(mode.market, source.markets, universe.quote) : undefined;
  if (mode.what === 'symbol' && market === undefined) {
    throw new UserError(
      `there are no candles of ${mode.market}`,
      `Fetch them first: npm run collector symbol ${mode.market}`,
    );
  }
  if (source.candleMs !== TIMEFRAME_MS[LIVE_TIMEFRAME]) {
    throw new UserError(
      `its candles are of ${source.candleMs / 60_000} minutes, and the scanner asks its models about ${LIVE_TIMEFRAME} candles`,
      `Name a folder of ${LIVE_TIMEFRAME} files, or add --timeframe ${LIVE_TIMEFRAME} where it has both. What such candles teach, npm run trainer evaluate shows.`,
    );
  }
  const pool = deps.pool ?? createPool(ai.threads);
  try {
    const training = createTraining({
      store,
      source,
      pool,
      folder: ai.folder,
      engine: options.engine ?? ai.engine,
      criteria: decisionRules(settings).hype,
      rule: labelRuleOf(settings),
      costs: tradeCosts(settings),
      maxAgeDays: ai.maxAgeDays,
      maxRows: ai.maxRows,
      now,
      wallNow,
      log,
      progress: deps.progress ?? (() => undefined),
      ...(signal && { signal }),
    });
    const force = options.force === true;
    const stopped = (): boolean => signal?.aborted === true;
    const { what } = mode;
    if (what === 'bootstrap' || what === 'feedback') {
      await training.feedback({ force: true, bootstrap: what === 'bootstrap' });
    }
    if (what === 'all' || what === 'pending') await training.feedback({ force });
    if (!stopped() && (what === 'all' || what === 'pending' || what === 'symbol')) {
      await training.pooled({ force: force && what === 'all' });
    }
    if (!stopped() && (what === 'all' || what === 'pending')) await training.requests();
    if (!stopped() && what === 'all') await training.tokens(source.markets, { force });
    if (!stopped() && market !== undefined) await training.tokens([market], { force: true });
    return training.run;
  } finally {
    if (deps.pool === undefined) await pool.close();
  }
}

/** Words of a command or of `TRAINER_ARGS`. @throws {UserError} there is no such mode */
export function parseMode(words: readonly string[]): RunMode {
  const [what = 'all', argument, ...more] = words;
  if (more.length === 0) {
    if (what === 'symbol' && argument !== undefined) return { what, market: argument };
    if (
      argument === undefined &&
      (what === 'all' || what === 'pending' || what === 'feedback' || what === 'bootstrap')
    ) {
      return { what };
    }
  }
  throw new UserError(
    `the trainer does not know "${words.join(' ')}"`,
    'all, pending, symbol PEPEUSDT, feedback, bootstrap',
  );
}
