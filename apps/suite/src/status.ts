import type { AccountStop, RegimeState } from '@mexc-bot/core';
import { accountStopOf, decisionRules, unclearOrders, venueIdentity } from '@mexc-bot/execution';
import { createPm2, type ProcessRow, type Settings } from '@mexc-bot/runtime';
import type { Heartbeat, ScanRow, Store } from '@mexc-bot/store';
import Table from 'cli-table3';
import { processNames } from './processes.ts';

interface ProcessStatus {
  readonly name: string;
  /** PM2's word, or `not started` */
  readonly status: string;
  /** wall ms since the last finished cycle; null: none yet, or the process has no cycles */
  readonly heartbeatAgeMs: number | null;
  readonly restarts: number;
  readonly memoryMb: number | null;
  /** failed cycles in a row, and the last fault */
  readonly failures: number;
  readonly lastError: string | null;
}

export interface Status {
  readonly mode: string;
  readonly paused: boolean;
  readonly exchange: string;
  /** market time of the newest heartbeat, ms UTC; null before the first */
  readonly marketTime: number | null;
  readonly processes: readonly ProcessStatus[];
  /** the market's mood and why; null before the first scan */
  readonly regime: Pick<RegimeState, 'regime' | 'reason' | 'since'> | null;
  /** what stops all buys for a while; null: nothing does */
  readonly accountStop: AccountStop | null;
  /** why nothing is bought whatever the market does (the API key, …), as a reason code; null: nothing stops it */
  readonly entriesStopped: string | null;
  /** whether anything seems to start the suite after a reboot; null: not looked, as no real money trades */
  readonly comesBack: boolean | null;
  readonly openPositions: number;
  /** orders whose end the exchange does not tell; `since`: when they were sent, wall ms UTC */
  readonly unclearOrders: readonly {
    readonly order: string;
    readonly mode: string;
    readonly market: string;
    readonly side: string;
    readonly since: number;
  }[];
  readonly lastScan: Pick<ScanRow, 'at' | 'seen' | 'hype' | 'classified' | 'bought' | 'covered' | 'funnel'> | null;
}

/**
 * How the suite is right now: PM2's view of the processes, their heartbeats, the books.
 *
 * @param comesBack asked in live mode at the real exchange alone
 */
export async function readStatus(settings: Settings, store: Store, comesBack: () => boolean): Promise<Status> {
  const rows = await createPm2({ root: settings.root }).list();
  const heartbeats = store.heartbeats.all();
  const mode = store.state.mode() ?? settings.mode;
  const scan = store.scans.last();
  const regime = store.state.regime();
  const marketTime = heartbeats.length === 0 ? null : Math.max(...heartbeats.map((beat) => beat.marketAt));
  const { account } = decisionRules(settings).limits[mode];
  const names = new Set([...processNames(settings), ...rows.map((row) => row.name)]);
  return {
    mode,
    paused: store.state.paused(),
    exchange: venueIdentity(settings),
    marketTime,
    processes: [...names].map((name) =>
      processStatus(
        name,
        rows.find((row) => row.name === name),
        heartbeats.find((beat) => beat.process === name),
      ),
    ),
    regime: regime && { regime: regime.regime, reason: regime.reason, since: regime.since },
    accountStop: accountStopOf(store, mode, account, marketTime ?? Date.now()),
    entriesStopped: store.state.entriesStopped(mode),
    comesBack: mode === 'live' && settings.venue === 'mexc' ? comesBack() : null,
    openPositions: store.positions.open(mode).length,
    unclearOrders: unclearOrders(store, Date.now()).map((order) => ({
      order: order.clientOrderId,
      mode: order.mode,
      market: order.market,
      side: order.side,
      since: order.createdWallAt,
    })),
    lastScan: scan
      ? {
          at: scan.at,
          seen: scan.seen,
          hype: scan.hype,
          classified: scan.classified,
          bought: scan.bought,
          covered: scan.covered,
          funnel: scan.funnel,
        }
      : null,
  };
}

function processStatus(name: string, row: ProcessRow | undefined, beat: Heartbeat | undefined): ProcessStatus {
  // the heartbeat of a process that runs no more says nothing about now
  const current = beat !== undefined && row?.pid === beat.pid ? beat : undefined;
  return {
    name,
    status: row?.status ?? 'not started',
    heartbeatAgeMs: current === undefined ? null : Math.max(0, Date.now() - current.wallAt),
    restarts: row?.restarts ?? 0,
    memoryMb: row?.memoryMb ?? null,
    failures: current?.failures ?? 0,
    lastError: current?.lastError ?? null,
  };
}

/** A status for a person. */
export function statusText(status: Status): string {
  const table = new Table({
    head: ['process', 'status', 'heartbeat', 'restarts', 'memory'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'right', 'right', 'right'],
  });
  for (const row of status.processes) {
    const age = row.heartbeatAgeMs === null ? '–' : `${(row.heartbeatAgeMs / 1000).toFixed(1)} s ago`;
    table.push([
      row.name,
      row.status,
      age,
      row.restarts,
      row.memoryMb === null ? '–' : `${Math.round(row.memoryMb)} MB`,
    ]);
  }
  const faults = status.processes
    .filter((row) => row.lastError !== null)
    .map((row) => `! ${row.name}: ${row.lastError} (${row.failures} cycles in a row)`);
  const scan = status.lastScan;
  return [
    `${status.mode.toUpperCase()}${status.paused ? ', PAUSED (no new buys)' : ''}, ${status.exchange}`,
    ...(status.marketTime === null ? [] : [`market time ${timeText(status.marketTime)}`]),
    table.toString(),
    ...faults,
    `open positions: ${status.openPositions}`,
    ...(status.comesBack === false ? ['! nothing seems to start the suite after a reboot: docs/operations.md'] : []),
    ...status.unclearOrders.map(
      ({ order, mode, side, market }) =>
        `! ${mode} ${side} in ${market} (${order}) has no answer: pnpm tracker resync explains it`,
    ),
    ...(status.regime === null
      ? []
      : [`market: ${status.regime.regime} (${status.regime.reason}) since ${timeText(status.regime.since)}`]),
    ...(status.entriesStopped === null ? [] : [`! nothing is bought: ${status.entriesStopped.replaceAll('_', ' ')}`]),
    ...(status.accountStop === null ? [] : [`! ${stopText(status.accountStop)}`]),
    scan === null
      ? 'no scan yet'
      : `last scan ${timeText(scan.at)}: ${scan.seen} markets, ${scan.hype} hype${coverageText(scan)}, ${scan.classified} classified, ${scan.bought} bought`,
    ...(scan === null ? [] : [funnelText(scan.funnel)]),
  ].join('\n');
}

/** Why nothing is bought for a while, for a person. */
export function stopText({ code, value, limit, until }: AccountStop): string {
  const figures: Readonly<Record<AccountStop['code'], string>> = {
    stop_loss_guard: `${value} losing stops, ${limit} are allowed`,
    daily_loss_limit: `${value.toFixed(2)} USDT lost today, ${limit.toFixed(2)} are allowed`,
    max_drawdown: `the equity is ${(value * 100).toFixed(1)} % under its highest, ${(limit * 100).toFixed(1)} % are allowed`,
  };
  const end = until === null ? 'until it recovers, or npm run resume' : `until ${timeText(until)}`;
  return `nothing is bought ${end}: ${code} (${figures[code]})`;
}

const coverageText = ({ covered, hype }: { covered: number | null; hype: number }): string =>
  covered === null || covered === hype ? '' : ` (candles of ${covered} are up to date)`;

const timeText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const funnelText = (funnel: Readonly<Record<string, number>>): string =>
  `  ${Object.entries(funnel)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ')}`;
