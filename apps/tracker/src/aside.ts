import type { Clock } from '@mexc-bot/core';
import { within } from './within.ts';

/**
 * Work that must not hold up the cycle: one round of it at a time, beside the cycles. What it failed with is thrown by the call that
 * still waits for it, or else by the next, so that the cycle's own fault log tells it.
 *
 * @param patience how long each call waits for the round that is under way, wall ms; not at all unless given
 */
export function createAside(
  work: () => Promise<void>,
  patience: { readonly clock: Pick<Clock, 'sleepWall'>; readonly waitMs: number } | null = null,
): () => Promise<void> {
  let underway: Promise<void> | null = null;
  let fault: { readonly error: unknown } | null = null;

  const throwFault = (): void => {
    const before = fault;
    fault = null;
    if (before !== null) throw before.error;
  };

  const begin = (): Promise<void> =>
    work()
      .catch((error: unknown) => {
        fault = { error };
      })
      .finally(() => {
        underway = null;
      });

  return async () => {
    underway ??= begin();
    if (patience !== null) await within(patience.clock, patience.waitMs, underway);
    throwFault();
  };
}
