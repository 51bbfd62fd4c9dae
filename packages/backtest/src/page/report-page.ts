import { MINUTE_MS } from '@mexc-bot/core';
import type { TradingRecord } from '../record/trading-record.ts';
import type { Statistics } from '../statistics/statistics.ts';
import { accountCharts } from './account-charts.ts';
import { timeText } from './figures.ts';
import { html, markup } from './html.ts';
import { STYLE } from './style.ts';
import { summarySection } from './summary-section.ts';
import { benchmarkSection, groupSections, type PageTable, tableSection } from './tables.ts';
import { MOST_CHARTS, NO_CANDLES, type ReadCandles, tradeSection } from './trade-section.ts';

export interface ReportPage {
  /** `Backtest`, `TEST report` */
  readonly title: string;
  readonly record: TradingRecord;
  readonly statistics: Statistics;
  /** for the charts of trades; without it they show their fills and levels alone */
  readonly candles?: ReadCandles;
  /** how many trades have a chart, at most; 200 unless given: a chart is about 20 kB */
  readonly charts?: number;
  /** what else there is to say: assumptions, funnel, coverage */
  readonly tables?: readonly PageTable[];
}

/**
 * A report as one page that needs nothing but itself: no script, no network, and a policy in it that allows neither.
 *
 * @returns a whole HTML document
 */
export function reportPage({ title, record, statistics, candles, charts, tables = [] }: ReportPage): string {
  const { from, until } = record.span;
  const span = until - from < MINUTE_MS ? 'nothing yet' : `${timeText(from)} to ${timeText(until)} UTC`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${span}</title>
<style>${markup(STYLE)}</style>
</head>
<body>
<h1>${title}</h1>
<p class="dim">${span}</p>
${summarySection(statistics)}
${accountCharts(record)}
${benchmarkSection(statistics.benchmarks, statistics)}
${groupSections(statistics)}
${tables.map(tableSection)}
${tradeSection(record.trades, candles ?? NO_CANDLES, charts ?? MOST_CHARTS)}
</body>
</html>
`.markup;
}
