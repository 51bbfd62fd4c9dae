import { randomUUID } from 'node:crypto';
import { type Gate, gateWithoutModel } from '@mexc-bot/core';
import {
  createReconcile,
  decisionRules,
  forgetPeakMs,
  type TradingProcess,
  universeCriteria,
} from '@mexc-bot/execution';
import { createGuarded } from './guarded.ts';
import { createKeyJudged } from './key-judged.ts';
import { createReconciled } from './reconciled.ts';
import { createScan } from './scan.ts';

/** The scan of a process: the worker's and the command's are the same. */
export function wireScan(
  trading: TradingProcess,
  options: { readonly dry?: boolean; readonly newPositionId?: () => string; readonly gate?: Gate } = {},
) {
  const { settings, store } = trading;
  const { quote } = settings.universe;
  const reconcile = createReconcile({
    ...trading,
    source: 'scanner',
    quote,
    confirmAfterMs: settings.reconcile.confirmSeconds * 1_000,
  });
  const rules = decisionRules(settings);
  return createScan({
    ...trading,
    rules,
    universe: universeCriteria(settings),
    startMode: settings.mode,
    quote,
    forgetPeakMs: forgetPeakMs(settings),
    gate: options.gate ?? (({ strategy, mode }) => gateWithoutModel(strategy, mode, rules.gate)),
    newPositionId: options.newPositionId ?? randomUUID,
    guarded: createGuarded(store, trading.clock),
    keyJudged: createKeyJudged(trading.key, trading.log),
    reconciled: createReconciled(store, reconcile),
    dry: options.dry === true,
  });
}
