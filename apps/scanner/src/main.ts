import { requireRightClock, wireTrading } from '@mexc-bot/execution';
import { runMain, runWorker } from '@mexc-bot/runtime';
import { wireScan } from './wire-scan.ts';

await runMain('scanner', async () => {
  const trading = await wireTrading('scanner');
  await requireRightClock(trading, false);
  const { settings, store, clock, log } = trading;
  const scan = wireScan(trading);

  await runWorker(
    {
      name: 'scanner',
      everyMs: settings.scan.everySeconds * 1_000,
      cycle: async () => {
        const { scan: row } = await scan();
        log.debug('scan', { seen: row.seen, hype: row.hype, classified: row.classified, bought: row.bought });
      },
      onStop: [() => trading.closeExchange(), () => clock.stop(), () => store.close()],
    },
    { heartbeats: store.heartbeats, clock, log, maxOutputMb: settings.log.maxSizeMb },
  );
});
