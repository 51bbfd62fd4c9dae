import type {
  BacktestDecision,
  BacktestResult,
  DeflatedSharpe,
  LookaheadReport,
  ModelTraining,
  Statistics,
  SweepTry,
  TradeGroup,
} from '@mexc-bot/backtest';
import Table from 'cli-table3';
import type { CompareReport } from './compare-command.ts';
import { namedParameters } from './sweep-axes.ts';
import type { SweepReport } from './sweep-command.ts';

const moment = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;
const amount = (value: number | null): string => (value === null || Number.isNaN(value) ? '–' : value.toFixed(2));

/** What a run found, for a person. */
export function runText(result: BacktestResult & { readonly statistics: Statistics }): string {
  const { span, markets, buysOnly, candles, timeframe, detail, mode, funnel, costs, takerFeeRates, statistics } =
    result;
  const fees = [...new Set([takerFeeRates.least, takerFeeRates.most])];
  const { summary, benchmarks, verdict, warnings } = statistics;
  const { expectancy, exposure, maxDrawdown } = summary;
  const head = [
    `${mode.toUpperCase()} backtest, ${moment(span.from)} to ${moment(span.until)} UTC: ` +
      `${markets.length} markets${buysOnly === null ? '' : `, ${buysOnly.length} of them traded (${buysOnly.join(', ')})`}, ${candles} candles of ${timeframe}${detail === null ? '' : `, inside them ${detail}`}`,
    `assumed: taker fee ${fees.map(percent).join(' to ')}, spread at least ${percent(costs.minSpread)}, ` +
      `an order finds ${percent(costs.volumeShare)} of a candle's volume`,
    '',
  ];
  const rows: [string, string][] = [
    [
      'equity',
      `${amount(summary.startEquity)} → ${amount(summary.endEquity)} USDT (${percent(summary.returnFraction)})`,
    ],
    ['trades', `${summary.trades}: ${summary.wins} won, ${summary.losses} lost; ${summary.episodes} token-days`],
    ['a trade', `${amount(expectancy.value)} USDT (95 %: ${amount(expectancy.low)} to ${amount(expectancy.high)})`],
    ['profit factor', amount(summary.profitFactor)],
    ['largest drawdown', maxDrawdown === null ? '–' : percent(maxDrawdown.fraction)],
    [
      'exposure',
      `${percent(exposure.heldShare)} of the account on average, something held ${percent(exposure.timeShare)} of the time`,
    ],
    [
      'traded',
      `${amount(summary.traded)} USDT, ${summary.turnover.toFixed(1)} times the account; ` +
        `fees ${amount(summary.fees)}, slippage ${amount(summary.slippage)} (${amount(summary.spreadCost)} of it spread)`,
    ],
    ['scans', `${funnel.scans}: ${funnel.hype} hype tokens, ${funnel.candidates} candidates, ${funnel.filled} bought`],
    ...benchmarks.map(({ name, returnFraction }): [string, string] => [name, percent(returnFraction)]),
  ];
  const facts = new Table({ style: { head: [], border: [] } });
  facts.push(...rows);
  const models = result.models ?? [];
  const why = Object.entries(funnel.rejected).map(([reason, count]) => `${reason} ${count}`);
  return [
    ...head,
    facts.toString(),
    ...(summary.trades === 0 ? [] : GROUPS.map(([name, kind]) => groupText(name, statistics[kind]))),
    ...(models.length === 0 ? [] : [modelsText(models)]),
    ...(why.length === 0 ? [] : [`not bought: ${why.join(', ')}`]),
    ...(result.decisions ?? []).map(decisionText),
    '',
    verdict.text,
    ...warnings.map((warning) => `! ${warning}`),
  ].join('\n');
}

const decisionText = ({ at, market, strategy, regime, price, rank, confidence, reason }: BacktestDecision): string =>
  `${moment(at)} ${market} ${strategy} in a ${regime} market at ${price}, rank ${rank}, confidence ${confidence.toFixed(2)}: ${reason}`;

const GROUPS = [
  ['strategy', 'byStrategy'],
  ['exit', 'byExitReason'],
  ['mood', 'byRegime'],
  ['month', 'byMonth'],
  ['hour, UTC', 'byHour'],
] as const;

function groupText(kind: string, groups: readonly TradeGroup[]): string {
  const head = [kind, 'trades', 'won', 'P&L', 'a trade (95 %)', 'fees', 'slippage'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { name, trades, wins, pnl, expectancy, fees, slippage } of groups) {
    const { value, low, high } = expectancy;
    table.push([
      name,
      String(trades),
      String(wins),
      amount(pnl),
      `${amount(value)} (${amount(low)} to ${amount(high)})`,
      amount(fees),
      amount(slippage),
    ]);
  }
  return table.toString();
}

function modelsText(models: readonly ModelTraining[]): string {
  const made = models.filter(({ fault }) => fault === null);
  const last = (scope: ModelTraining['scope']): string => {
    const model = made.findLast((each) => each.scope === scope);
    return model === undefined
      ? `${scope}: never enough to learn from`
      : `${scope}: AUC ${amount(model.auc)} of ${model.rows} rows in the end`;
  };
  const proven = made.filter((each) => each.proven).length;
  return `models: ${made.length} trained, ${proven} of them proven; ${last('feedback')}, ${last('pooled')}`;
}

export function lookaheadText({ cuts, compared, columns, changed }: LookaheadReport): string {
  return [
    `${compared} decisions, trades and moods and ${columns} columns of what decisions look at, compared over ${cuts.length} cuts: ` +
      `${changed.length} changed when the future was cut off`,
    ...changed
      .slice(0, 20)
      .map(
        ({ cut, at, of, what, before, after }) =>
          `${moment(at)} ${of === null ? '' : `${of} `}${what}, cut at ${moment(cut)}: ${before ?? 'none'}; without the future ${after ?? 'none'}`,
      ),
  ].join('\n');
}

export function sweepText({ split, tries, chosen, deflated, resumed, warnings }: SweepReport): string {
  const table = new Table({
    head: ['settings', 'trades', 'return', 'Sharpe a day', 'later: trades', 'return', 'a trade (95 %)'],
    style: { head: [], border: [] },
  });
  for (const { parameters, choice, judgement } of tries
    .toSorted((a, b) => b.choice.sharpe - a.choice.sharpe)
    .slice(0, 20)) {
    const { value, low, high } = judgement.expectancy;
    table.push([
      namedParameters(parameters),
      String(choice.trades),
      percent(choice.returnFraction),
      choice.sharpe.toFixed(3),
      String(judgement.trades),
      percent(judgement.returnFraction),
      `${amount(value)} (${amount(low)} to ${amount(high)})`,
    ]);
  }
  return [
    `${tries.length} tries${resumed === 0 ? '' : `, ${resumed} of them from before`}; chosen before ${moment(split)} UTC, judged after`,
    table.toString(),
    `Chosen: ${namedParameters(chosen.parameters)}`,
    ...(deflated === null ? [idleText(tries)] : judgementText(chosen, deflated)),
    ...warnings.map((warning) => `! ${warning}`),
  ].join('\n');
}

function judgementText({ judgement }: SweepTry, deflated: DeflatedSharpe): string[] {
  const { sharpe, trials, expectedBest, probability } = deflated;
  const isLuck = !(probability >= 0.95);
  const gained = judgement.expectancy.low > 0;
  const why = isLuck
    ? 'luck in choosing explains it.'
    : judgement.trades === 0
      ? 'nothing was traded after the split.'
      : 'it did not gain for sure after the split.';
  return [
    `Sharpe ${sharpe.toFixed(3)} a day; the best of ${trials} worthless tries is expected to reach ${expectedBest.toFixed(3)}: ` +
      `probability that it is more than luck in choosing ${percent(probability)}`,
    !isLuck && gained
      ? 'It is more than luck before the split, and gained after it.'
      : `That is no reason to change the settings: ${why}`,
  ];
}

const idleText = (tries: readonly SweepTry[]): string =>
  tries.every(({ choice }) => choice.trades === 0)
    ? 'Nothing was traded before the split in any try, so there is nothing to choose by.'
    : 'It traded nothing before the split: to do nothing was better than every try that traded. That is no reason to change the settings.';

export function compareText(report: CompareReport): string {
  const { span, compared, same, byCause, differences, exits, gap, unpaired } = report;
  const causes = Object.entries(byCause).map(([cause, count]) => `${cause} ${count}`);
  const money = (parts: Readonly<Record<string, number>>): string =>
    Object.entries(parts)
      .filter(([, value]) => Math.abs(value) >= 0.005)
      .map(([cause, value]) => `${cause} ${value.toFixed(2)}`)
      .join(', ') || 'nothing';
  return [
    `${moment(span.from)} to ${moment(span.until)} UTC: ${same} of ${compared} decisions are the same`,
    ...(causes.length === 0 ? [] : [`different because of: ${causes.join(', ')}`]),
    ...differences
      .slice(0, 40)
      .map(
        ({ at, market, recorded, backtest, cause, detail }) =>
          `${moment(at)} ${market}: ${recorded === null ? 'no candidate' : `${recorded.strategy} ${recorded.reason}`}; ` +
          `backtest ${backtest === null ? 'no candidate' : `${backtest.strategy} ${backtest.reason}`}; ${cause}: ${detail}`,
      ),
    ...(differences.length > 40 ? [`and ${differences.length - 40} more: --json names all`] : []),
    `exits: ${exits.same} of ${exits.compared} positions that both had ended for the same reason at about the same time`,
    ...exits.differences
      .slice(0, 40)
      .map(
        ({ market, openedAt, recorded, backtest, cause }) =>
          `${moment(openedAt)} ${market}: ${recorded.exitReason} at ${moment(recorded.closedAt)}; ` +
          `backtest ${backtest.exitReason} at ${moment(backtest.closedAt)}; ${cause}`,
      ),
    `realised: ${amount(gap.live)} USDT recorded, ${amount(gap.backtest)} in the backtest, gap ${amount(gap.total)}: ${money(gap.parts)}`,
    `trades that only one side made: ${money(unpaired)}`,
  ].join('\n');
}
