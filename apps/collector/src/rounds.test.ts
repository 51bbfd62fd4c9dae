import { MINUTE_MS } from '@mexc-bot/core';
import { createManualClock } from '@mexc-bot/runtime';
import { expect, it } from 'vitest';
import { silentLog } from '../../../test/support/silent-log.ts';
import type { CollectRequest, CollectResult } from './collect.ts';
import { createRounds } from './rounds.ts';

function aWorker() {
  const clock = createManualClock(1_000_000);
  const slices: CollectRequest[] = [];
  const answers: Partial<CollectResult>[] = [];
  const cycle = createRounds({
    collect: async (request) => {
      slices.push(request);
      const result = { markets: request.markets.length, requests: 1, candles: 1, left: 0, wallMs: 1, failures: [] };
      return { ...result, ...answers.shift() };
    },
    markets: async () => ['AUSDT', 'BUSDT'],
    depthMs: new Map(),
    everyMs: 15 * MINUTE_MS,
    clock,
    log: silentLog,
  });
  const run = async () => {
    const before = slices.length;
    await cycle(new AbortController().signal);
    return slices.slice(before).map(({ part, asOf }) => [part, asOf]);
  };
  return { clock, slices, answers, run };
}

it('a round fetches what is new, slice by slice up to one instant, then the past, then rests until the next', async () => {
  const { clock, answers, run } = aWorker();
  answers.push({ left: 5 }, { left: 0 }, { left: 7 }, { left: 0 });
  expect(await run()).toEqual([['new', 1_000_000]]);
  await clock.advance(5_000);
  expect(await run()).toEqual([['new', 1_000_000]]);
  expect(await run()).toEqual([['past', 1_000_000]]);
  expect(await run()).toEqual([['past', 1_000_000]]);
  expect(await run()).toEqual([]);
  await clock.advance(15 * MINUTE_MS - 5_000);
  expect(await run()).toEqual([['new', 1_000_000 + 15 * MINUTE_MS]]);
});

it('a past that takes long gives way to what is new; new candles are never cut short', async () => {
  const { clock, answers, run } = aWorker();
  answers.push({ left: 0 }, { left: 99 }, { left: 3 }, { left: 0 });
  await run();
  expect((await run())[0]![0]).toBe('past');
  await clock.advance(15 * MINUTE_MS);
  expect((await run())[0]![0]).toBe('new');
  await clock.advance(20 * MINUTE_MS);
  expect((await run())[0]).toEqual(['new', 1_000_000 + 15 * MINUTE_MS]);
});

it('a market that failed is left alone until the next round', async () => {
  const { clock, slices, answers, run } = aWorker();
  answers.push({ left: 1, failures: [{ market: 'AUSDT', timeframe: '5m', message: 'x' }] });
  await run();
  await run();
  expect(slices[1]!.markets).toEqual(['BUSDT']);
  await clock.advance(15 * MINUTE_MS);
  await run();
  expect(slices.at(-1)!.markets).toEqual(['AUSDT', 'BUSDT']);
});
