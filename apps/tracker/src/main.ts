import { positionRules, stopConfig, wireTrading } from '@mexc-bot/execution';
import { runMain, runWorker } from '@mexc-bot/runtime';
import { createTrack } from './track.ts';

await runMain('tracker', async () => {
  const { settings, store, clock, log, ...trading } = await wireTrading('tracker');
  const track = createTrack({
    ...trading,
    store,
    clock,
    log,
    rules: positionRules(settings),
    stop: stopConfig(settings),
    atrPeriod: settings.position.atr.period,
  });

  await runWorker(
    {
      name: 'tracker',
      everyMs: settings.prices.pollMs,
      // a position must not wait long for its guard, however often the exchange fails
      maxBackoffWallMs: 2_000,
      cycle: track,
      onStop: [() => clock.stop(), () => store.close()],
    },
    { heartbeats: store.heartbeats, clock, log, maxOutputMb: settings.log.maxSizeMb },
  );
});
