import { type Clock, MINUTE_MS, SECOND_MS } from '@mexc-bot/core';
import type { Logger } from '@mexc-bot/runtime';
import type { CollectFailure, CollectRequest, CollectResult } from './collect.ts';

/** The worker looks this often whether something is due, market ms. */
export const LOOK_EVERY_MS = MINUTE_MS;
/** A cycle ends after so much wall time, whatever is left: its heartbeat says that it lives. */
const CYCLE_WALL_MS = 5 * SECOND_MS;

interface Round {
  readonly startedAt: number;
  readonly markets: readonly string[];
  /** new candles of all markets first; then the past, until the next round is due */
  part: 'new' | 'past' | 'done';
  candles: number;
  requests: number;
  readonly failures: Map<string, CollectFailure>;
}

/**
 * One cycle of the worker: a slice of a round. A round fetches what is new of every market; what time is left goes into gaps and the
 * past.
 */
export function createRounds(deps: {
  readonly collect: (request: CollectRequest) => Promise<CollectResult>;
  readonly markets: () => Promise<readonly string[]>;
  readonly depthMs: CollectRequest['depthMs'];
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}): (signal: AbortSignal) => Promise<void> {
  const { collect, markets, depthMs, everyMs, clock, log } = deps;
  let round: Round | null = null;

  return async (signal) => {
    const now = clock.now();
    if (round === null || (round.part !== 'new' && now >= round.startedAt + everyMs)) {
      if (round?.part === 'past') report(round, 'past');
      round = { startedAt: now, markets: await markets(), part: 'new', candles: 0, requests: 0, failures: new Map() };
    }
    if (round.part === 'done') return;
    const current = round;
    const part = round.part;
    const slice = await collect({
      // what failed is tried again in the next round
      markets: current.markets.filter((market) => !current.failures.has(market)),
      depthMs,
      part,
      asOf: current.startedAt,
      untilWall: clock.wallNow() + CYCLE_WALL_MS,
      signal,
    });
    current.candles += slice.candles;
    current.requests += slice.requests;
    for (const failure of slice.failures) current.failures.set(failure.market, failure);
    if (slice.left > 0) return;
    report(current, part);
    current.part = part === 'new' ? 'past' : 'done';
    current.candles = 0;
    current.requests = 0;
  };

  function report({ startedAt, candles, requests, failures, markets: all }: Round, part: 'new' | 'past'): void {
    if (requests === 0) return;
    log.info(part === 'new' ? 'new candles stored' : 'gaps and past filled', {
      candles,
      requests,
      markets: all.length,
      marketSeconds: Math.round((clock.now() - startedAt) / SECOND_MS),
    });
    if (failures.size > 0) {
      log.warn('candles not fetched', { markets: failures.size, first: [...failures.values()].slice(0, 3) });
    }
  }
}
