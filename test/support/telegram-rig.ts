import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createPm2,
  createSystemClock,
  type Logger,
  loadSettings,
  type Pm2,
  type Settings,
  suiteRoot,
} from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import type { CommandDeps } from '../../apps/telegram/src/commands/command.ts';
import { createLocalTime } from '../../apps/telegram/src/digest/local-time.ts';
import { zoneByIntl } from '../../apps/telegram/src/digest/zone.ts';
import { createModelShelf } from '../../apps/telegram/src/model-shelf.ts';
import { createTelegrafMessenger } from '../../apps/telegram/src/telegraf-messenger.ts';
import { type BotDeps, wireBot } from '../../apps/telegram/src/wire-bot.ts';
import type { ShownMessage } from './bot-api/chats.ts';
import { BOT_TOKEN, type BotApi, startBotApi } from './bot-api/server.ts';
import { silentLog } from './silent-log.ts';

export const OWNER = 777;
export const VIEWER = 888;
export const STRANGER = 666;

/** A bot over a local Bot API server, with a database, a folder and a PM2 of its own; the processes do nothing. */
export interface TelegramRig {
  readonly api: BotApi;
  readonly store: Store;
  readonly settings: Settings;
  readonly folder: string;
  readonly pm2: Pm2;
  /** what the bot is made of */
  readonly deps: BotDeps;
  /** Sends a line and waits for what the bot says, or changes, because of it; it is final once nothing works on it any more. */
  say(text: string, user?: number): Promise<ShownMessage>;
  /** Presses a button by the words on it and waits for what comes of it. */
  press(message: ShownMessage, words: string, user?: number): Promise<ShownMessage>;
  /** Pid and arguments a process wrote down when it last began. */
  began(name: string): { readonly pid: number; readonly args: string[] };
  close(): Promise<void>;
}

export interface RigOptions {
  readonly settings?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly deps?: Partial<CommandDeps & Pick<BotDeps, 'heard'>>;
  readonly log?: Logger;
  readonly token?: string;
}

const WORKER = `
  require('node:fs').writeFileSync(__dirname + '/began.json', JSON.stringify({ pid: process.pid, args: process.argv.slice(2) }));
  process.on('SIGINT', () => process.exit(0));
  process.on('message', (message) => { if (message === 'shutdown') process.exit(0); });
  setInterval(() => undefined, 1000);
  if (process.send) process.send('ready');`;

/** Waits for what a test waits for, looking often. */
export async function until<T>(look: () => T | undefined | null | false, what: string, ms = 20_000): Promise<T> {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    const found = look();
    if (found !== undefined && found !== null && found !== false) return found;
    await sleep(10);
  }
  throw new Error(`waited ${ms} ms in vain for ${what}`);
}

export async function startTelegramRig(options: RigOptions = {}): Promise<TelegramRig> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'telegram-')));
  const api = await startBotApi();
  writeFileSync(
    join(folder, 'settings.json'),
    JSON.stringify({
      database: 'bot.db',
      log: { folder: 'logs' },
      ai: { folder: join(folder, 'models') },
      telegram: {
        timeZone: 'Europe/Riga',
        viewers: [VIEWER],
        apiRoot: api.url,
        ...(options.settings?.telegram as object),
      },
      ...Object.fromEntries(Object.entries(options.settings ?? {}).filter(([name]) => name !== 'telegram')),
    }),
  );
  mkdirSync(join(folder, 'logs'));
  const env = { TELEGRAM_BOT_TOKEN: BOT_TOKEN, TELEGRAM_ALLOWED_IDS: String(OWNER), ...options.env };
  const settings = loadSettings(env, { root: folder });

  for (const name of ['scanner', 'tracker', 'collector', 'trainer']) {
    mkdirSync(join(folder, 'apps', name, 'dist'), { recursive: true });
    writeFileSync(join(folder, 'apps', name, 'dist', 'main.js'), WORKER);
  }
  copyFileSync(join(suiteRoot(), 'ecosystem.config.cjs'), join(folder, 'suite.config.cjs'));
  // the trainer is one run with arguments
  writeFileSync(
    join(folder, 'ecosystem.config.cjs'),
    `const { apps } = require('./suite.config.cjs');
     const tracker = apps.find(({ name }) => name === 'tracker');
     const trainer = apps.find(({ name }) => name === 'trainer') ?? {
       ...tracker, name: 'trainer', script: tracker.script.replace('tracker', 'trainer'), autorestart: false,
       out_file: tracker.out_file.replace('tracker', 'trainer'), error_file: tracker.out_file.replace('tracker', 'trainer'),
       args: process.env.TRAINER_ARGS ?? 'pending',
     };
     module.exports = { apps: [...apps.filter(({ name }) => name !== 'trainer'), trainer] };`,
  );

  const store = openStore(settings.database);
  const pm2 = createPm2({ root: folder, home: join(folder, 'pm2'), logFolder: settings.log.folder });
  const clock = createSystemClock();
  const telegram = createTelegrafMessenger({ token: options.token ?? BOT_TOKEN, apiRoot: api.url });
  const runTool =
    options.deps?.runTool ?? (() => Promise.resolve({ code: 1, stdout: '', stderr: 'no tool in this test' }));
  const botDeps: BotDeps = {
    settings,
    store,
    clock,
    log: options.log ?? silentLog,
    pm2,
    telegram,
    time: createLocalTime(zoneByIntl('Europe/Riga')),
    pictures: {
      equity: () => Promise.resolve(null),
      daily: () => Promise.resolve(null),
      candleChart: () => Promise.resolve(null),
    },
    models: createModelShelf({ store, runTool, settings, marketNow: clock.wallNow }),
    runTool,
    bids: () => Promise.resolve(new Map()),
    marketNow: clock.wallNow,
    self: () => ({ startedAt: clock.wallNow(), memoryMb: 1 }),
    ...options.deps,
  };
  const bot = wireBot(botDeps);
  const stop = new AbortController();
  const listening = bot.listen(stop.signal);
  await until(() => api.commands().size === 3, 'the list of commands');

  /** What a message says, how often it was edited, and which buttons it has. */
  const printOf = (message: ShownMessage): string => `${message.id} ${message.edits.length} ${message.html}`;
  const isFinal = (message: ShownMessage): boolean => !/Working …|Strādāju …/.test(message.text);

  async function reaction(chat: number, act: () => void): Promise<ShownMessage> {
    const before = new Set(api.messages(chat).map(printOf));
    act();
    return until(
      () => api.messages(chat).findLast((message) => !before.has(printOf(message)) && isFinal(message)),
      'an answer',
      60_000,
    );
  }

  return {
    api,
    store,
    settings,
    folder,
    pm2,
    deps: botDeps,
    say: (text, user = OWNER) => reaction(user, () => api.say({ user }, text)),
    press(message, words, user = OWNER) {
      const button = message.buttons.find(({ text }) => text.includes(words));
      if (button === undefined) throw new Error(`no button "${words}" under: ${message.text}`);
      return reaction(message.chat, () => api.press({ user, chat: message.chat }, message.id, button.data));
    },
    began: (name) => JSON.parse(readFileSync(join(folder, 'apps', name, 'dist', 'began.json'), 'utf8')),
    async close() {
      stop.abort();
      await listening;
      telegram.close();
      await pm2.remove();
      await pm2.killDaemonIfIdle();
      await api.close();
      store.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
