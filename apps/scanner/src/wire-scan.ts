import { randomUUID } from 'node:crypto';
import { createReconcile, type TradingProcess } from '@mexc-bot/execution';
import { createReconciled } from './reconciled.ts';
import { createScan } from './scan.ts';

/** The scan of a process: the worker's and the command's are the same. */
export function wireScan(
  trading: TradingProcess,
  options: { readonly dry?: boolean; readonly newPositionId?: () => string } = {},
) {
  const { settings, store } = trading;
  const reconcile = createReconcile({
    ...trading,
    source: 'scanner',
    quote: settings.universe.quote,
    confirmAfterMs: settings.reconcile.confirmSeconds * 1_000,
  });
  return createScan({
    ...trading,
    newPositionId: options.newPositionId ?? randomUUID,
    reconciled: createReconciled(store, reconcile),
    dry: options.dry === true,
  });
}
