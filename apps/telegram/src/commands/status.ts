import { keyDaysLeft, type Mode } from '@mexc-bot/core';
import type { ProcessRow } from '@mexc-bot/runtime';
import type { Button } from '../messenger.ts';
import { bold, safe, table } from '../text/html.ts';
import { accountStopText, accountStopTold } from './account-stop.ts';
import type { Answer, Call, Command, CommandDeps } from './command.ts';

const SELF = 'telegram';
/** The order a person looks in: what guards money first. */
const ORDER = ['tracker', 'scanner', 'telegram', 'collector', 'labeler', 'trainer', 'simulator'];

export function statusCommands(deps: CommandDeps): readonly Command[] {
  const { store, pm2, settings, clock, marketNow, texts: t, format } = deps;
  const viewer = { group: 'processes', role: 'viewer' } as const;

  async function status({ role }: Call): Promise<Answer> {
    const rows = [...(await pm2.list())].sort((a, b) => rank(a) - rank(b));
    const beats = new Map(store.heartbeats.all().map((beat) => [beat.process, beat]));
    const now = clock.wallNow();
    const ages = rows.map((row) => {
      const beat = beats.get(row.name);
      // the heartbeat of a process that runs no more says nothing about now
      return beat !== undefined && beat.pid === row.pid ? now - beat.wallAt : null;
    });
    const newest = store.candles.newest();
    const scan = store.scans.last();
    const { keyCreatedAt } = settings.exchange;
    const daysLeft = keyDaysLeft(keyCreatedAt === null ? null : Date.parse(keyCreatedAt), now);
    const mode = store.state.mode() ?? settings.mode;
    const stopped = store.state.entriesStopped(mode);
    const accountStop = accountStopTold(store, mode, marketNow());
    const openOf = (of: Mode): number => store.positions.open(of).length;
    const faults = rows.flatMap((row) => {
      const beat = beats.get(row.name);
      return beat !== undefined && beat.pid === row.pid && beat.lastError !== null
        ? [t.failing(row.name, beat.failures, beat.lastError.slice(0, 200))]
        : [];
    });
    return {
      html: [
        bold(t.statusTitle(openOf('live'), openOf('test'), store.state.paused())),
        rows.length === 0
          ? safe(t.nothingUnderPm2)
          : table([
              t.statusColumns,
              ...rows.map((row, index) => [
                `${dot(row)}${row.name}`,
                ages[index] === null ? '–' : format.duration(ages[index]!),
                row.status === 'online' ? String(Math.round(row.memoryMb)) : '–',
                String(row.restarts),
              ]),
            ]),
        ...faults.map(safe),
        safe(newest === null ? t.noData : t.dataAge(format.duration(marketNow() - newest))),
        safe(scan === undefined ? t.noScan : t.lastScan(format.duration(now - scan.wallAt), scan.seen, scan.bought)),
        ...(stopped === null ? [] : [safe(t.stillStopped(t.reason(stopped)))]),
        ...(accountStop === null ? [] : [safe(accountStopText(accountStop, t, format))]),
        safe(t.exchangeIs(settings.venue)),
        ...(settings.secrets.mexcApiKey === null ? [] : [safe(t.keyDays(daysLeft))]),
      ].join('\n'),
      buttons: [[{ text: t.refresh, data: 'v:status' }], ...(role === 'owner' ? rowButtons(rows) : [])],
    };
  }

  const rowButtons = (rows: readonly ProcessRow[]): Button[][] =>
    rows
      .filter((row) => row.name !== SELF)
      .map(({ name, status: state }) =>
        state === 'online' || state === 'launching'
          ? [
              { text: `🔄 ${name}`, data: `x:process restart ${name}` },
              { text: `⏹ ${name}`, data: `x:process stop ${name}` },
            ]
          : [{ text: `▶️ ${name}`, data: `x:process start ${name}` }],
      );

  return [
    { ...viewer, name: 'status', bare: true, run: status },
    {
      ...viewer,
      name: 'ping',
      bare: true,
      run() {
        const { startedAt, memoryMb } = deps.self();
        return { html: safe(t.pong(format.duration(clock.wallNow() - startedAt), Math.round(memoryMb))) };
      },
    },
  ];
}

const rank = (row: ProcessRow): number => {
  const index = ORDER.indexOf(row.name);
  return index < 0 ? ORDER.length : index;
};

const dot = ({ status }: ProcessRow): string => (status === 'online' ? '● ' : status === 'errored' ? '✗ ' : '○ ');
