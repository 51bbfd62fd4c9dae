import { createLogger, loadSettings, runMain, runService } from '@mexc-bot/runtime';
import { createSimulator } from './simulator.ts';
import { simulatorOptions } from './simulator-options.ts';

await runMain('simulator', async () => {
  const settings = loadSettings(process.env);
  const log = createLogger('simulator', settings.log);
  const simulator = await createSimulator({ ...simulatorOptions(settings), log });
  await runService(
    { name: 'simulator', onStop: [() => simulator.close()] },
    { log, maxOutputMb: settings.log.maxSizeMb },
  );
});
