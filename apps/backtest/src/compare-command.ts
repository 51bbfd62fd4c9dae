import {
  backtestView,
  type DecisionPair,
  type DifferenceCause,
  type ExitPair,
  type Gap,
  gapByCause,
  pairDecisions,
  pairExits,
  runBacktest,
} from '@mexc-bot/backtest';
import { TIMEFRAME_MS } from '@mexc-bot/core';
import { openStoreToRead } from '@mexc-bot/store';
import { type InputOptions, readInputs, settingsOf } from './inputs.ts';
import { readRecordedRun, recordedScans } from './recorded-run.ts';

export interface CompareOptions extends InputOptions {
  /** the database of the recorded run; the one of the settings unless given */
  readonly database?: string;
}

/** `still_held`: decided the same, and one side has not sold it yet. */
type UnpairedCause = DifferenceCause | 'still_held';

export interface CompareReport {
  readonly span: { readonly from: number; readonly until: number };
  /** candles of markets that either decided about */
  readonly compared: number;
  readonly same: number;
  readonly byCause: Readonly<Partial<Record<DifferenceCause, number>>>;
  readonly differences: readonly DecisionPair[];
  /** of positions that both bought and sold */
  readonly exits: { readonly compared: number; readonly same: number; readonly differences: readonly ExitPair[] };
  /** realised P&L, recorded − backtest, quote */
  readonly gap: Pick<Gap, 'total' | 'live' | 'backtest' | 'parts'>;
  /** of trades that only one side made: why, quote */
  readonly unpaired: Readonly<Partial<Record<UnpairedCause, number>>>;
}

/** Lays a recorded run beside a backtest of the same time and settings. */
export function compare(options: CompareOptions): CompareReport {
  const owner = settingsOf(options);
  const database = options.database ?? owner.database;
  const store = openStoreToRead(database);
  try {
    const asked = { from: options.from ?? null, until: options.to ?? null, markets: options.symbols ?? null };
    const { decisions, record } = readRecordedRun(store, options.mode, { ...owner, database }, asked);
    const { timeframe, data, settings } = readInputs(options, { ...owner, database }, true);
    const stepMs = TIMEFRAME_MS[timeframe];
    const from = asked.from ?? Math.floor(decisions[0]!.at / stepMs) * stepMs;
    const until = asked.until ?? Math.ceil(decisions.at(-1)!.at / stepMs) * stepMs;
    const result = runBacktest(data, { ...settings, from, until });

    // what was decided at the very end had no time to be done
    const decided = (result.decisions ?? []).filter(({ at }) => at < until);
    const view = backtestView(data, settings, result);
    const pairs = pairDecisions(decisions, decided, recordedScans(store, options.mode), view);
    const differences = pairs.filter(({ cause }) => cause !== null);
    const gap = gapByCause(record, result);
    const { total, live, backtest, parts } = gap;
    const exits = pairExits(gap.pairs, view);
    const otherExits = exits.filter(({ cause }) => cause !== null);
    return {
      span: { from, until },
      compared: pairs.length,
      same: pairs.length - differences.length,
      byCause: Object.fromEntries(
        [...Map.groupBy(differences, ({ cause }) => cause!)].map(([cause, rows]) => [cause, rows.length]),
      ),
      differences,
      exits: { compared: exits.length, same: exits.length - otherExits.length, differences: otherExits },
      gap: { total, live, backtest, parts },
      unpaired: unpairedByCause(gap, pairs, stepMs),
    };
  } finally {
    store.close();
  }
}

function unpairedByCause(
  { missed, extra }: Gap,
  pairs: readonly DecisionPair[],
  stepMs: number,
): CompareReport['unpaired'] {
  const causes = new Map(pairs.map(({ at, market, cause }) => [`${at} ${market}`, cause]));
  const sums: Partial<Record<UnpairedCause, number>> = {};
  const add = (market: string, openedAt: number, value: number): void => {
    const at = Math.floor(openedAt / stepMs) * stepMs;
    // a buy of the last second of a candle is booked in the next one
    const keys = [`${at} ${market}`, `${at - stepMs} ${market}`];
    const found = keys.find((key) => causes.has(key));
    const cause = found === undefined ? 'unexplained' : (causes.get(found) ?? 'still_held');
    sums[cause] = (sums[cause] ?? 0) + value;
  };
  for (const { market, openedAt, pnl } of missed) add(market, openedAt, -pnl);
  for (const { market, openedAt, pnl } of extra) add(market, openedAt, pnl);
  return sums;
}
