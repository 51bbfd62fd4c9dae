import { createLogger, createSystemClock, loadSettings, runMain, runWorker } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { marketTime } from './market-time.ts';
import { wireTelegram } from './wire-telegram.ts';

const EVERY_MS = 1_000;
/** It reads little, and may take little memory. */
const CACHE_KB = 2_000;

await runMain('telegram', async () => {
  const settings = loadSettings(process.env);
  const log = createLogger('telegram', settings.log, { secrets: settings.secrets });
  for (const warning of settings.warnings) log.warn(warning);
  const store = openStore(settings.database, { cacheKb: CACHE_KB });
  const wall = createSystemClock();
  // what it tells and beats by is the market's time; it follows the workers', which ask the exchange
  const clock = { ...wall, now: marketTime(store, wall, settings) };
  const telegram = wireTelegram({ settings, store, log, clock });
  const stop = new AbortController();
  const running = telegram.run(stop.signal);

  await runWorker(
    {
      name: 'telegram',
      everyMs: EVERY_MS,
      minWallMs: EVERY_MS,
      cycle: () => Promise.resolve(),
      onStop: [
        async () => {
          stop.abort();
          await running;
        },
        telegram.close,
        () => store.close(),
      ],
    },
    { heartbeats: store.heartbeats, clock, log, maxOutputMb: settings.log.maxSizeMb },
  );
});
