import { dailyChart, equityChart, toSvg } from '@mexc-bot/charts';
import { DAY_MS } from '@mexc-bot/core';
import type { RecordedTrade, TradingRecord } from '../record/trading-record.ts';
import { CHART_FONT, returnText } from './figures.ts';
import { type Html, html, markup } from './html.ts';

/** More bars than this would be thinner than a phone shows: months then. */
const MOST_DAYS = 45;

export function accountCharts(record: TradingRecord): Html {
  const { equity, startEquity, endEquity, trades } = record;
  const gained = endEquity / startEquity - 1;
  const curve = equityChart({
    title: 'Equity',
    subtitle: 'what is held counts at its last price; costs included',
    result: { text: returnText(gained), good: gained >= 0 },
    zone: 'UTC',
    locale: 'en',
    points: equity,
    drawdownLabel: 'drawdown',
    emptyText: 'no two moments to draw a line between',
  });
  const { unit, bars } = barsOf(record.span, trades);
  const results = dailyChart({
    title: `Result by ${unit}`,
    subtitle: `of trades, by the ${unit} they were closed, UTC; after costs`,
    bars,
    emptyText: 'nothing was closed',
  });
  return html`<section class="chart"><h2>Account</h2>${markup(toSvg(curve, { font: CHART_FONT }))}<br>${markup(toSvg(results, { font: CHART_FONT }))}</section>`;
}

function barsOf({ from, until }: TradingRecord['span'], trades: readonly RecordedTrade[]) {
  const daily = (until - from) / DAY_MS <= MOST_DAYS;
  const language = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options });
  const label = language(daily ? { day: 'numeric', month: 'short' } : { month: 'short', year: '2-digit' });
  const values = new Map<string, number>();
  if (trades.length > 0) for (let at = from; at < until; at += DAY_MS) values.set(label.format(at), 0);
  for (const { closedAt, pnl } of trades.toSorted((a, b) => a.closedAt - b.closedAt)) {
    const name = label.format(closedAt);
    values.set(name, (values.get(name) ?? 0) + pnl);
  }
  return { unit: daily ? 'day' : 'month', bars: [...values].map(([name, value]) => ({ label: name, value })) };
}
