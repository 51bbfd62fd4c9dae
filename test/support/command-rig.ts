import { createManualClock, loadSettings, type Pm2, type ProcessRow } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { createAccess } from '../../apps/telegram/src/access/access.ts';
import type { RunTool } from '../../apps/telegram/src/commands/command.ts';
import { createCommands } from '../../apps/telegram/src/commands/dispatch.ts';
import { createLocalTime } from '../../apps/telegram/src/digest/local-time.ts';
import { zoneByIntl } from '../../apps/telegram/src/digest/zone.ts';
import { en } from '../../apps/telegram/src/text/en.ts';
import { createFormat } from '../../apps/telegram/src/text/format.ts';
import { lv } from '../../apps/telegram/src/text/lv.ts';
import { createFakeMessenger, type Fate, type ShownMessage } from './fake-messenger.ts';
import { silentLog } from './silent-log.ts';

const COMMANDER = 7;
export const NOON = Date.UTC(2026, 10, 22, 12);

export interface CommandRigOptions {
  readonly runTool?: RunTool;
  readonly language?: 'en' | 'lv';
  readonly tracker?: ProcessRow['status'];
  /** instead of the tracker alone */
  readonly processes?: () => readonly ProcessRow[];
  readonly pm2?: Partial<Pm2>;
  /** what becomes of each message to a phone; it arrives unless given */
  readonly fate?: () => Fate;
}

export const aProcess = (over: Partial<ProcessRow> = {}): ProcessRow => ({
  name: 'tracker',
  status: 'online',
  pid: 1,
  restarts: 0,
  memoryMb: 50,
  uptimeMs: 1_000,
  exitCode: null,
  folder: '/suite',
  ...over,
});

/** The owner at the bot, without Telegram, PM2 and tools but those given. */
export function aCommandRig(store: Store, folder: string, over: CommandRigOptions = {}) {
  const clock = createManualClock(NOON);
  const settings = loadSettings({ TELEGRAM_ALLOWED_IDS: String(COMMANDER) }, { root: folder });
  const { fate } = over;
  const fake = createFakeMessenger({ now: clock.wallNow, ...(fate === undefined ? {} : { fate }) });
  const processes = over.processes ?? (() => [aProcess({ status: over.tracker ?? 'online' })]);
  const nothing = () => Promise.reject(new Error('not in this test'));
  const { handle } = createCommands({
    store,
    settings,
    clock,
    log: silentLog,
    texts: over.language === 'lv' ? lv : en,
    format: createFormat(createLocalTime(zoneByIntl('UTC'))),
    pm2: {
      list: () => Promise.resolve([...processes()]),
      start: nothing,
      stop: nothing,
      restart: nothing,
      remove: nothing,
      killDaemonIfIdle: nothing,
      ...over.pm2,
    },
    pictures: {
      equity: () => Promise.resolve(null),
      daily: () => Promise.resolve(null),
      candleChart: () => Promise.resolve(null),
    },
    models: { list: () => Promise.resolve([]), clear: () => Promise.resolve([]) },
    runTool: over.runTool ?? nothing,
    bids: () => Promise.resolve(new Map()),
    marketNow: clock.now,
    self: () => ({ startedAt: NOON, memoryMb: 1 }),
    messenger: fake.messenger,
    bot: { answerPress: () => Promise.resolve() },
    access: createAccess({ settings, store, log: silentLog, wallNow: clock.wallNow }),
    botName: () => 'bot',
    stopping: new AbortController().signal,
  });
  const who = { user: COMMANDER, chat: COMMANDER, late: false } as const;
  const say = async (text: string): Promise<ShownMessage> => {
    await handle({ ...who, kind: 'text', text });
    return fake.shown.at(-1)!;
  };
  /** Presses the first button; what it says then is the last message, which may be the same one. */
  const press = async ({ messageId, buttons }: ShownMessage): Promise<ShownMessage> => {
    const before = fake.shown.length;
    await handle({ ...who, kind: 'press', pressId: 'p', messageId, data: buttons![0]![0]!.data });
    return fake.shown.length > before ? fake.shown.at(-1)! : fake.shown.find((row) => row.messageId === messageId)!;
  };
  return { say, press, clock, shown: fake.shown };
}
