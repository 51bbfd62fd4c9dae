import { signedText, type TimeStyle } from '@mexc-bot/charts';
import type { Mode } from '@mexc-bot/core';
import type { ClosedResult, DailySummaryRow } from '@mexc-bot/store';
import type { Drawing } from './drawing.ts';
import { PICTURE_WORDS } from './words.ts';

export interface EquityPicture extends TimeStyle {
  readonly mode: Mode;
  /** closed positions, oldest first */
  readonly results: readonly ClosedResult[];
  /** quote before the first of them */
  readonly start: number;
  /** market time the curve begins, ms UTC; null: with the first result */
  readonly from: number | null;
  /** market time it ends */
  readonly until: number;
}

/** What was earned, trade by trade: realised results alone, open positions count when they close. */
export function equityPicture({ mode, results, start, from, until, zone, locale }: EquityPicture): Drawing {
  const words = PICTURE_WORDS[locale];
  let equity = start;
  const points = [{ at: from ?? results[0]?.closedAt ?? until, equity }];
  for (const { closedAt, pnl } of results) {
    equity += pnl;
    points.push({ at: closedAt, equity });
  }
  const last = points.at(-1)!;
  if (until > last.at && results.length > 0) points.push({ at: until, equity });
  const earned = equity - start;
  return {
    kind: 'equity',
    title: words.equity,
    subtitle: `${mode.toUpperCase()} · ${results.length} ${words.closedTrades}`,
    result: { text: `${signedText(earned)} USDT`, good: earned >= 0 },
    zone,
    locale,
    points: results.length === 0 ? [] : points,
    drawdownLabel: words.drawdown,
    emptyText: words.noTrades,
  };
}

export interface DailyPicture {
  readonly mode: Mode;
  readonly locale: TimeStyle['locale'];
  readonly rows: readonly DailySummaryRow[];
  /** every day shown, `2026-11-22`, oldest first: days without a trade stand empty */
  readonly days: readonly string[];
}

/** Each day's result, all strategies together. */
export function dailyPicture({ mode, locale, rows, days }: DailyPicture): Drawing {
  const words = PICTURE_WORDS[locale];
  const sums = new Map<string, number>();
  for (const { day, pnl } of rows) sums.set(day, (sums.get(day) ?? 0) + pnl.toNumber());
  const bars = days.map((day) => ({ label: `${day.slice(8)}.${day.slice(5, 7)}.`, value: sums.get(day) ?? 0 }));
  const total = bars.reduce((sum, { value }) => sum + value, 0);
  return {
    kind: 'daily',
    title: words.daily,
    subtitle: `${mode.toUpperCase()} · USDT`,
    result: { text: `${signedText(total)} USDT`, good: total >= 0 },
    bars: rows.length === 0 ? [] : bars,
    emptyText: words.noTrades,
  };
}
