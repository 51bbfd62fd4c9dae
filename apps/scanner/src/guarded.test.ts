import { createManualClock } from '@mexc-bot/runtime';
import type { Heartbeat } from '@mexc-bot/store';
import { expect, it } from 'vitest';
import { createGuarded } from './guarded.ts';

const aBeat = (process: string, wallAt: number): Heartbeat => ({
  process,
  pid: 1,
  wallAt,
  marketAt: 0,
  cycles: 1,
  failures: 0,
  lastError: null,
  memoryMb: 50,
});

it.each<[boolean, string, Heartbeat[]]>([
  [false, 'no tracker ever ran', [aBeat('scanner', 1_000_000)]],
  [true, 'it beats', [aBeat('scanner', 0), aBeat('tracker', 999_000)]],
  [true, 'a cycle is slow', [aBeat('tracker', 980_000)]],
  [false, 'it ended half a minute ago', [aBeat('tracker', 970_000), aBeat('scanner', 1_000_000)]],
  [true, 'the clock was set back three seconds', [aBeat('tracker', 1_003_000)]],
  [false, 'it ended before the clock was set back an hour', [aBeat('tracker', 4_600_000)]],
])('is %s where %s', (guarded, _, beats) => {
  const clock = createManualClock(1_000_000);
  expect(createGuarded({ heartbeats: { all: () => beats, beat: () => undefined } }, clock)()).toBe(guarded);
});
