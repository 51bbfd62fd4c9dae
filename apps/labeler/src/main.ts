import { setPriority } from 'node:os';
import { MINUTE_MS } from '@mexc-bot/core';
import { wireTrading } from '@mexc-bot/execution';
import { createPm2, runMain, runWorker } from '@mexc-bot/runtime';
import { createLabelDue, labelRule } from './label-due.ts';
import { createWakeTrainer } from './wake-trainer.ts';

const EVERY_MS = 5 * MINUTE_MS;
/** Below the others: they trade. */
const NICENESS = 10;

await runMain('labeler', async () => {
  setPriority(NICENESS);
  const trading = await wireTrading('labeler');
  const { settings, store, clock, log } = trading;
  const labelDue = createLabelDue({ ...trading, rule: labelRule(settings.position.exits) });

  const pm2 = createPm2({ root: settings.root, logFolder: settings.log.folder });
  // only what PM2 runs may start more under it
  const wakeTrainer = process.env.pm_id === undefined ? null : createWakeTrainer({ pm2, clock, log });

  await runWorker(
    {
      name: 'labeler',
      everyMs: EVERY_MS,
      cycle: async (signal) => {
        const round = await labelDue(signal);
        if (round.labelled + round.vanished + round.gaps > 0) log.info('candidates labelled', { ...round });
        await wakeTrainer?.();
      },
      onStop: [() => trading.closeExchange(), () => clock.stop(), () => store.close()],
    },
    { heartbeats: store.heartbeats, clock, log, maxOutputMb: settings.log.maxSizeMb },
  );
});
