import { QueryFailed } from '@mexc-bot/exchange';
import { createManualClock } from '@mexc-bot/runtime';
import { describe, expect, it } from 'vitest';
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

it('the key is checked every three minutes, at once when it was refused something, and not at once where nobody answers', async () => {
  const clock = createManualClock(0);
  const key = { due: false, answers: true, checks: 0 };
  const chore = createKeyChore(
    {
      check: async () => {
        key.checks += 1;
        if (!key.answers) throw new QueryFailed('network', 'scripted');
        key.due = false;
      },
      checkIsDue: () => key.due,
      stop: () => null,
    },
    silentLog,
  );
  const chores = createChores([chore], clock);
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      await chores();
      await clock.advance(1_000);
    }
    return key.checks;
  };
  expect(await pass(170)).toBe(1);
  key.due = true;
  expect(await pass(5)).toBe(2);
  Object.assign(key, { due: true, answers: false });
  expect(await pass(41)).toBe(5);
});
