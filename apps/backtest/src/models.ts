import { type BacktestSettings, type PreparedData, type WalkForward, walkForward } from '@mexc-bot/backtest';
import { decisionRules, labelBarriers, stopConfig, tradeCosts } from '@mexc-bot/execution';
import { engineNamed, LABEL_HORIZON_MS } from '@mexc-bot/models';
import type { Settings } from '@mexc-bot/runtime';

/** The owner's models, made anew through the time of a run, each of what was known by then. */
export function ownersModels(
  data: PreparedData,
  run: BacktestSettings,
  settings: Settings,
  onTrained: (done: number, total: number) => void,
): Promise<WalkForward> {
  const { ai } = settings;
  return walkForward(data, run, {
    rules: decisionRules(settings),
    stop: stopConfig(settings),
    minConfidence: ai.minConfidence,
    ...tradeCosts(settings),
    engine: engineNamed(ai.engine),
    rule: { horizonMs: LABEL_HORIZON_MS, ...labelBarriers(settings) },
    maxRows: ai.maxRows,
    maxAgeDays: ai.maxAgeDays,
    onTrained,
  });
}
