import { HOUR_MS } from '@mexc-bot/core';
import { createManualClock } from '@mexc-bot/runtime';
import { expect, it } from 'vitest';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createWakeTrainer } from './wake-trainer.ts';

function rig() {
  const clock = createManualClock(0);
  const starts: unknown[] = [];
  const running: string[] = [];
  const pm2 = {
    list: async () => running.map((name) => ({ name, status: 'online' })) as never,
    start: async (...given: unknown[]) => {
      starts.push(given);
      return ['trainer'];
    },
  };
  return { clock, starts, running, pm2, wake: createWakeTrainer({ pm2, clock, log: silentLog }) };
}

it('starts the trainer every six market hours, and not at once after a start', async () => {
  const { wake, clock, starts } = rig();
  await wake();
  expect(starts).toEqual([]);
  await clock.advance(6 * HOUR_MS);
  await wake();
  await wake();
  expect(starts).toEqual([[['trainer'], { TRAINER_ARGS: 'all' }]]);
  await clock.advance(6 * HOUR_MS);
  await wake();
  expect(starts).toHaveLength(2);
});

it('leaves one that runs alone, and goes on where PM2 fails', async () => {
  const { wake, clock, starts, running, pm2 } = rig();
  running.push('trainer');
  await clock.advance(6 * HOUR_MS);
  await wake();
  expect(starts).toEqual([]);
  running.length = 0;
  pm2.start = () => Promise.reject(new Error('no PM2'));
  await clock.advance(6 * HOUR_MS);
  await expect(wake()).resolves.toBeUndefined();
});
