import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyStatus } from '@mexc-bot/core';
import { QueryFailed } from '@mexc-bot/exchange';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createChores } from './chores.ts';
import { createKeyChore } from './key-chore.ts';

describe('chores', () => {
  it('run at once, then when they are due; one that fails is tried again and keeps no other back', async () => {
    const clock = createManualClock(0);
    const ran: string[] = [];
    let broken = true;
    const chores = createChores(
      [
        {
          name: 'broken',
          run: async () => {
            ran.push('broken');
            if (broken) throw new Error('out of order');
            return 1_000;
          },
        },
        { name: 'slow', run: async () => ran.push('slow') && 60_000 },
      ],
      clock,
    );
    await expect(chores()).rejects.toThrow('out of order');
    broken = false;
    await chores();
    await chores();
    expect(ran).toEqual(['broken', 'slow', 'broken']);
    clock.jump(-3_600_000);
    await clock.advance(60_000);
    await chores();
    expect(ran).toEqual(['broken', 'slow', 'broken', 'broken', 'slow']);
  });
});

describe('the key', () => {
  let folder: string;
  let store: Store;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'key-'));
    store = openStore(join(folder, 'bot.db'));
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const works: KeyStatus = {
    state: 'working',
    canTrade: true,
    canWithdraw: false,
    canDeposit: true,
    permissions: ['SPOT'],
  };
  const expired: KeyStatus = { state: 'refused', fault: 'invalid', detail: 'code 700001' };

  function aKey(answers: (KeyStatus | 'no answer')[]) {
    const chore = createKeyChore({
      checkKey: async () => {
        const answer = answers.shift() ?? works;
        if (answer === 'no answer') throw new QueryFailed('network', 'scripted');
        return answer;
      },
      policy: { allowWithdrawKey: false, createdAt: null },
      store,
      clock: createManualClock(0),
      log: silentLog,
    });
    return chore.run;
  }
  const alerts = () => store.alerts.recent(9).map((alert) => alert.rank);

  it('stops buys at once when it is refused, says so once, and lets them go on when it works again', async () => {
    const run = aKey([works, expired, expired, works]);
    await run();
    expect([store.state.entriesStopped('live'), alerts()]).toEqual([null, []]);
    await run();
    await run();
    expect([store.state.entriesStopped('live'), alerts()]).toEqual(['key_invalid', ['alarm']]);
    await run();
    expect([store.state.entriesStopped('live'), alerts()]).toEqual([null, ['notice', 'alarm']]);
  });

  it('changes nothing while the question has no answer', async () => {
    const run = aKey([expired, 'no answer', 'no answer']);
    for (let look = 0; look < 3; look++) await run();
    expect([store.state.entriesStopped('live'), alerts()]).toEqual(['key_invalid', ['alarm']]);
  });

  it('stops buys when it may withdraw', async () => {
    await aKey([{ ...works, canWithdraw: true }])();
    expect(store.state.entriesStopped('live')).toBe('key_may_withdraw');
  });
});
