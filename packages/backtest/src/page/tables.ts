import { LEAST_EPISODES } from '../statistics/episodes.ts';
import type { TradeGroup } from '../statistics/groups.ts';
import type { Statistics } from '../statistics/statistics.ts';
import type { Benchmark } from '../statistics/summary.ts';
import { moneyText } from '../statistics/verdict.ts';
import { moneyFigure, returnText, shareText, sumText, toneOf, wordsOf } from './figures.ts';
import { type Content, type Html, html } from './html.ts';

export interface PageTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Content[])[];
  /** under the table */
  readonly note?: string;
}

export const tableSection = ({ title, head, rows, note }: PageTable): Html => html`<section><h2>${title}</h2>
<div class="scroll"><table><thead><tr>${head.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>
${note === undefined ? null : html`<p class="dim">${note}</p>`}</section>`;

const GROUPS = [
  ['By strategy', 'byStrategy'],
  ['By exit', 'byExitReason'],
  ['By mood of the market', 'byRegime'],
  ['By month of purchase', 'byMonth'],
  ['By hour of purchase, UTC', 'byHour'],
] as const;

export function groupSections(statistics: Statistics): Html {
  if (statistics.summary.trades === 0) return html``;
  return html`${GROUPS.map(([title, kind]) => groupTable(title, statistics[kind]))}
<p class="dim">The interval holds the mean result of a trade in 95 % of repetitions, drawn by token-days. Rows in grey have fewer than
${LEAST_EPISODES} token-days. Of twenty rows without any edge one is expected to look as if it had one: a good hour or month is no
reason to trade it.</p>`;
}

function groupTable(title: string, groups: readonly TradeGroup[]): Html {
  const reach = Math.max(...groups.flatMap(({ expectancy: { value, low, high } }) => [value, low, high].map(size)));
  return html`<section><h2>${title}</h2><div class="scroll"><table><thead><tr><th></th><th>trades</th><th>won</th><th>result</th>
<th>a trade</th><th>95 % interval</th><th></th><th>fees</th><th>slippage</th></tr></thead>
<tbody>${groups.map((group) => groupRow(group, reach))}</tbody></table></div></section>`;
}

const size = (value: number): number => (Number.isFinite(value) ? Math.abs(value) : 0);

function groupRow({ name, trades, wins, pnl, fees, slippage, expectancy }: TradeGroup, reach: number): Html {
  const { value, low, high, episodes } = expectancy;
  const interval = Number.isNaN(low) ? '–' : `${moneyText(low)} … ${moneyText(high)}`;
  return html`<tr class="${episodes < LEAST_EPISODES ? 'thin' : ''}"><td>${wordsOf(name)}</td><td>${trades}</td>
<td>${shareText(wins / trades, 0)}</td><td>${moneyFigure(pnl)}</td><td>${moneyFigure(value)}</td><td>${interval}</td>
<td>${whisker(expectancy, reach)}</td><td>${sumText(fees)}</td><td>${sumText(slippage)}</td></tr>`;
}

/** Where the interval lies, with nothing in the middle. */
function whisker({ value, low, high }: TradeGroup['expectancy'], reach: number): Html {
  const x = (of: number): number => Math.round((60 + (reach === 0 ? 0 : (of / reach) * 56)) * 10) / 10;
  const tone = low > 0 || high < 0 ? toneOf(value) : 'dim';
  const line = Number.isNaN(low) ? null : html`<path d="M${x(low)} 8H${x(high)}"/>`;
  return html`<svg class="whisker ${tone}" viewBox="0 0 120 16" width="120" height="16" stroke="currentColor" stroke-width="2"><path
 d="M60 0V16" stroke-opacity=".35"/>${line}<circle cx="${x(value)}" cy="8" r="3" fill="currentColor"/></svg>`;
}

export const benchmarkSection = (benchmarks: readonly Benchmark[], { summary }: Statistics): Html =>
  tableSection({
    title: 'Against doing less',
    head: ['', 'return', 'result', 'ahead by'],
    rows: [
      ['this trading', returnText(summary.returnFraction), moneyFigure(summary.endEquity - summary.startEquity), ''],
      ...benchmarks.map(({ name, returnFraction, pnl, ahead }) => [
        name,
        returnText(returnFraction),
        moneyFigure(pnl),
        moneyFigure(ahead),
      ]),
    ],
  });
