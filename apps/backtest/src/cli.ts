import { writeFileSync } from 'node:fs';
import {
  backtestPage,
  emaCrossReturn,
  lookForLookahead,
  type PreparedData,
  runBacktest,
  statisticsOf,
} from '@mexc-bot/backtest';
import { createProgressLine, print, runCli } from '@mexc-bot/runtime';
import { Command, InvalidArgumentError, Option } from 'commander';
import { chartCandles } from './chart-candles.ts';
import { type CompareOptions, compare } from './compare-command.ts';
import { type InputOptions, readInputs, settingsOf, withInputs } from './inputs.ts';
import { ownersModels } from './models.ts';
import { fileToWrite } from './out-file.ts';
import { parseAxis, type SweepAxis } from './sweep-axes.ts';
import { type SweepOptions, sweep } from './sweep-command.ts';
import { compareText, lookaheadText, runText, sweepText } from './texts.ts';

const program = new Command('backtest').description(
  'Replays recorded candles through the decisions of live trading, with costs.',
);

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number from 1 up');
  return value;
};

const line = createProgressLine(process.stderr, () => performance.now());
/** Counts on one line, where somebody looks. */
const progressOf =
  (what: string) =>
  (done: number, total: number): void => {
    line.show({ done, total }, what);
    if (done === total) line.end();
  };

type Models = 'none' | 'walk-forward';
const modelsOption = (): Option =>
  new Option('--models <how>', 'walk-forward: make the models anew every day, of what was known by then, and ask them')
    .choices(['none', 'walk-forward'])
    .default('none');

interface RunOptions extends InputOptions {
  readonly decisions?: boolean;
  readonly html?: string;
  readonly models: Models;
}

withInputs(program.command('run', { isDefault: true }))
  .description('what the settings would have done')
  .option('--decisions', 'every decision about a candidate too')
  .option('--html <file>', 'write the report as one page')
  .addOption(modelsOption())
  .action(async (options: RunOptions) => {
    const owner = settingsOf(options);
    const html = options.html === undefined ? null : fileToWrite('--html', options.html);
    const { markets, timeframe, data, settings } = readInputs(options, owner, options.decisions === true);
    const models =
      options.models === 'none' ? null : await ownersModels(data, settings, owner, progressOf('trainings'));
    const replayed = runBacktest(data, settings, models?.gate ?? null);
    const result = {
      ...replayed,
      emaCross: emaCrossReturn(data, settings),
      ...(models !== null && { models: models.trainings }),
    };
    const statistics = statisticsOf(result);
    if (html !== null) {
      writeFileSync(html, backtestPage(result, statistics, { candles: chartCandles(markets, timeframe) }));
      process.stderr.write(`written: ${html}\n`);
    }
    print({ ...result, statistics }, { json: options.json, text: runText });
  });

withInputs(program.command('lookahead'))
  .description('run again with the future cut off at some moments: nothing that was known by then may change')
  .option('--cuts <n>', 'how many moments', whole, 10)
  .option('--seed <n>', 'which ones', whole, 1)
  .addOption(modelsOption())
  .action(async (options: InputOptions & { readonly cuts: number; readonly seed: number; readonly models: Models }) => {
    const owner = settingsOf(options);
    const { markets, timeframe, settings } = readInputs(options, owner, true);
    const { cuts, seed } = options;
    const tell = progressOf('cuts');
    const onCut = (done: number): void => tell(done, cuts);
    const models = (data: PreparedData) => ownersModels(data, settings, owner, () => undefined);
    const report = await lookForLookahead(markets, timeframe, settings, {
      cuts,
      seed,
      onCut,
      ...(options.models === 'walk-forward' && { models }),
    });
    print(report, { json: options.json, text: lookaheadText });
    if (report.changed.length > 0) process.exitCode = 1;
  });

const axis = (text: string, before: readonly SweepAxis[] = []): SweepAxis[] => {
  const parsed = parseAxis(text);
  if (parsed === null) throw new InvalidArgumentError('must be like strategy.minGain=0.01,0.02');
  return [...before, parsed];
};
const share = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('must be a number between 0 and 1');
  return value;
};

withInputs(program.command('sweep'))
  .description('try combinations of settings: chosen on an earlier part of the time, judged on the later one')
  .requiredOption('--param <path=a,b,c>', 'a setting and its values; may be given several times', axis)
  .option('--choose-on <share>', 'share of the time that is chosen on', share, 0.6)
  .option('--threads <n>', 'worker threads; one for each core unless given', whole)
  .option('--out <file>', 'keep results there, and go on from those it has of the same candles and code')
  .action(async (options: SweepOptions) => {
    const tell = progressOf('tries');
    // those of an earlier sweep took no time in this one
    let before: number | null = null;
    const report = await sweep(options, (done, total) => {
      before ??= done;
      tell(done - before, total - before);
    });
    print(report, { json: options.json, text: sweepText });
  });

withInputs(program.command('compare'))
  .description('a recorded run of the suite beside a backtest of the same time: every difference, and why')
  .option('--database <file>', 'the recorded run; the database of the settings unless given')
  .action((options: CompareOptions) => {
    const report = compare(options);
    print(report, { json: options.json, text: compareText });
    const open = [...report.differences, ...report.exits.differences].filter(({ cause }) => cause === 'unexplained');
    if (open.length > 0) process.exitCode = 1;
  });

await runCli(program);
