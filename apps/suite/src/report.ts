import { type Decimal, type Mode, type Performance, performanceOf, type Tally } from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';
import Table from 'cli-table3';

const DAY_MS = 86_400_000;

export interface Report extends Performance {
  readonly mode: Mode;
  /** market ms UTC; null: everything */
  readonly since: number | null;
  readonly scans: number;
  /** orders that executed something */
  readonly buys: number;
  readonly sells: number;
}

/**
 * What trading in one mode brought.
 *
 * @param days market days back from the newest heartbeat or trade; null: everything
 */
export function readReport(store: Store, mode: Mode, days: number | null): Report {
  const all = store.positions.closed(mode, 0);
  const newest = Math.max(
    0,
    ...store.heartbeats.all().map((beat) => beat.marketAt),
    ...all.map((position) => position.closedAt),
  );
  const since = days === null ? null : newest - days * DAY_MS;
  const orders = store.orders.ofMode(mode).filter((order) => order.filled.gt(0) && order.createdAt >= (since ?? 0));
  return {
    mode,
    since,
    scans: store.scans.count(),
    buys: orders.filter((order) => order.side === 'buy').length,
    sells: orders.filter((order) => order.side === 'sell').length,
    ...performanceOf(
      all.filter((position) => position.closedAt >= (since ?? 0)),
      store.positions.open(mode),
    ),
  };
}

const money = (value: Decimal | null): string =>
  value === null ? '–' : `${value.gte(0) ? '+' : '−'}${value.abs().toFixed(3)}`;

/** A report for a person: money first. */
export function reportText(report: Report): string {
  const span =
    report.since === null
      ? 'all of it'
      : `since ${new Date(report.since).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [
    `${report.mode.toUpperCase()} report, ${span}`,
    `realised ${money(report.realisedPnl)} USDT after ${report.fees.toFixed(3)} USDT of fees`,
    `${report.closed} closed (${report.wins} won, ${report.losses} lost), ${report.open} open, ${report.buys} buys, ${report.sells} sells, ${report.scans} scans`,
    `expectancy ${money(report.expectancy)} a trade, profit factor ${report.profitFactor?.toFixed(2) ?? '–'}, best ${money(report.best)}, worst ${money(report.worst)}`,
    tallies('strategy', report.byStrategy),
    tallies('exit', report.byExitReason),
  ].join('\n');
}

function tallies(title: string, groups: Readonly<Record<string, Tally>>): string {
  const table = new Table({
    head: [title, 'closed', 'won', 'lost', 'USDT'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right'],
  });
  for (const [name, tally] of Object.entries(groups)) {
    table.push([name, tally.closed, tally.wins, tally.losses, money(tally.realisedPnl)]);
  }
  return table.length === 0 ? `no closed position by ${title}` : table.toString();
}
