import { effectiveStop, type OpenPosition } from '@mexc-bot/core';
import { loadSettings, print, runCli } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import Table from 'cli-table3';
import { Command, Option } from 'commander';

const program = new Command('tracker').description('Guards open positions and sells them.');

program
  .command('list')
  .description('open positions with their stops and levels')
  .addOption(new Option('--mode <mode>', 'only test or live positions').choices(['test', 'live']))
  .option('--json', 'one JSON document on standard output')
  .action((options: { mode?: 'test' | 'live'; json?: boolean }) => {
    const store = openStore(loadSettings(process.env).database);
    try {
      print(store.positions.open(options.mode), { json: options.json, text: positionTable });
    } finally {
      store.close();
    }
  });

function positionTable(positions: readonly OpenPosition[]): string {
  if (positions.length === 0) return 'No open position.';
  const table = new Table({
    head: ['mode', 'market', 'strategy', 'conf.', 'held', 'entry', 'stop', 'peak', 'next level', 'levels', 'selling'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
  });
  for (const position of positions) {
    const { entryPrice, takeProfits, levelsTaken, pendingExit } = position;
    const next = takeProfits[levelsTaken];
    table.push([
      position.mode,
      position.market,
      position.strategy,
      position.confidence.toFixed(2),
      position.quantity.toString(),
      entryPrice.toSignificantDigits(6).toString(),
      effectiveStop(position).toSignificantDigits(6).toString(),
      position.peak.toSignificantDigits(6).toString(),
      next === undefined ? 'trailing' : entryPrice.mul(next).toSignificantDigits(6).toString(),
      `${levelsTaken}/${takeProfits.length}`,
      pendingExit === null ? '' : `${pendingExit.reason} ${pendingExit.quantity}`,
    ]);
  }
  return table.toString();
}

await runCli(program);
