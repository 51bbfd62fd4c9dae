import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { KEPT_TIMEFRAMES, type KeptTimeframe, marketMeant } from '@mexc-bot/core';
import { decisionRules, tradeCosts } from '@mexc-bot/execution';
import { type Card, createModelFiles, ENGINES, type EngineName, storedCardOf } from '@mexc-bot/models';
import {
  createLogger,
  createProgressLine,
  loadSettings,
  print,
  runCli,
  type Settings,
  UserError,
  withStore,
} from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { Command, Option } from 'commander';
import { folderSource } from './candle-source.ts';
import { cardPage } from './card-page.ts';
import { cardText } from './card-text.ts';
import { clearModels, modelsToClear } from './clear.ts';
import { bootstrapRows, type SetRun } from './data-sets.ts';
import { evaluateFolders, evaluateRows } from './evaluate.ts';
import { marketTime } from './market-time.ts';
import { createPool } from './pool.ts';
import { problemLines, problemText } from './problems.ts';
import { readRows, writeRows } from './ready-rows.ts';
import { evaluationText, plainRun, runText } from './report.ts';
import { beNice, labelRuleOf, type RunMode, runMode } from './run-mode.ts';

const program = new Command('trainer').description('Learns from what became of candidates, and says how sure it is.');
const JSON_OPTION = ['--json', 'one JSON document on standard output'] as const;
const engineOption = () =>
  new Option('--engine <engine>', 'what learns; ai.engine of settings.json unless given').choices(ENGINES);
const timeframeOption = () =>
  new Option('--timeframe <timeframe>', 'of the candles; the one most files have unless given').choices(
    KEPT_TIMEFRAMES,
  );

interface RunFlags {
  readonly force?: boolean;
  readonly engine?: EngineName;
  readonly json?: boolean;
}

const training = (command: Command): Command =>
  command
    .addOption(engineOption())
    .option('--force', 'what is up to date too')
    .option(...JSON_OPTION);

training(program.command('all'))
  .description('the feedback model, the model of all tokens, and every token’s own; may be ended and started again')
  .action((flags: RunFlags) => train({ what: 'all' }, flags));

training(program.command('pending'))
  .description('the tokens that were asked for, and the shared models where they are due')
  .action((flags: RunFlags) => train({ what: 'pending' }, flags));

training(program.command('symbol <market>'))
  .description('one token: PEPEUSDT')
  .action((market: string, flags: RunFlags) => train({ what: 'symbol', market }, flags));

training(program.command('feedback'))
  .description('the feedback model, from labelled candidates; from stored candles where those are too few')
  .action((flags: RunFlags) => train({ what: 'feedback' }, flags));

training(program.command('bootstrap'))
  .description('the feedback model from candles, by the scanner’s own rules')
  .option('--data <folder>', 'files of 5 m candles in place of the stored ones; with --rows of any length')
  .addOption(timeframeOption())
  .option(
    '--rows <prefix>',
    'write the rows there instead of training: PREFIX.X.f32.gz, PREFIX.rows.csv.gz, features.json',
  )
  .action(async (flags: RunFlags & { data?: string; timeframe?: KeptTimeframe; rows?: string }) => {
    const { data, timeframe, rows } = flags;
    if (rows === undefined) {
      return train(
        { what: 'bootstrap', ...(data !== undefined && { folder: data }), ...(timeframe && { timeframe }) },
        flags,
      );
    }
    if (data === undefined) throw new UserError('--rows needs --data', 'Name the folder of candle files.');
    return exportRows(data, rows, timeframe, flags.json);
  });

program
  .command('evaluate')
  .description('how good a model is: trained on one folder of candle files, tested on another; or on ready rows')
  .addOption(new Option('--scope <scope>', 'whose labels').choices(['feedback', 'token']).default('feedback'))
  .option('--train <folder>', 'candle files to learn from')
  .option('--test <folder>', 'candle files to be tested on; those of the same token continue the others')
  .addOption(
    new Option('--rows <prefix>', 'ready rows to learn from, in place of folders').conflicts([
      'train',
      'test',
      'timeframe',
    ]),
  )
  .option('--test-rows <prefix>', 'ready rows to be tested on; walk-forward on the others unless given')
  .addOption(timeframeOption())
  .addOption(engineOption())
  .option('--html <file>', 'write the card as a page')
  .option(...JSON_OPTION)
  .action(evaluate);

program
  .command('card <scope>')
  .description('how good a model in use is: PEPEUSDT, feedback or pooled')
  .option('--html <file>', 'write it as one page that needs nothing else')
  .option(...JSON_OPTION)
  .action((scope: string, flags: { html?: string; json?: boolean }) =>
    withStore(openStore, async (store, settings) => {
      const card = await cardOf(store, settings, scope);
      if (flags.html !== undefined) writePage(flags.html, card);
      print(card, { json: flags.json, text: cardText });
    }),
  );

program
  .command('clear')
  .description('remove models that nobody would ask: expired, of other features, unreadable; shows them first')
  .option('--all', 'every model')
  .option('--yes', 'do it')
  .option(...JSON_OPTION)
  .action((flags: { all?: boolean; yes?: boolean; json?: boolean }) =>
    withStore(openStore, async (store, settings) => {
      const { folder, maxAgeDays } = settings.ai;
      const deps = { folder, maxAgeDays, store, now: marketTime(store, Date.now()) };
      const models = await modelsToClear(deps);
      const chosen = models.filter(({ fault }) => flags.all === true || fault !== null);
      const removed =
        flags.yes === true
          ? await clearModels(
              deps,
              chosen.map(({ scope }) => scope),
            )
          : [];
      const result = { models: models.length, chosen, removed };
      print(result, {
        json: flags.json,
        text: () => {
          if (chosen.length === 0) return `None of ${models.length} models is to be removed.`;
          if (flags.yes === true) return `Removed ${removed.length} of ${models.length} models.`;
          const list = chosen.slice(0, 20).map(({ scope, fault }) => `  ${scope}${fault === null ? '' : `: ${fault}`}`);
          const more = chosen.length > list.length ? [`  and ${chosen.length - list.length} more`] : [];
          return [
            `Would remove ${chosen.length} of ${models.length} models:`,
            ...list,
            ...more,
            'Do it: -- --yes',
          ].join('\n');
        },
      });
    }),
  );

async function train(mode: RunMode, flags: RunFlags): Promise<void> {
  beNice();
  await withStore(openStore, async (store, settings) => {
    const log = createLogger('trainer', settings.log, { secrets: settings.secrets, destination: 'stderr' });
    const line = createProgressLine(process.stderr, Date.now);
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
    const options = { ...(flags.force && { force: true }), ...(flags.engine && { engine: flags.engine }) };
    const run = await runMode(mode, options, {
      settings,
      store,
      log,
      wallNow: Date.now(),
      progress: (done, total, what) => line.show({ done, total }, what),
      signal: stop.signal,
    });
    line.end();
    if (flags.json) print(plainRun(run), { json: true, text: String });
    else print(run, { text: runText });
  });
}

async function exportRows(
  folder: string,
  prefix: string,
  timeframe: KeptTimeframe | undefined,
  json?: boolean,
): Promise<void> {
  const settings = loadSettings(process.env);
  const source = folderSource(resolve(folder), settings.universe, Date.now(), timeframe);
  const problems: string[] = [];
  const rows = await withRun(settings, (run) =>
    bootstrapRows(source, decisionRules(settings).hype, labelRuleOf(settings), {
      ...run,
      failed: (market, error) => problems.push(problemText(market, error)),
    }),
  );
  writeRows(resolve(prefix), rows, source.markets);
  print(
    { rows: rows.stored.count, prefix: resolve(prefix), problems },
    { json, text: (result) => [`${result.rows} rows in ${result.prefix}.*`, ...problemLines(problems)].join('\n') },
  );
}

interface EvaluateFlags {
  readonly scope: 'feedback' | 'token';
  readonly train?: string;
  readonly test?: string;
  readonly rows?: string;
  readonly testRows?: string;
  readonly timeframe?: KeptTimeframe;
  readonly engine?: EngineName;
  readonly html?: string;
  readonly json?: boolean;
}

async function evaluate(flags: EvaluateFlags): Promise<void> {
  const settings = loadSettings(process.env);
  const { card, evaluation } =
    flags.rows === undefined
      ? await evaluateOnFolders(flags, settings)
      : await evaluateOnRows({ ...flags, rows: flags.rows }, settings);
  if (flags.html !== undefined) writePage(flags.html, card);
  if (flags.json) print(evaluation, { json: true, text: String });
  else print({ card, evaluation }, { text: evaluationText });
}

function evaluateOnRows(flags: EvaluateFlags & { readonly rows: string }, settings: Settings) {
  if (flags.scope === 'token') {
    throw new UserError('ready rows are judged by one model of all', 'Tokens’ own models need --train and --test.');
  }
  return evaluateRows({
    engine: flags.engine ?? settings.ai.engine,
    train: readRows(resolve(flags.rows)),
    test: flags.testRows === undefined ? null : readRows(resolve(flags.testRows)),
    costs: tradeCosts(settings),
  });
}

function evaluateOnFolders(flags: EvaluateFlags, settings: Settings) {
  if (flags.testRows !== undefined) throw new UserError('--test-rows needs --rows', 'Name the rows to learn from.');
  if (flags.train === undefined || flags.test === undefined) {
    throw new UserError('evaluate needs --train and --test, or --rows', 'See npm run trainer -- evaluate --help');
  }
  const open = (folder: string) => folderSource(resolve(folder), settings.universe, Date.now(), flags.timeframe);
  const [train, test] = [open(flags.train), open(flags.test)];
  return withRun(settings, (run) =>
    evaluateFolders({
      scope: flags.scope,
      engine: flags.engine ?? settings.ai.engine,
      train,
      test,
      criteria: decisionRules(settings).hype,
      rule: labelRuleOf(settings),
      costs: tradeCosts(settings),
      maxRows: settings.ai.maxRows,
      run,
    }),
  );
}

async function withRun<Result>(
  settings: Settings,
  work: (run: Omit<SetRun, 'failed'>) => Promise<Result>,
): Promise<Result> {
  beNice();
  const pool = createPool(settings.ai.threads);
  const line = createProgressLine(process.stderr, Date.now);
  try {
    return await work({ pool, progress: (done, total) => line.show({ done, total }, 'markets') });
  } finally {
    line.end();
    await pool.close();
  }
}

/** Of a market the exchange lists no more there may be a model all the same. */
const modelMeant = (store: Store, { universe }: Settings, text: string): string =>
  marketMeant(text, store.history.marketIds(), universe.quote) ?? text.toUpperCase();

async function cardOf(store: Store, settings: Settings, text: string): Promise<Card> {
  const scope = ['feedback', 'pooled'].includes(text) ? text : modelMeant(store, settings, text);
  const read = await createModelFiles(settings.ai.folder).read(scope);
  const stored = read.ok ? storedCardOf(read.value.card) : null;
  if (stored !== null) return stored.card;
  // what came to nothing has a card too
  const latest = store.models.latest(scope);
  if (latest !== undefined) return latest.card as Card;
  const why = read.ok ? 'its card cannot be read' : read.error.message;
  throw new UserError(`there is no card of ${scope}: ${why}`, 'Train it first: npm run trainer all');
}

function writePage(file: string, card: Card): void {
  try {
    writeFileSync(resolve(file), cardPage(card));
  } catch (cause) {
    throw new UserError(`${file} cannot be written: ${(cause as Error).message}`, undefined, { cause });
  }
}

await runCli(program);
