import { requireRightClock, wireTrading } from '@mexc-bot/execution';
import { print, runCli } from '@mexc-bot/runtime';
import { Command } from 'commander';
import { decisionTable } from './decision-table.ts';
import { wireScan } from './wire-scan.ts';

const program = new Command('scanner').description('Reads the market and buys what its rules say.');

program
  .command('once')
  .description('one scan: prints what was decided about every hype token')
  .option('--dry', 'buy nothing and record nothing')
  .option('--json', 'one JSON document on standard output')
  .action(async (options: { dry?: boolean; json?: boolean }) => {
    const trading = await wireTrading('scanner', { destination: 'stderr', startTimeoutMs: 10_000 });
    try {
      if (!options.dry) await requireRightClock(trading, false);
      const scan = wireScan(trading, { dry: options.dry === true });
      print(await scan(), { json: options.json, text: decisionTable });
    } finally {
      trading.closeExchange();
      trading.clock.stop();
      trading.store.close();
    }
  });

await runCli(program);
