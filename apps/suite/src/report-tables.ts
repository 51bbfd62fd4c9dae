import type { PageTable } from '@mexc-bot/backtest';
import type { Mode } from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';
import type { Report } from './report.ts';

const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`.replace('-', '−');
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const words = (code: string): string => code.replaceAll('_', ' ');

/** What only the suite's own books know: how exits were executed, and where markets went on their way to a buy. */
export function reportTables(store: Store, mode: Mode, { since, slippage }: Report): PageTable[] {
  const { scans, seen, hype, classified, bought, funnel } = store.history.scansSince(mode, since ?? 0);
  const exits = Object.entries(slippage.byExitReason);
  const tables: PageTable[] = [];
  if (exits.length > 0)
    tables.push({
      title: 'How exits were executed',
      head: ['', 'exits', 'median slippage', 'worst', 'median time', 'worst time'],
      rows: exits.map(([reason, tally]) => [
        words(reason),
        tally.exits,
        percent(tally.median),
        percent(tally.worst),
        seconds(tally.medianDelayMs),
        seconds(tally.worstDelayMs),
      ]),
      note: 'Slippage against the price that triggered the exit; below 0 it sold for more.',
    });
  if (scans > 0)
    tables.push({
      title: 'From market to buy',
      head: ['', 'count'],
      rows: [
        ['scans', scans],
        ['tickers seen, over all scans', seen],
        ['hype tokens', hype],
        ['of them with a pattern', classified],
        ['bought', bought],
        ...funnel.map(({ reason, count }) => [`turned down: ${words(reason)}`, count]),
      ],
    });
  return tables;
}
