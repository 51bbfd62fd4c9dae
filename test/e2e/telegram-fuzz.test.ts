import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger, Pm2 } from '@mexc-bot/runtime';
import { expect, it } from 'vitest';
import { fuzzedUpdate, randomFrom } from '../support/bot-api/fuzz.ts';
import { OWNER, STRANGER, startTelegramRig, until, VIEWER } from '../support/telegram-rig.ts';

const UPDATES = 1_500;

it('random bytes, huge texts, forged buttons and foreign ids change nothing and end nothing', {
  timeout: 120_000,
}, async () => {
  const faults: unknown[] = [];
  const touched: string[] = [];
  const touch = (verb: string) => (): Promise<never> => {
    touched.push(verb);
    return Promise.reject(new Error('not to be called'));
  };
  const pm2: Pm2 = {
    list: () => Promise.resolve([]),
    start: touch('start'),
    stop: touch('stop'),
    restart: touch('restart'),
    remove: touch('remove'),
    killDaemonIfIdle: touch('kill'),
  };
  const log: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (message, fields) => faults.push([message, fields]),
  };
  const rig = await startTelegramRig({ log, deps: { pm2 } });
  try {
    const asked = await rig.say('/panic'); // a button that strangers may try to forge
    const random = randomFrom(42);
    const ids = { owner: OWNER, viewer: VIEWER, stranger: STRANGER, messageId: asked.id, data: asked.buttons[0]!.data };
    for (let i = 0; i < UPDATES; i++) rig.api.inject(fuzzedUpdate(random, ids, 10_000 + i));
    await until(() => rig.api.pending() === 0, 'all updates to be taken', 90_000);
    for (let before = -1; before !== rig.api.calls().length; await sleep(500)) before = rig.api.calls().length;
    expect((await rig.say('/ping')).text).toContain('Here');

    expect(faults).toEqual([]);
    expect(touched).toEqual([]);
    expect(rig.store.state.paused()).toBe(false);
    expect(rig.store.state.mode()).toBeNull();
    expect(rig.store.requests.next()).toBeUndefined();
    expect(rig.store.telegram.paired()).toEqual([]);
    expect(rig.api.messages(STRANGER)).toEqual([]);
    expect(rig.store.audit.recent(10_000).every(({ userId }) => userId === OWNER || userId === VIEWER)).toBe(true);
    // the owner's own question is still open
    const { edits } = await rig.press(asked, 'Cancel');
    expect(edits).toHaveLength(1);
  } finally {
    await rig.close();
  }
});
