import {
  type Decimal,
  type ExitSlippage,
  exitSlippages,
  type Mode,
  type Performance,
  performanceOf,
  type SlippageTally,
  slippageByReason,
  type Tally,
} from '@mexc-bot/core';
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
  /** how far exits sold under the price that triggered them */
  readonly slippage: {
    readonly byExitReason: Readonly<Record<string, SlippageTally>>;
    readonly exits: readonly ExitSlippage[];
  };
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
  const open = store.positions.open(mode);
  const exits = exitSlippages(orders, store.orders.fillsOfMode(mode));
  return {
    mode,
    since,
    slippage: { byExitReason: slippageByReason(exits), exits },
    scans: store.history.scansSince(mode, since ?? 0).scans,
    buys: orders.filter((order) => order.side === 'buy').length,
    sells: orders.filter((order) => order.side === 'sell').length,
    ...performanceOf(
      all.filter((position) => position.closedAt >= (since ?? 0)),
      // when an open position sold what it sold is not on record: of a span only what closed in it counts
      since === null ? open : [],
    ),
    open: open.length,
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
    `realised ${money(report.realisedPnl)} USDT after ${report.fees.toFixed(3)} USDT of fees, ${report.since === null ? 'what open positions have sold included' : 'of positions closed since then'}`,
    `${report.closed} closed (${report.wins} won, ${report.losses} lost), ${report.open} open, ${report.buys} buys, ${report.sells} sells, ${report.scans} scans`,
    `expectancy ${money(report.expectancy)} a trade, profit factor ${report.profitFactor?.toFixed(2) ?? '–'}, best ${money(report.best)}, worst ${money(report.worst)}`,
    tallies('strategy', report.byStrategy),
    tallies('exit', report.byExitReason),
    slippages(report.slippage.byExitReason),
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

const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** Below 0 %: sold for more than the price that triggered it. */
function slippages(groups: Readonly<Record<string, SlippageTally>>): string {
  const table = new Table({
    head: ['slippage', 'exits', 'median', 'worst', 'median time', 'worst time', 'ladder step'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const [reason, tally] of Object.entries(groups)) {
    const { exits, median, worst, medianDelayMs, worstDelayMs, worstStep } = tally;
    table.push([
      reason,
      exits,
      percent(median),
      percent(worst),
      seconds(medianDelayMs),
      seconds(worstDelayMs),
      worstStep,
    ]);
  }
  return table.length === 0 ? 'no exit has sold anything yet' : table.toString();
}
