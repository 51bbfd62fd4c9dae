import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
let store: Store;
let child: ChildProcess | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kill-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(async () => {
  if (child !== null && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const CHAT = 7;
const ALERTS = 120;

/** Delivers from the database into a file, a line a message, at a hundred times the usual pace. */
const SCRIPT = (database: string, chat: string) => `
  import { appendFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { openStore } from ${JSON.stringify(new URL('../../../../packages/store/dist/index.js', import.meta.url).href)};
  import { createOutbox } from ${JSON.stringify(new URL('../../dist/outbox/deliver.js', import.meta.url).href)};
  const start = Date.now();
  const now = () => Math.round(start + (Date.now() - start) * 100);
  const nothing = () => undefined;
  const outbox = createOutbox({
    store: openStore(${JSON.stringify(database)}),
    messenger: {
      async sendText(_, { html }) {
        await sleep(Math.random() * 4);
        appendFileSync(${JSON.stringify(chat)}, html + '\\n');
        await sleep(Math.random() * 4);
        return { ok: true, messageId: 1 };
      },
    },
    clock: { now, wallNow: now, speed: () => 1, sleep, sleepWall: (ms, signal) => sleep(ms / 100, undefined, { signal }).catch(nothing) },
    log: { debug: nothing, info: nothing, warn: nothing, error: (text, fields) => { throw fields?.error ?? new Error(text); } },
    chats: () => [${CHAT}],
    loudness: {},
    quiet: () => null,
    present: (alerts) => alerts.map(({ id }) => '#' + id).join(' '),
    lateness: () => '',
    unguarded: () => '',
    cards: { next: () => null, opening: () => null, opened: nothing, shown: nothing, refused: nothing },
  });
  process.send('ready');
  await outbox.run(new AbortController().signal);
`;

it('killed at any moment, the process goes on where it was: all arrive in order, one repeat a kill at most', async () => {
  const chat = join(folder, 'chat.txt');
  const script = join(folder, 'outbox.mjs');
  appendFileSync(chat, '');
  writeFileSync(script, SCRIPT(join(folder, 'bot.db'), chat));
  store.outbox.chat(CHAT);

  let kills = 0;
  let written = 0;
  while (written < ALERTS || store.outbox.pending(CHAT).length > 0) {
    child = fork(script, { execPath: process.execPath, execArgv: [] });
    await once(child, 'message');
    for (let i = 0; i < 12 && written < ALERTS; i++) {
      written += 1;
      const row = {
        mode: 'test',
        at: 0,
        wallAt: 0,
        source: 'tracker',
        rank: 'money',
        kind: 'sold',
        detail: {},
      } as const;
      store.alerts.add({ ...row, positionId: `p${written % 5}` });
    }
    await sleep(20 + Math.random() * 250);
    kills += 1;
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(kills).toBeLessThan(200);
  }

  const seen: number[] = [];
  let repeats = 0;
  for (const message of readFileSync(chat, 'utf8').trim().split('\n')) {
    const ids = message.split(' ').map((id) => Number(id.slice(1)));
    const news = ids.filter((id) => !seen.includes(id));
    if (news.length < ids.length) repeats += 1;
    seen.push(...news);
  }
  expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: ALERTS }, (_, index) => index + 1));
  for (let trade = 0; trade < 5; trade++) {
    const told = seen.filter((id) => id % 5 === trade);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  }
  expect(repeats).toBeLessThanOrEqual(kills);
});
