import { parseMoment } from '@mexc-bot/core';
import { accountStopOf, decisionRules, LAST_SCAN, requireRightClock, whyOf, wireTrading } from '@mexc-bot/execution';
import { print, runCli, withStore } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { Command, InvalidArgumentError } from 'commander';
import { decisionTable } from './decision-table.ts';
import { wireGate } from './gate/wire-gate.ts';
import { replayScan, replayText } from './replay.ts';
import type { ScanResult } from './scan.ts';
import { whyText } from './why-text.ts';
import { wireScan } from './wire-scan.ts';

const program = new Command('scanner').description('Reads the market and buys what its rules say.');
const JSON_OPTION = ['--json', 'one JSON document on standard output'] as const;

program
  .command('once')
  .description('one scan: prints what was decided about every hype token')
  .option('--dry', 'buy nothing and record nothing')
  .option(...JSON_OPTION)
  .action(async (options: { dry?: boolean; json?: boolean }) => {
    const trading = await wireTrading('scanner', { destination: 'stderr', startTimeoutMs: 10_000 });
    const ai = wireGate(trading, { dry: options.dry === true });
    try {
      if (!options.dry) await requireRightClock(trading, false);
      const scan = wireScan(trading, { dry: options.dry === true, gate: ai.gate });
      const result = await scan();
      if (options.json) print(plainResult(result), { json: true, text: String });
      else print(result, { text: decisionTable });
    } finally {
      await ai.close();
      trading.closeExchange();
      trading.clock.stop();
      trading.store.close();
    }
  });

program
  .command('why')
  .argument('<token>', 'PEPE, PEPEUSDT or PEPE/USDT')
  .description('the last decision on a token, stage by stage, with value, threshold and verdict')
  .option(...JSON_OPTION)
  .action((token: string, options: { json?: boolean }) =>
    withStore(openStore, (store, settings) => {
      const { limits } = decisionRules(settings);
      const why = whyOf(store, token, settings.universe.quote, (mode, asOf) =>
        accountStopOf(store, mode, limits[mode].account, asOf),
      );
      print(why, { json: options.json, text: whyText });
    }),
  );

program
  .command('replay')
  .description('decide a stored scan again, from what is stored of it: exit code 1 where a decision differs')
  .option(
    '--at <time>',
    'the newest scan up to this market time (ISO, or ms since 1970 UTC); the last one unless given',
    time,
  )
  .option(...JSON_OPTION)
  .action((options: { at?: number; json?: boolean }) =>
    withStore(openStore, (store) => {
      const replay = replayScan(store, options.at ?? LAST_SCAN);
      print(replay, { json: options.json, text: replayText });
      if (replay.differences.length > 0 || replay.regime.before !== replay.regime.after) process.exitCode = 1;
    }),
  );

/** JSON has no typed arrays. */
const plainResult = ({ scan, decisions }: ScanResult) => ({
  scan,
  decisions: decisions.map((row) => ({ ...row, features: row.features && [...row.features] })),
});

function time(text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) : parseMoment(text);
  if (ms === null || ms > 8.64e15) {
    throw new InvalidArgumentError('must be a time: 2026-11-22T10:00:00Z, or milliseconds since 1970 UTC');
  }
  return ms;
}

await runCli(program);
