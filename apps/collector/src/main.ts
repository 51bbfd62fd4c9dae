import { setPriority } from 'node:os';
import { DAY_MS, MINUTE_MS } from '@mexc-bot/core';
import { wireTrading } from '@mexc-bot/execution';
import { runMain, runWorker } from '@mexc-bot/runtime';
import { depthsOf } from './collect.ts';
import { pruneCandles } from './prune-candles.ts';
import { createRounds, LOOK_EVERY_MS } from './rounds.ts';
import { wireCollect } from './wire-collect.ts';

/** MEXC allows fewer; a simulated market that runs fast allows so many that this machine would do nothing else. */
const MAX_PER_WALL_SECOND = 30;
/** Below the others: they trade. */
const NICENESS = 10;

await runMain('collector', async () => {
  setPriority(NICENESS);
  const trading = await wireTrading('collector');
  const { settings, store, clock, log } = trading;
  const { collect, markets } = wireCollect(trading, { maxPerWallSecond: MAX_PER_WALL_SECOND });
  const round = createRounds({
    collect,
    markets,
    depthMs: depthsOf(settings.collect.days),
    everyMs: settings.collect.everyMinutes * MINUTE_MS,
    clock,
    log,
  });
  let prunedAt = Number.NEGATIVE_INFINITY;

  await runWorker(
    {
      name: 'collector',
      everyMs: LOOK_EVERY_MS,
      cycle: async (signal) => {
        await round(signal);
        if (signal.aborted || clock.now() - prunedAt < DAY_MS) return;
        const pruned = pruneCandles(store, settings.collect.keepDays, clock.now());
        prunedAt = clock.now();
        if (pruned.candles > 0) log.info('old candles deleted', { ...pruned });
      },
      onStop: [() => trading.closeExchange(), () => clock.stop(), () => store.close()],
    },
    { heartbeats: store.heartbeats, clock, log, maxOutputMb: settings.log.maxSizeMb },
  );
});
