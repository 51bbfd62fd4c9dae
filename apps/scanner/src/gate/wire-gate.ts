import type { Gate } from '@mexc-bot/core';
import { decisionRules, labelBarriers, stopConfig, type TradingProcess, tradeCosts } from '@mexc-bot/execution';
import { LABEL_HORIZON_MS } from '@mexc-bot/models';
import { createGate } from './gate.ts';
import { createModelShelf } from './model-shelf.ts';
import { createTokenTrainer, type TokenTrainer } from './token-trainer.ts';

/** A dry run writes nothing: no model, and no alert. */
const untrained: TokenTrainer = { train: async () => 'dry_run', close: async () => undefined };
const untold = { addNews: () => false };

/** The AI gate of a process that scans. */
export function wireGate(
  process: Pick<TradingProcess, 'settings' | 'store' | 'clock' | 'log'>,
  options: { readonly dry?: boolean } = {},
): {
  readonly gate: Gate;
  close(): Promise<void>;
} {
  const { settings } = process;
  const { ai } = settings;
  const costs = tradeCosts(settings);
  const trainer = createTokenTrainer({
    ...process,
    folder: ai.folder,
    rule: { horizonMs: LABEL_HORIZON_MS, ...labelBarriers(settings) },
    costs,
    minQuoteVolume: settings.hype.minQuoteVolume,
    timeoutMs: ai.trainTimeoutMs,
    exchange: settings.venue === 'mexc' ? 'MEXC' : 'simulator',
  });
  const { models, alerts } = process.store;
  const isDry = options.dry === true;
  const gate = createGate({
    shelf: createModelShelf({
      ...process,
      store: { models, alerts: isDry ? untold : alerts },
      folder: ai.folder,
      maxAgeDays: ai.maxAgeDays,
    }),
    trainer: isDry ? untrained : trainer,
    rules: decisionRules(settings),
    stop: stopConfig(settings),
    minConfidence: ai.minConfidence,
    ...costs,
  });
  return { gate, close: () => trainer.close() };
}
