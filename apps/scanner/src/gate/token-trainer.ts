import { Worker } from 'node:worker_threads';
import { type Clock, DAY_MS, type ExchangeSymbol, HOUR_MS, TIMEFRAME_MS } from '@mexc-bot/core';
import { createPriorFiles, type LabelRule, type ModelFile, registryEntry, type TradeCosts } from '@mexc-bot/models';
import { createTurns, type Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import type { TokenJob, TokenJobResult } from './train-worker.ts';

/** Of history that a correction is made from. */
const HISTORY_MS = 30 * DAY_MS;
/** A token that could not be trained is left alone this long, market ms. */
const RETRY_AFTER_MS = 6 * HOUR_MS;

export interface TokenTrainer {
  /**
   * Makes a token's own model, if that is done in time; else the work goes on, and a later scan finds it.
   *
   * @returns why there is none yet; null: it is there
   */
  train(market: ExchangeSymbol, pooled: ModelFile): Promise<string | null>;
  close(): Promise<void>;
}

/** Trains tokens one after the other in a thread of its own, which lives only as long as there is work. */
export function createTokenTrainer(deps: {
  readonly folder: string;
  readonly store: Pick<Store, 'candles' | 'models'>;
  readonly clock: Pick<Clock, 'now' | 'sleepWall'>;
  readonly log: Pick<Logger, 'warn'>;
  readonly rule: LabelRule;
  readonly costs: TradeCosts;
  readonly minQuoteVolume: number;
  readonly timeoutMs: number;
  readonly exchange: string;
}): TokenTrainer {
  const { folder, store, clock, log } = deps;
  const priors = createPriorFiles(folder);
  const underWay = new Map<ExchangeSymbol, Promise<string | null>>();
  const failed = new Map<ExchangeSymbol, { readonly at: number; readonly reason: string }>();
  let worker: Worker | null = null;
  const inTurn = createTurns();

  async function run(market: ExchangeSymbol, pooled: ModelFile): Promise<string | null> {
    const prior = await priors.read(pooled.version);
    // nothing of the token's: the trainer may be putting the next pooled model in its place
    if (!prior.ok) return prior.error.message;
    const now = clock.now();
    const candles = store.candles.between(market, '5m', { from: now - HISTORY_MS, until: now }, now);
    const job: TokenJob = {
      folder,
      market,
      candles,
      candleMs: TIMEFRAME_MS['5m'],
      prior: prior.value,
      rule: deps.rule,
      costs: deps.costs,
      minQuoteVolume: deps.minQuoteVolume,
      exchange: deps.exchange,
      trainedAt: now,
    };
    const { version, card } = await inThread(job);
    const reason = card.state === 'judged' ? 'trained_on_demand' : `prior_alone_${card.fault}`;
    store.models.crown(registryEntry(card, version, market), reason, now);
    return null;
  }

  function inThread(job: TokenJob): Promise<TokenJobResult> {
    // beside this file, compiled or not
    worker ??= new Worker(new URL(`./train-worker${import.meta.url.slice(-3)}`, import.meta.url));
    const thread = worker;
    thread.unref();
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        thread.removeAllListeners();
        end();
      };
      thread.once('message', (result: TokenJobResult) => settle(() => resolve(result)));
      thread.once('error', (error) => {
        worker = null;
        settle(() => reject(error));
      });
      thread.once('exit', (code) => {
        worker = null;
        settle(() => reject(new Error(`the training thread ended with ${code}`)));
      });
      thread.postMessage(job);
    });
  }

  async function rest(): Promise<void> {
    const thread = worker;
    worker = null;
    thread?.removeAllListeners();
    await thread?.terminate();
  }

  function begin(market: ExchangeSymbol, pooled: ModelFile): Promise<string | null> {
    const work = inTurn(() => run(market, pooled))
      .catch((error: unknown) => {
        log.warn(`${market} could not be trained`, { error });
        const reason = error instanceof Error ? error.message : String(error);
        failed.set(market, { at: clock.now(), reason });
        return reason;
      })
      .then((reason) => {
        underWay.delete(market);
        return underWay.size === 0 ? rest().then(() => reason) : reason;
      });
    underWay.set(market, work);
    return work;
  }

  return {
    async train(market, pooled) {
      const before = failed.get(market);
      if (before !== undefined && clock.now() - before.at < RETRY_AFTER_MS) return before.reason;
      failed.delete(market);
      const work = underWay.get(market) ?? begin(market, pooled);
      const enough = new AbortController();
      const late = clock.sleepWall(deps.timeoutMs, enough.signal).then(() => 'training');
      try {
        return await Promise.race([work, late]);
      } finally {
        enough.abort();
      }
    },
    async close() {
      await rest();
    },
  };
}
