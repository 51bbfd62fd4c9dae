import { requireRightClock, wireTrading } from '@mexc-bot/execution';
import { runMain, runWorker } from '@mexc-bot/runtime';
import { wireGate } from './gate/wire-gate.ts';
import { createHousekeeping } from './housekeeping.ts';
import { wireScan } from './wire-scan.ts';

await runMain('scanner', async () => {
  const trading = await wireTrading('scanner');
  await requireRightClock(trading, false);
  const { settings, store, clock, log } = trading;
  const ai = wireGate(trading);
  const scan = wireScan(trading, { gate: ai.gate });
  const tidy = createHousekeeping({ store, clock, settings: settings.scan });

  await runWorker(
    {
      name: 'scanner',
      everyMs: settings.scan.everySeconds * 1_000,
      cycle: async () => {
        const { scan: row } = await scan();
        log.debug('scan', { seen: row.seen, hype: row.hype, classified: row.classified, bought: row.bought });
        tidy();
      },
      onStop: [() => ai.close(), () => trading.closeExchange(), () => clock.stop(), () => store.close()],
    },
    { heartbeats: store.heartbeats, clock, log, maxOutputMb: settings.log.maxSizeMb },
  );
});
