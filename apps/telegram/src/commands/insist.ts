import type { Clock } from '@mexc-bot/core';
import type { SendFailure, SendResult } from '../messenger.ts';

/** An answer is sent so often at most. */
const MOST_TRIES = 5;
/** The first pause after Telegram was not reached; each is twice the one before, wall ms. */
const FIRST_PAUSE_MS = 1_000;
/** Nobody waits longer for an answer, however long Telegram asks for. */
const LONGEST_ASKED_MS = 30_000;
/** Answers that may wait at once: with more of them, commands would wait to be heard. */
const MOST_WAITING = 20;

/**
 * Sends an answer until Telegram takes it: after the pause it asks for, or later and later where it is not reached. Only the answer
 * waits; other commands are heard meanwhile.
 *
 * @param stopping ends every wait
 * @returns a function that tells what became of the last attempt
 */
export function createInsistence(
  clock: Pick<Clock, 'sleepWall'>,
  stopping: AbortSignal,
): (send: () => Promise<SendResult>) => Promise<SendResult> {
  let waiting = 0;

  return async (send) => {
    let result = await send();
    if (result.ok || waiting >= MOST_WAITING) return result;
    waiting += 1;
    try {
      for (let tries = 1; tries < MOST_TRIES && !result.ok; tries++) {
        const waitMs = pauseAfter(result.failure, tries);
        if (waitMs === null) break;
        await clock.sleepWall(waitMs, stopping);
        if (stopping.aborted) break;
        result = await send();
      }
    } finally {
      waiting -= 1;
    }
    return result;
  };
}

/** @returns null where waiting does not help */
function pauseAfter(failure: SendFailure, tries: number): number | null {
  if (failure.code === 'unreachable') return FIRST_PAUSE_MS * 2 ** (tries - 1);
  if (failure.code !== 'rate_limited' || failure.retryAfterMs > LONGEST_ASKED_MS) return null;
  return failure.retryAfterMs;
}
