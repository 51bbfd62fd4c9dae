import type { Mode } from '@mexc-bot/core';
import type { Trading } from '@mexc-bot/exchange';
import type { createReconcile } from '@mexc-bot/execution';
import type { Chore } from './chores.ts';

/** Wall ms until the next look when a comparison did not pass: an order has no answer yet, or coins seem to be missing. */
const LOOK_AGAIN_MS = 3_000;

/** Compares the books of every mode that has an account: at the start, from then on regularly, and soon again while it does not pass. */
export function createReconcileChore(
  reconcile: ReturnType<typeof createReconcile>,
  everyMs: number,
  { tradingOf }: { readonly tradingOf: (mode: Mode) => Trading | null },
): Chore {
  return {
    name: 'reconcile',
    run: async () => {
      const modes = (['live', 'test'] as const).filter((mode) => tradingOf(mode) !== null);
      const results = [];
      for (const mode of modes) results.push(await reconcile(mode));
      return results.every((result) => result.passed) ? everyMs : LOOK_AGAIN_MS;
    },
  };
}
