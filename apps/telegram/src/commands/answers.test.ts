import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anOpenPosition } from '../../../../test/support/builders.ts';
import { aCommandRig, aProcess, type CommandRigOptions } from '../../../../test/support/command-rig.ts';
import type { Fate } from '../../../../test/support/fake-messenger.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'answers-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const limited = (seconds: number): Fate => ({ code: 'rate_limited', retryAfterMs: seconds * 1_000 });
const away: Fate = { code: 'unreachable', message: '502' };

/** A bot whose messages meet these fates, then arrive. */
function aBot(fates: Fate[], over: CommandRigOptions = {}) {
  let calls = 0;
  const rig = aCommandRig(store, folder, {
    ...over,
    fate: () => {
      calls += 1;
      return fates.shift() ?? 'arrives';
    },
  });
  return { ...rig, calls: () => calls };
}

describe('an answer', () => {
  it('to a confirmed panic waits as long as Telegram asks', async () => {
    store.positions.save(anOpenPosition({ mode: 'test' }));
    const fates: Fate[] = [];
    const { say, press, clock, shown } = aBot(fates);
    const asked = await say('/panic');
    fates.push(limited(3), limited(7));
    const pressed = press(asked);
    await clock.advance(9_999);
    expect(shown[0]?.html).toContain('Sell all');
    await clock.advance(1);
    expect((await pressed).html).toContain('told to sell 1 position');
  });

  it('is tried again where Telegram is not reached, later and later, and then let go', async () => {
    const { say, clock, shown, calls } = aBot([away, away, away]);
    const pinged = say('/ping');
    await clock.advance(1_000 + 2_000 + 4_000);
    await pinged;
    expect([calls(), shown.length]).toEqual([4, 1]);

    const never = aBot(Array.from({ length: 50 }, () => away));
    const lost = never.say('/ping');
    await never.clock.advance(60_000);
    await lost;
    expect([never.calls(), never.shown.length]).toEqual([5, 0]);
  });

  it('is let go at once where Telegram asks for a long pause', async () => {
    const { say, calls, shown } = aBot([limited(31)]);
    await say('/ping');
    expect([calls(), shown.length]).toEqual([1, 0]);
  });

  it('that waits holds up no other command', async () => {
    const { say, clock, shown } = aBot([limited(30)]);
    const waits = say('/ping');
    await say('/panic');
    expect(shown.map(({ html }) => html)).toEqual([expect.stringContaining('Pause all buys?')]);
    await clock.advance(30_000);
    await waits;
    expect(shown).toHaveLength(2);
  });

  it('of many that wait holds up no command either: no more than some of them wait', async () => {
    const { say, clock, calls } = aBot(Array.from({ length: 30 }, () => limited(20)));
    const sent = Array.from({ length: 30 }, () => say('/ping'));
    await Promise.all(sent.slice(20)); // without a wait
    expect(calls()).toBe(30);
    await clock.advance(20_000);
    await Promise.all(sent);
    expect(calls()).toBe(50);
  });

  it('that came late leaves the whole time to press its buttons', async () => {
    const { say, press, clock } = aBot([limited(29)]);
    const asking = say('/panic');
    await clock.advance(29_000);
    const asked = await asking;
    await clock.advance(20_000);
    await press(asked);
    expect(store.state.paused()).toBe(true);
  });
});

it('restartloop restarts also where it cannot say so', async () => {
  const restarted: string[] = [];
  const { say } = aBot([limited(60)], {
    processes: () => [aProcess({ name: 'telegram' })],
    pm2: {
      restart: async (names) => {
        restarted.push(...names);
      },
    },
  });
  await say('/restartloop');
  expect(restarted).toEqual(['telegram']);
  expect(store.telegram.restartNote()).toBeNull();
});
