import { type BacktestSettings, DEFAULT_COSTS } from '@mexc-bot/backtest';
import { type ExchangeSymbol, type Mode, SECOND_MS } from '@mexc-bot/core';
import { decisionRules, forgetPeakMs, positionRules, stopConfig, universeCriteria } from '@mexc-bot/execution';
import { type Settings, UserError } from '@mexc-bot/runtime';

export interface RunOptions {
  readonly mode: Mode;
  /** ms UTC */
  readonly from: number | null;
  readonly until: number | null;
  /** null: all that may be */
  readonly buysOnly: readonly ExchangeSymbol[] | null;
  readonly keepDecisions: boolean;
}

/** What the owner's settings mean to a backtest. @throws {UserError} they forbid every trade */
export function backtestSettings(settings: Settings, options: RunOptions): BacktestSettings {
  refuseIdle(settings, options.mode);
  return {
    ...options,
    rules: decisionRules(settings),
    universe: universeCriteria(settings),
    position: positionRules(settings),
    stop: stopConfig(settings),
    balance: settings.paper.balanceUsdt,
    forgetPeakMs: forgetPeakMs(settings),
    scanEveryMs: settings.scan.everySeconds * SECOND_MS,
    costs: { ...DEFAULT_COSTS, takerFeeRate: settings.execution.assumedTakerFee },
  };
}

function refuseIdle({ protections, stake, paper, hype, execution }: Settings, mode: Mode): void {
  const idle = (path: string, why: string): never => {
    throw new UserError(`these settings forbid every trade: ${path} ${why}`, 'Change it in the settings file.');
  };
  if (protections.maxOpenPositions === 0) idle('protections.maxOpenPositions', 'is 0');
  if (hype.minChange24h > hype.maxChange24h) {
    idle('hype.minChange24h', `${hype.minChange24h} is above hype.maxChange24h ${hype.maxChange24h}`);
  }
  if (hype.maxSpread < DEFAULT_COSTS.minSpread) {
    idle(
      'hype.maxSpread',
      `${hype.maxSpread} is under the smallest spread a backtest assumes, ${DEFAULT_COSTS.minSpread}`,
    );
  }
  const least = stake[mode].min * (1 + execution.assumedTakerFee);
  if (least > paper.balanceUsdt) {
    idle(`stake.${mode}.min`, `${stake[mode].min} is more than paper.balanceUsdt ${paper.balanceUsdt} can pay`);
  }
}
