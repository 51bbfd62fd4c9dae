import { type Clock, SECOND_MS } from '@mexc-bot/core';
import { QueryFailed } from '@mexc-bot/exchange';
import type { Logger } from '@mexc-bot/runtime';

/** The exchange did not answer, however often it was asked. */
export class GivenUp extends QueryFailed {
  constructor(cause: QueryFailed, attempts: number) {
    super('network', `${cause.message} (${attempts} attempts)`, { cause });
  }
}

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;

/** Asks within the limits, waits where the exchange says so, and asks again where nobody answered. Reading twice harms nothing. */
export function createAsking(
  deps: { readonly clock: Clock; readonly log: Pick<Logger, 'warn'>; readonly maxPerWallSecond?: number },
  signal?: AbortSignal,
) {
  const { clock, log, maxPerWallSecond = Number.POSITIVE_INFINITY } = deps;
  const pauseMs = SECOND_MS / maxPerWallSecond;
  let requests = 0;
  let nextAt = 0;
  let waitingSaid = false;

  async function pace(): Promise<void> {
    if (pauseMs === 0) return;
    const now = clock.wallNow();
    nextAt = Math.max(nextAt + pauseMs, now);
    if (nextAt > now) await clock.sleepWall(nextAt - now, signal);
  }

  return {
    requests: () => requests,
    async ask<T>(query: () => Promise<T>): Promise<T> {
      for (let unanswered = 0; ; ) {
        await pace();
        signal?.throwIfAborted();
        try {
          requests += 1;
          const answer = await query();
          waitingSaid = false;
          return answer;
        } catch (error) {
          if (!(error instanceof QueryFailed)) throw error;
          if (error.kind === 'rate_limited') {
            const waitMs = error.retryAfterMs ?? SECOND_MS;
            if (!waitingSaid) log.warn('the exchange wants a pause', { waitMs, error });
            waitingSaid = true;
            await clock.sleepWall(waitMs, signal);
          } else if (error.kind === 'network') {
            unanswered += 1;
            if (unanswered >= ATTEMPTS) throw new GivenUp(error, unanswered);
            await clock.sleepWall(FIRST_PAUSE_MS * 2 ** unanswered, signal);
          } else throw error;
        }
      }
    },
  };
}
