import { createLogger, loadSettings, print, runCli, runService } from '@mexc-bot/runtime';
import { Command } from 'commander';
import { createSimulator, openMarket } from './simulator.ts';
import { simulatorOptions } from './simulator-options.ts';

const program = new Command('simulator').description(
  'The local exchange that stands in where no real one is configured',
);

program
  .command('check')
  .description('read settings and data folder, and say what the market would be; exit code 2 with every fault')
  .option('--json', 'one JSON document on standard output')
  .action((options: { json?: boolean }) => {
    const { simulator } = loadSettings(process.env);
    const market = openMarket(simulator);
    const iso = (time: number): string => new Date(time).toISOString();
    const firstOpen = Math.min(...market.listings.map(({ listedAt }) => listedAt));
    const result = {
      market: market.identity,
      markets: market.listings.length,
      firstCandle: iso(firstOpen),
      lastCandleEnds: market.endAt === null ? null : iso(market.endAt),
      startsAt: iso(market.startAt),
      speed: simulator.speed,
      port: simulator.port,
      skippedFiles: market.skipped,
    };
    print(result, {
      json: options.json,
      text: (found) =>
        [
          `market         ${found.market}`,
          `markets        ${found.markets}`,
          `first candle   ${found.firstCandle}`,
          `last candle    ${found.lastCandleEnds === null ? 'made as time goes on' : `ends ${found.lastCandleEnds}`}`,
          `starts at      ${found.startsAt}, ×${found.speed}, on port ${found.port}`,
          `skipped files  ${found.skippedFiles.length === 0 ? 'none' : found.skippedFiles.join(', ')}`,
        ].join('\n'),
    });
  });

program
  .command('run')
  .description('run in the foreground until Ctrl-C')
  .action(async () => {
    const settings = loadSettings(process.env);
    const log = createLogger('simulator', settings.log);
    const simulator = await createSimulator({ ...simulatorOptions(settings), log });
    await runService({ name: 'simulator', onStop: [() => simulator.close()] }, { log });
  });

await runCli(program);
