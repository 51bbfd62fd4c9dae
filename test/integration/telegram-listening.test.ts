import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSystemClock } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { afterEach, describe, expect, it } from 'vitest';
import type { SendResult } from '../../apps/telegram/src/messenger.ts';
import { createTelegrafMessenger } from '../../apps/telegram/src/telegraf-messenger.ts';
import { wireBot } from '../../apps/telegram/src/wire-bot.ts';
import { BOT_TOKEN } from '../support/bot-api/server.ts';
import { OWNER, STRANGER, startTelegramRig, type TelegramRig, until } from '../support/telegram-rig.ts';

let rig: TelegramRig;
afterEach(() => rig.close());

const lines: string[] = [];
const note = (message: string): void => {
  lines.push(message);
};
const log = { debug: () => undefined, info: note, warn: note, error: note };

describe('the bot listens', () => {
  it('to nobody but those who are named, and says nothing to the others', async () => {
    lines.length = 0;
    rig = await startTelegramRig({ log });
    for (let i = 0; i < 5; i++) rig.api.say({ user: STRANGER }, '/pause');
    rig.api.say({ user: OWNER, chat: -5 }, '/pause'); // a group that is not named
    rig.api.say({ user: STRANGER, chat: OWNER }, '/pause');
    rig.api.press({ user: STRANGER }, 1, 'x:pause');
    await rig.say('/ping');
    expect(rig.store.state.paused()).toBe(false);
    expect(rig.api.messages().every((message) => message.chat === OWNER)).toBe(true);
    expect(rig.api.answers().size).toBe(0);
    // one line a stranger and chat
    expect(lines.filter((line) => line.includes('without permission'))).toHaveLength(3);
  });

  it('and tells the outbox which chats it hears those who are named in', async () => {
    const heard: number[] = [];
    rig = await startTelegramRig({ deps: { heard: (chat: number) => heard.push(chat) } });
    rig.api.say({ user: STRANGER }, '/pause');
    await rig.say('/ping');
    expect(heard).toEqual([OWNER]);
  });

  it('to nobody at all where nobody is named', async () => {
    rig = await startTelegramRig({ env: { TELEGRAM_ALLOWED_IDS: '' }, settings: { telegram: { viewers: [] } } });
    rig.api.say({ user: OWNER }, '/pause');
    await until(() => rig.api.pending() === 0, 'the update to be taken');
    expect(rig.api.messages()).toEqual([]);
    expect(rig.store.state.paused()).toBe(false);
  });

  it('once to an update that comes twice, and to none that came before', async () => {
    rig = await startTelegramRig();
    await rig.say('/ping');
    const message = (update_id: number, text: string) => ({
      update_id,
      message: { message_id: 1, date: 1, from: { id: OWNER }, chat: { id: OWNER, type: 'private' }, text },
    });
    // later first, one twice, one long confirmed
    for (const [id, text] of [
      [7_001, '/testmode_on'],
      [7_000, '/settings'],
      [7_001, '/testmode_on'],
      [12, '/pause'],
    ] as const) {
      rig.api.inject(message(id, text));
    }
    await until(() => rig.store.audit.recent(10).length === 3, 'both commands');
    expect(rig.store.audit.recent(10).map((row) => row.command)).toEqual(['testmode_on', 'settings', 'ping']);
    expect(rig.store.state.paused()).toBe(false);
  });

  it('again after every fault: errors, rate limits, hang-ups, garbage, an outage', async () => {
    lines.length = 0;
    rig = await startTelegramRig({ log });
    const methods = ['getUpdates'];
    rig.api.faults.add({ methods, kind: { status: 502 } });
    rig.api.faults.add({ methods, kind: { hangUp: 'before' } });
    rig.api.faults.add({ methods, kind: { garbage: true } });
    rig.api.faults.add({ methods, kind: { status: 429, retryAfter: 1 } });
    expect((await rig.say('/ping')).text).toContain('Here');
    await rig.api.down();
    await until(() => lines.includes('Telegram cannot be reached; trying on'), 'the log line');
    await rig.api.up();
    expect((await rig.say('/ping')).text).toContain('Here');
    await until(() => lines.includes('Telegram can be reached again'), 'the log line');
  });

  it('on when another process listens with its token, and says so once, in plain words', async () => {
    lines.length = 0;
    rig = await startTelegramRig({ log });
    const other = createTelegrafMessenger({ token: BOT_TOKEN, apiRoot: rig.api.url });
    rig.api.faults.add({ methods: ['getUpdates'], times: 3, kind: { status: 409 } });
    await other.updates(0, 0, AbortSignal.timeout(5_000)).catch(() => undefined);
    other.close();
    expect((await rig.say('/ping')).text).toContain('Here');
    expect(lines.filter((line) => line.includes('Another process listens with the same bot token'))).toHaveLength(1);
  });

  it('from the moment on at which it says that it is back', async () => {
    const order: string[] = [];
    const call = (name: string) => (): Promise<never> => {
      order.push(name);
      return Promise.resolve({ ok: true, messageId: 7 } as never);
    };
    const dropped = Promise.withResolvers<void>();
    const stop = new AbortController();
    rig = await startTelegramRig();
    const store = openStore(join(rig.folder, 'other.db'));
    store.telegram.setRestartNote({ chat: OWNER, messageId: 7, wallAt: 0 }, 0);
    const { listen } = wireBot({
      ...rig.deps,
      store,
      telegram: {
        ...rig.deps.telegram,
        name: call('name'),
        setCommands: call('commands'),
        editText: call('back'),
        dropPending: async () => {
          await dropped.promise;
          order.push('dropped');
        },
        updates: () => new Promise((resolve) => stop.signal.addEventListener('abort', () => resolve([]))),
      },
    });
    const listening = listen(stop.signal);
    expect(order).toEqual([]);
    dropped.resolve();
    await until(() => order.includes('commands'), 'the list of commands');
    stop.abort();
    await listening;
    store.close();
    expect([order[0], order.includes('back')]).toEqual(['dropped', true]);
  });

  it('and says that it is back also where Telegram asks for a pause first', async () => {
    const slept: number[] = [];
    const edits: SendResult[] = [
      { ok: false, failure: { code: 'rate_limited', retryAfterMs: 45_000 } },
      { ok: true, messageId: 7 },
    ];
    const stop = new AbortController();
    rig = await startTelegramRig();
    const store = openStore(join(rig.folder, 'other.db'));
    store.telegram.setRestartNote({ chat: OWNER, messageId: 7, wallAt: 0 }, 0);
    const { listen } = wireBot({
      ...rig.deps,
      store,
      clock: {
        ...rig.deps.clock,
        sleepWall: async (ms) => {
          slept.push(ms);
        },
      },
      telegram: {
        ...rig.deps.telegram,
        editText: () => Promise.resolve(edits.shift()!),
        updates: () => new Promise((resolve) => stop.signal.addEventListener('abort', () => resolve([]))),
      },
    });
    const listening = listen(stop.signal);
    await until(() => store.telegram.restartNote() === null, 'the note to be told');
    stop.abort();
    await listening;
    store.close();
    expect([slept, edits]).toEqual([[45_000], []]);
  });

  it('only to what is sent from now on', async () => {
    rig = await startTelegramRig();
    expect(rig.api.calls('deleteWebhook')[0]?.fields).toMatchObject({ drop_pending_updates: true });
  });
});

it('goes through the proxy of the environment', async () => {
  rig = await startTelegramRig();
  const asked: string[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(String(request.url));
    socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const { port } = proxy.address() as AddressInfo;
  const telegram = createTelegrafMessenger({
    token: BOT_TOKEN,
    apiRoot: 'https://api.telegram.invalid',
    proxy: { HTTPS_PROXY: `http://127.0.0.1:${port}` },
  });
  const sent = await telegram.sendText(OWNER, { html: 'x' });
  expect(sent).toMatchObject({ ok: false, failure: { code: 'unreachable' } });
  expect(JSON.stringify(sent)).not.toContain(BOT_TOKEN);
  expect(asked).toEqual(['api.telegram.invalid:443']);
  telegram.close();
  proxy.close();
});

describe('a pairing', () => {
  const nobody = { env: { TELEGRAM_ALLOWED_IDS: '' }, settings: { telegram: { viewers: [] } } };

  it('makes whoever sends the code an owner, once', async () => {
    const { offerPairing } = await import('../../apps/telegram/src/access/pairing.ts');
    rig = await startTelegramRig(nobody);
    const { code } = offerPairing(rig.store, Date.now());
    expect(JSON.stringify(rig.store.telegram.pairing())).not.toContain(code.replace('-', ''));
    expect((await rig.say(code.toLowerCase())).text).toContain('Paired');
    await rig.say('/pause');
    expect(rig.store.state.paused()).toBe(true);
    rig.api.say({ user: STRANGER }, code);
    await rig.say('/ping');
    expect(rig.store.telegram.paired()).toEqual([OWNER]);
    expect(rig.store.audit.recent(9).map((row) => row.command)).toEqual(['ping', 'pause', 'pair']);
  });

  it('ends for a user after five wrong codes, for all with many more, and with time', async () => {
    const { offerPairing, tryPairing } = await import('../../apps/telegram/src/access/pairing.ts');
    rig = await startTelegramRig(nobody);
    const { code } = offerPairing(rig.store, Date.now());
    for (let i = 0; i < 5; i++) rig.api.say({ user: STRANGER }, 'AAAA-AAAA');
    rig.api.say({ user: STRANGER }, code);
    await until(() => rig.store.telegram.pairing()?.tried?.[STRANGER] === 5, 'the tries to be used up');
    expect((await rig.say(code)).text).toContain('Paired');
    expect(rig.store.telegram.paired()).toEqual([OWNER]);
    rig.store.telegram.unpair(0);

    const { code: guessed } = offerPairing(rig.store, Date.now());
    const guess = (user: number) => tryPairing(rig.store, user, 'AAAA-AAAA', Date.now());
    for (let user = 1_000; user < 1_200; user++) for (let i = 0; i < 7; i++) guess(user);
    expect(rig.store.telegram.pairing()).toBeNull();
    expect(tryPairing(rig.store, OWNER, guessed, Date.now())).toBe(false);
    const late = offerPairing(rig.store, createSystemClock().wallNow() - 11 * 60_000);
    rig.api.say({ user: OWNER }, late.code);
    await until(() => rig.store.telegram.pairing() === null, 'the late offer to be void');
    expect(rig.store.telegram.paired()).toEqual([]);
  });
});
