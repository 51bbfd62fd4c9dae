import { requireRightClock, wireTrading } from '@mexc-bot/execution';
import { runMain, runWorker } from '@mexc-bot/runtime';
import { wireTrack } from './wire-track.ts';

await runMain('tracker', async () => {
  const trading = await wireTrading('tracker');
  await requireRightClock(trading, true);
  const { settings, store, clock, log } = trading;
  const { track, close } = wireTrack(trading);

  await runWorker(
    {
      name: 'tracker',
      everyMs: settings.prices.pollMs,
      // a position must not wait long for its guard, however often the exchange fails
      maxBackoffWallMs: 2_000,
      cycle: track,
      onStop: [close, () => trading.closeExchange(), () => clock.stop(), () => store.close()],
    },
    { heartbeats: store.heartbeats, clock, log, maxOutputMb: settings.log.maxSizeMb },
  );
});
