import { createManualClock } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { expect, it } from 'vitest';
import { anOpenPosition } from '../../../test/support/builders.ts';
import { requireRightClock, wrongClock } from './wrong-clock.ts';

/** Each look finds another offset; the last one stays. */
const aClock = (...offsets: readonly (number | null)[]) => {
  let look = 0;
  return {
    offsetMs: () => offsets[Math.min(look, offsets.length - 1)] ?? null,
    resync: () => {
      look += 1;
      return Promise.resolve(true);
    },
    looks: () => look + 1,
  };
};

it.each([0, 1_000, -1_000])('a clock %d ms off is right', async (offset) => {
  expect(await wrongClock(aClock(offset))).toBeNull();
});

it.each([
  [1_001, '1.0 s behind'],
  [-61_500, '61.5 s ahead of'],
])('a clock %d ms off is wrong, and the owner is told which way', async (offset, words) => {
  expect(await wrongClock(aClock(offset))).toMatchObject({
    userError: true,
    message: expect.stringContaining(words),
    hint: expect.stringContaining('Set it'),
  });
});

it('a slow answer alone makes no clock wrong', async () => {
  expect(await wrongClock(aClock(1_700, -1_400, 40))).toBeNull();
  const wrong = aClock(5_000);
  await wrongClock(wrong);
  expect(wrong.looks()).toBe(3);
});

it('a clock that cannot be measured is not judged', async () => {
  expect(await wrongClock(aClock(null))).toBeNull();
});

it('is told with its figures, where positions are open', async () => {
  const store = openStore(':memory:');
  store.positions.save(anOpenPosition({ mode: 'live' }));
  const clock = { ...createManualClock(0), ...aClock(2_500) };
  const settings = { venue: 'mexc', mode: 'live' };
  const log = { error: () => undefined };
  await requireRightClock({ settings, store, clock, log } as never, true);
  expect(store.alerts.recent(1)[0]).toMatchObject({
    kind: 'clock',
    detail: { words: expect.stringContaining('2.5 s behind'), state: 'behind', seconds: '2.5' },
  });
  store.close();
});
