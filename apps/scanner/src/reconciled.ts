import type { Clock, Mode } from '@mexc-bot/core';
import type { createReconcile } from '@mexc-bot/execution';
import type { Store } from '@mexc-bot/store';

/**
 * Nothing is bought before the books were compared with the account since this process began: whoever compared them, this process
 * or the tracker. A comparison that does not pass is repeated before the next buy.
 */
export function createReconciled(store: Store, clock: Clock, reconcile: ReturnType<typeof createReconcile>) {
  const startedAtWall = clock.wallNow();
  return async (mode: Mode): Promise<boolean> => {
    const comparedAt = store.state.reconciledAt(mode);
    if (comparedAt !== null && comparedAt >= startedAtWall) return true;
    return (await reconcile(mode)).passed;
  };
}
