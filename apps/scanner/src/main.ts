import { randomUUID } from 'node:crypto';
import { wireTrading } from '@mexc-bot/execution';
import { runMain, runWorker } from '@mexc-bot/runtime';
import { createScan } from './scan.ts';

await runMain('scanner', async () => {
  const trading = await wireTrading('scanner');
  const { settings, store, clock, log } = trading;
  const scan = createScan({ ...trading, newPositionId: randomUUID });

  await runWorker(
    {
      name: 'scanner',
      everyMs: settings.scan.everySeconds * 1_000,
      cycle: async () => {
        const { scan: row } = await scan();
        log.debug('scan', { seen: row.seen, hype: row.hype, classified: row.classified, bought: row.bought });
      },
      onStop: [() => clock.stop(), () => store.close()],
    },
    { heartbeats: store.heartbeats, clock, log, maxOutputMb: settings.log.maxSizeMb },
  );
});
