import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suiteRoot } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import type { ShownMessage } from './bot-api/chats.ts';
import { randomFrom } from './bot-api/fuzz.ts';
import { BOT_TOKEN, startBotApi } from './bot-api/server.ts';

/** What the bot goes through while it tells its alerts. */
export interface OutboxTrial {
  readonly alerts: number;
  /** each is told every alert */
  readonly chats: readonly number[];
  /** ms between writings of one to three alerts */
  readonly everyMs: number;
  /** ms after the start: when Telegram is away, and for how long */
  readonly outages: readonly { readonly at: number; readonly ms: number }[];
  /** ms after the start: when the process is ended by `kill -9` */
  readonly kills: readonly number[];
  readonly seed: number;
  /** ms, for everything */
  readonly patience: number;
}

/** What came of it, over all chats. */
export interface OutboxVerdict {
  readonly messages: number;
  /** alerts that never came, as `chat alert` */
  readonly lost: readonly string[];
  /** alerts that came after a younger one of their trade */
  readonly outOfOrder: readonly string[];
  /** messages that told something again */
  readonly repeats: number;
  readonly kills: number;
  /** requests that were answered with an error, or with nothing */
  readonly faults: number;
  readonly ms: number;
}

/** of all requests but those that ask for updates */
const FAULTY = 0.3;
const TRADES = 12;
/** Telegram tells a whole second at least. */
const RETRY_AFTER_S = 1;

/**
 * The bot's own process against a local Bot API server of which 30 % of the requests fail, and which is away at times, while
 * alerts are written into its database and the process is killed and started again.
 */
export async function runOutboxTrial(trial: OutboxTrial): Promise<OutboxVerdict> {
  const folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  const random = randomFrom(trial.seed);
  const api = await startBotApi({ random: randomFrom(trial.seed + 1) });
  const store = openStore(join(folder, 'bot.db'));
  const started = Date.now();
  let child: ChildProcess | null = null;
  try {
    writeFileSync(
      join(folder, 'settings.json'),
      JSON.stringify({
        database: join(folder, 'bot.db'),
        log: { folder },
        telegram: { apiRoot: api.url, owners: trial.chats, timeZone: 'UTC' },
      }),
    );
    for (const chat of trial.chats) store.outbox.chat(chat);
    child = begin();
    await until(() => api.commands().size === 3, 'the bot hears');

    // each strikes what the ones before it left
    const share = 1 - (1 - FAULTY) ** (1 / 3);
    for (const kind of [{ status: 429, retryAfter: RETRY_AFTER_S }, { status: 502 }, { hangUp: 'before' }] as const)
      api.faults.add({ times: Number.POSITIVE_INFINITY, share, kind });

    const begun = Date.now();
    await Promise.all([write(), away(), kill()]);
    await until(() => trial.chats.every((chat) => store.outbox.pending(chat).length === 0), 'the last alert');
    return {
      ...judge(api.messages(), trial),
      kills: trial.kills.length,
      faults: api.faults.struck(),
      ms: Date.now() - begun,
    };
  } finally {
    if (child !== null) await end(child);
    await api.close();
    store.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  function begin(): ChildProcess {
    return fork(join(suiteRoot(), 'apps', 'telegram', 'dist', 'main.js'), {
      execArgv: [],
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        SETTINGS_FILE: join(folder, 'settings.json'),
        PM2_HOME: join(folder, 'pm2'),
        TELEGRAM_BOT_TOKEN: BOT_TOKEN,
      },
    });
  }

  async function until(holds: () => boolean, what: string): Promise<void> {
    while (!holds()) {
      if (Date.now() - started > trial.patience) throw new Error(`waited ${trial.patience} ms in vain: ${what}`);
      await sleep(20);
    }
  }

  async function write(): Promise<void> {
    for (let written = 0; written < trial.alerts; ) {
      for (let some = 1 + Math.floor(random() * 3); some > 0 && written < trial.alerts; some--) {
        written += 1;
        const trade = tradeOf(written);
        store.alerts.add({
          mode: 'test',
          at: Date.now(),
          wallAt: Date.now(),
          source: 'tracker',
          rank: random() < 0.5 ? 'money' : 'alarm',
          kind: 'level_hit',
          market: `COIN${trade}USDT`,
          positionId: `p${trade}`,
          // its number, where a reader of the messages finds it
          detail: { levelsTaken: 1, levels: 3, pnl: '1', price: String(written) },
        });
      }
      await sleep(trial.everyMs);
    }
  }

  async function away(): Promise<void> {
    const begun = Date.now();
    for (const { at, ms } of trial.outages) {
      await sleep(begun + at - Date.now());
      await api.down();
      await sleep(ms);
      await api.up();
    }
  }

  async function kill(): Promise<void> {
    const begun = Date.now();
    for (const at of trial.kills) {
      await sleep(begun + at - Date.now());
      await end(child!);
      child = begin();
    }
  }
}

const tradeOf = (alert: number): number => (alert * 7) % TRADES;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    throw new Error(`the bot ended by itself: ${child.exitCode ?? child.signalCode}`);
  }
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function judge(messages: readonly ShownMessage[], { chats, alerts }: OutboxTrial) {
  const lost: string[] = [];
  const outOfOrder: string[] = [];
  let repeats = 0;
  for (const chat of chats) {
    const seen = new Set<number>();
    const newest = new Map<number, number>();
    for (const { text } of messages.filter((message) => message.chat === chat)) {
      // thousands stand apart
      const told = [...text.matchAll(/ @ (\d+(?:\s\d{3})*)/g)].map(([, figure = '']) =>
        Number(figure.replace(/\s/g, '')),
      );
      if (told.some((alert) => seen.has(alert))) repeats += 1;
      for (const alert of told.filter((each) => !seen.has(each))) {
        seen.add(alert);
        if (alert < (newest.get(tradeOf(alert)) ?? 0)) outOfOrder.push(`${chat} ${alert}`);
        newest.set(tradeOf(alert), alert);
      }
    }
    for (let alert = 1; alert <= alerts; alert++) if (!seen.has(alert)) lost.push(`${chat} ${alert}`);
  }
  return { messages: messages.length, lost, outOfOrder, repeats };
}
