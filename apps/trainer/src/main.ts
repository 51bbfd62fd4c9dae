import { createLogger, loadSettings, runMain, runService } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { plainRun, runText } from './report.ts';
import { beNice, parseMode, runMode } from './run-mode.ts';

/** One run, then it exits: what to do is in its arguments, or, from PM2, in `TRAINER_ARGS`. */
await runMain('trainer', async () => {
  beNice();
  const settings = loadSettings(process.env);
  const log = createLogger('trainer', settings.log, { secrets: settings.secrets, destination: 'stdout' });
  const words = process.argv.slice(2);
  const asked = words.length > 0 ? words : (process.env.TRAINER_ARGS ?? '').split(/\s+/).filter((word) => word !== '');
  const mode = parseMode(asked);
  const store = openStore(settings.database);

  await runService(
    {
      name: 'trainer',
      run: async (signal) => {
        const run = await runMode(mode, {}, { settings, store, log, wallNow: Date.now(), signal });
        log.info(runText(run), { mode: mode.what, tokens: run.tokens, models: plainRun(run).models.length });
      },
      onStop: [() => store.close()],
    },
    { log },
  );
});
