import { readFile } from 'node:fs/promises';
import { openStore } from '@mexc-bot/store';
import { afterEach, describe, expect, it } from 'vitest';
import { BOT_TOKEN, type BotApi, startBotApi } from '../support/bot-api/server.ts';
import { ownMemoryMb } from '../support/own-memory.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';
import { until } from '../support/telegram-rig.ts';

const OWNER = 4_711;
let sandbox: Sandbox;
let api: BotApi | null = null;
afterEach(async () => {
  await sandbox.close();
  await api?.close();
  api = null;
});

/** The text of the newest message, once it is what is waited for. */
const saying = (words: RegExp, from = 0) =>
  until(
    () => api?.messages(OWNER).findLast((message, index) => index >= from && words.test(message.text)),
    String(words),
    60_000,
  );

/** Sends a command and waits for the words of its answer. */
function ask(command: string, words: RegExp) {
  const from = api?.messages(OWNER).length ?? 0;
  api?.say({ user: OWNER }, command);
  return saying(words, from);
}

/** MB: what the process takes for itself, or where the system does not tell that, all it holds with Node's program; at rest. */
const MOST_MB = { own: 50, all: 110 };
/** heartbeats, one a second */
const LOOKS = 5;

describe('the process of the bot, under PM2', { timeout: 180_000 }, () => {
  it('drives the real suite: restarts workers, stops and starts them, restarts itself and says that it is back', async () => {
    api = await startBotApi();
    const env = { TELEGRAM_BOT_TOKEN: BOT_TOKEN, TELEGRAM_API_ROOT: api.url, TELEGRAM_ALLOWED_IDS: String(OWNER) };
    sandbox = await createSandbox({}, env);
    expect((await sandbox.run('suite', 'start')).code).toBe(0);
    await until(() => api?.commands().size === 3, 'the list of commands');

    const before = await Promise.all(['tracker', 'scanner', 'telegram'].map((name) => sandbox.pidOf(name)));
    await ask('/restartbot', /tracker: online[\s\S]*Took/);
    const after = await Promise.all(['tracker', 'scanner', 'telegram'].map((name) => sandbox.pidOf(name)));
    expect([after[0] !== before[0], after[1] !== before[1], after[2] === before[2]]).toEqual([true, true, true]);

    const first = await ask('/stopbot', /tracker: stopped|Stop it all the same/);
    if (first.buttons.length > 0) api.press({ user: OWNER }, first.id, first.buttons[0]!.data);
    await saying(/tracker: stopped/, api.messages(OWNER).indexOf(first));
    expect((await sandbox.pm2.list()).find((row) => row.name === 'scanner')?.status).toBe('stopped');

    await ask('/startbot', /^TEST 🟢 tracker: online[\s\S]*🟢 scanner: online/);
    // what a worker that the bot started has of PM2 is its own
    expect((await sandbox.pm2.list()).map((row) => [row.name, row.status])).toContainEqual(['scanner', 'online']);

    const note = api.messages(OWNER).length;
    const back = await ask('/restartloop', /The bot is back after/);
    expect(api.messages(OWNER).indexOf(back)).toBe(note);
    expect(await sandbox.pidOf('telegram')).not.toBe(before[2]);
    const status = await ask('/status', /● telegram/);
    expect(status.text).toMatch(/● tracker\s+\d\.\d s\s+\d+/);
    expect(status.text).toMatch(/Last scan/);

    await ask('/balance', /Equity/);
    // at each of some heartbeats, and not only at its best moment
    const pid = await sandbox.pidOf('telegram');
    const store = openStore(`${sandbox.folder}/bot.db`);
    const beat = () => store.heartbeats.all().find((row) => row.process === 'telegram' && row.pid === pid);
    const takes: { own: number | null; all: number }[] = [];
    let beats = (await until(beat, 'a heartbeat')).cycles;
    while (takes.length < LOOKS) {
      const { cycles, memoryMb } = await until(() => {
        const next = beat();
        return next !== undefined && next.cycles > beats && next;
      }, 'the next heartbeat');
      beats = cycles;
      takes.push({ own: ownMemoryMb(pid), all: memoryMb });
    }
    store.close();
    const tooMuch = takes.filter(({ own, all }) => (own === null ? all > MOST_MB.all : own > MOST_MB.own));
    expect(tooMuch, `MB at each look: ${JSON.stringify(takes)}`).toEqual([]);
  });

  it('without a token says so once, keeps its heartbeat, and stops cleanly', async () => {
    sandbox = await createSandbox();
    expect((await sandbox.run('suite', 'start')).code).toBe(0);
    const store = openStore(`${sandbox.folder}/bot.db`);
    const beat = () => store.heartbeats.all().find((row) => row.process === 'telegram');
    const cycles = (await until(beat, 'the first heartbeat')).cycles;
    await until(() => (beat()?.cycles ?? 0) > cycles, 'the next heartbeat');
    store.close();
    const log = await readFile(`${sandbox.folder}/logs/telegram.log`, 'utf8');
    expect(log.match(/TELEGRAM_BOT_TOKEN is not set/g)).toHaveLength(1);
    expect((await sandbox.run('telegram', 'pair')).stderr).toContain('there is no bot yet');
  });

  it('pairs with a phone by a code from the console, while it runs', async () => {
    api = await startBotApi();
    sandbox = await createSandbox({}, { TELEGRAM_BOT_TOKEN: BOT_TOKEN, TELEGRAM_API_ROOT: api.url });
    expect((await sandbox.run('suite', 'start')).code).toBe(0);
    const { code } = await sandbox.json<{ code: string }>('telegram', 'pair');
    await until(() => api?.commands().size === 3, 'the list of commands');
    api.say({ user: OWNER }, code);
    await saying(/Paired/);
    await ask('/pause', /Paused/);
    expect(await sandbox.json('suite', 'status')).toMatchObject({ paused: true });
    expect(await sandbox.json('telegram', 'unpair')).toEqual({ forgotten: [OWNER] });
  });
});
