import { lookForLookahead, prepareData, runBacktest, statisticsOf } from '@mexc-bot/backtest';
import { print, runCli } from '@mexc-bot/runtime';
import { Command, InvalidArgumentError } from 'commander';
import { type InputOptions, readInputs, settingsOf, withInputs } from './inputs.ts';
import { lookaheadText, runText } from './texts.ts';

const program = new Command('backtest').description(
  'Replays recorded candles through the decisions of live trading, with costs.',
);

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number from 1 up');
  return value;
};

withInputs(program.command('run', { isDefault: true }))
  .description('what the settings would have done')
  .option('--decisions', 'every decision about a candidate, with --json')
  .action((options: InputOptions & { readonly decisions?: boolean }) => {
    const { markets, timeframe, settings } = readInputs(options, settingsOf(options), options.decisions === true);
    const result = runBacktest(prepareData(markets, timeframe, options.detail ?? null), settings);
    print({ ...result, statistics: statisticsOf(result) }, { json: options.json, text: runText });
  });

withInputs(program.command('lookahead'))
  .description('run again with the future cut off at random moments: no decision may change')
  .option('--cuts <n>', 'how many moments', whole, 10)
  .option('--seed <n>', 'which ones', whole, 1)
  .action((options: InputOptions & { readonly cuts: number; readonly seed: number }) => {
    const { markets, timeframe, settings } = readInputs(options, settingsOf(options), true);
    const { cuts, seed } = options;
    const onCut = (done: number): void => {
      if (process.stderr.isTTY) process.stderr.write(`\r${done}/${cuts} cuts${done === cuts ? '\n' : ''}`);
    };
    const report = lookForLookahead(markets, timeframe, settings, { cuts, seed, onCut });
    print(report, { json: options.json, text: lookaheadText });
    if (report.changed.length > 0) process.exitCode = 1;
  });

await runCli(program);
