import { type BacktestSettings, DEFAULT_COSTS, type TickerReach } from '@mexc-bot/backtest';
import { type ExchangeSymbol, type HypeCriteria, type Mode, REGIMES, SECOND_MS, termsOf } from '@mexc-bot/core';
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
    stopAtrPeriod: settings.position.atr.period,
    balance: settings.paper.balanceUsdt,
    forgetPeakMs: forgetPeakMs(settings),
    scanEveryMs: settings.scan.everySeconds * SECOND_MS,
    costs: { ...DEFAULT_COSTS, takerFeeRate: settings.execution.assumedTakerFee },
  };
}

/** What hype asks for must be there at some moment in some mood. @throws {UserError} */
export function refuseUnreachable({ rules, mode }: BacktestSettings, reach: TickerReach | null): void {
  const criteria = REGIMES.map((regime) => termsOf(rules, mode, regime).hype);
  const faults = reach === null ? [] : beyond(reach, criteria);
  if (faults.length === 0) return;
  throw new UserError(
    `these settings forbid every trade on these candles: ${faults.join('; ')}`,
    'Change it in the settings file, or the values of --param.',
  );
}

function beyond({ price, quoteVolume, spread }: TickerReach, criteria: readonly HypeCriteria[]): string[] {
  const minQuoteVolume = Math.min(...criteria.map((each) => each.minQuoteVolume));
  const minPrice = Math.min(...criteria.map((each) => each.minPrice));
  const maxSpread = Math.max(...criteria.map((each) => each.maxSpread));
  return [
    ...(minQuoteVolume > quoteVolume
      ? [`hype.minQuoteVolume asks for ${minQuoteVolume}, and no market traded more than ${Math.round(quoteVolume)}`]
      : []),
    ...(minPrice > price ? [`hype.minPrice asks for ${minPrice}, and no price is above ${price}`] : []),
    ...(maxSpread < spread
      ? [`hype.maxSpread allows ${maxSpread}, and no spread is assumed under ${Number(spread.toPrecision(3))}`]
      : []),
  ];
}

function refuseIdle({ protections, stake, paper, hype, execution }: Settings, mode: Mode): void {
  const idle = (path: string, why: string): never => {
    throw new UserError(`these settings forbid every trade: ${path} ${why}`, 'Change it in the settings file.');
  };
  if (protections.maxOpenPositions === 0) idle('protections.maxOpenPositions', 'is 0');
  if (hype.minChange24h > hype.maxChange24h) {
    idle('hype.minChange24h', `${hype.minChange24h} is above hype.maxChange24h ${hype.maxChange24h}`);
  }
  const least = stake[mode].min * (1 + execution.assumedTakerFee);
  if (least > paper.balanceUsdt) {
    idle(`stake.${mode}.min`, `${stake[mode].min} is more than paper.balanceUsdt ${paper.balanceUsdt} can pay`);
  }
}
