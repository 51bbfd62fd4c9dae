import type { Mode } from '@mexc-bot/core';
import type { createReconcile } from '@mexc-bot/execution';
import type { Store } from '@mexc-bot/store';

/**
 * Nothing is bought before the books were compared with the account since this process began: whoever compared them, this process
 * or the tracker. A comparison that does not pass is repeated before the next buy.
 */
export function createReconciled(store: Store, reconcile: ReturnType<typeof createReconcile>) {
  // whether it has changed, not whether it is later: a clock that was set back makes old comparisons look new
  const before: Record<Mode, number | null> = {
    test: store.state.reconciledAt('test'),
    live: store.state.reconciledAt('live'),
  };
  return async (mode: Mode): Promise<boolean> => {
    if (store.state.reconciledAt(mode) !== before[mode]) return true;
    return (await reconcile(mode)).passed;
  };
}
