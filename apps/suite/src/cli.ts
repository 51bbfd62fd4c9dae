import { setTimeout as sleep } from 'node:timers/promises';
import { statisticsOf } from '@mexc-bot/backtest';
import type { Mode } from '@mexc-bot/core';
import { loadSettings, print, runCli, type Settings, UserError } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { Command, InvalidArgumentError, Option } from 'commander';
import { balanceText, readBalance } from './balance.ts';
import { booksText, compareBooks } from './books.ts';
import { clearTestData, testDataText } from './clear-test-data.ts';
import { plain } from './plain.ts';
import { readReport, reportText } from './report.ts';
import { importHistory, importText, type ReportFiles, writeReportFiles } from './report-files.ts';
import { reportTables } from './report-tables.ts';
import { resume } from './resume.ts';
import { start, stop } from './start.ts';
import { readStatus, statusText } from './status.ts';
import { readTradingRecord } from './trading-record.ts';

const program = new Command('suite').description('Starts, stops and looks into the trading suite.');
const say = (line: string) => console.error(line);
const WATCH_MS = 2_000;

program
  .command('start')
  .description('start everything under PM2')
  .action(async () => start(loadSettings(process.env), say));

program
  .command('stop')
  .description('end everything')
  .action(async () => stop(loadSettings(process.env), say));

program
  .command('status')
  .description('what runs, and where the last scan went')
  .option('--watch', 'again every 2 s, until Ctrl-C')
  .option('--json', 'one JSON document on standard output')
  .action(async (options: { watch?: boolean; json?: boolean }) => {
    if (options.watch && options.json) throw new UserError('--watch is for people, --json for scripts: choose one');
    await withStore(async (store, settings) => {
      do {
        const status = await readStatus(settings, store);
        if (options.watch) process.stdout.write('\u001b[2J\u001b[H');
        print(status, { json: options.json, text: statusText });
        if (options.watch) await sleep(WATCH_MS);
      } while (options.watch);
    });
  });

program
  .command('report')
  .description('what trading brought, after fees, and whether that says anything')
  .addOption(new Option('--mode <mode>', 'whose money; the current mode unless given').choices(['test', 'live']))
  .option('--days <n>', 'only the last market days', positive)
  .option('--html <file>', 'write it as one page too: equity, tables, a chart of every trade')
  .option('--record <file>', 'write the trades as JSON too, for backtest compare')
  .option(
    '--import <file>',
    "the Python bot's trade_history.json instead of the suite's own books, which stay as they are",
  )
  .option('--tracked <file>', 'with --import: its tracked_tokens.json, what it still held')
  .option('--json', 'one JSON document on standard output')
  .action(async (options: ReportOptions) =>
    withStore((store, settings) => {
      if (options.tracked !== undefined && options.import === undefined) {
        throw new UserError(
          '--tracked belongs to --import',
          'Name the history it goes with: --import trade_history.json',
        );
      }
      if (options.import !== undefined && options.days !== undefined) {
        throw new UserError('--days is for the books of the suite', 'An imported history is reported whole.');
      }
      const show = options.import === undefined ? reportOfBooks : reportOfImport;
      for (const line of show(store, settings, options)) say(line);
    }),
  );

interface ReportOptions extends ReportFiles {
  readonly mode?: Mode;
  readonly days?: number;
  readonly import?: string;
  readonly tracked?: string;
  readonly json?: boolean;
}

function reportOfBooks(store: Store, settings: Settings, options: ReportOptions): string[] {
  const mode = options.mode ?? store.state.mode() ?? settings.mode;
  const report = readReport(store, mode, options.days ?? null);
  const record = readTradingRecord(store, settings, mode, options.days ?? null);
  const statistics = statisticsOf(record);
  if (options.json) print({ ...(plain(report) as object), statistics }, { json: true, text: String });
  else print(report, { text: (shown) => [statistics.verdict.text, reportText(shown)].join('\n') });
  const tables = reportTables(store, mode, report);
  return writeReportFiles(store, `${mode.toUpperCase()} report`, record, statistics, options, tables);
}

function reportOfImport(store: Store, _settings: Settings, options: ReportOptions): string[] {
  const imported = importHistory(options.import!, options.tracked, options.mode);
  const statistics = statisticsOf(imported.record);
  const text = () => importText(imported, statistics);
  print({ mode: imported.mode, entries: imported.entries, statistics }, { json: options.json, text });
  return writeReportFiles(store, `Imported ${imported.mode} history`, imported.record, statistics, options);
}

program
  .command('books')
  .description("compare the live books with the simulator's ledger, to the last step")
  .option('--json', 'one JSON document on standard output')
  .action(async (options: { json?: boolean }) =>
    withStore(async (store, settings) => {
      const comparison = await compareBooks(store, settings);
      print(comparison, { json: options.json, text: booksText });
      if (comparison.differences.length > 0) process.exitCode = 1;
    }),
  );

program
  .command('balance')
  .description('what the account holds, and what the open positions are worth')
  .addOption(new Option('--mode <mode>', 'whose money; the current mode unless given').choices(['test', 'live']))
  .option('--json', 'one JSON document on standard output')
  .action(async (options: { mode?: 'test' | 'live'; json?: boolean }) => {
    print(await readBalance(options.mode), { json: options.json, text: balanceText });
  });

program
  .command('cleartestdata')
  .description('delete every row of test mode, and nothing else; shows the counts first')
  .option('--yes', 'delete them; without it they are only counted')
  .option('--force', 'also while test positions are open')
  .option('--json', 'one JSON document on standard output')
  .action(async (options: { yes?: boolean; force?: boolean; json?: boolean }) =>
    withStore((store, settings) => {
      const result = clearTestData(store, settings, { yes: options.yes === true, force: options.force === true });
      print(result, { json: options.json, text: testDataText });
    }),
  );

program
  .command('mode')
  .description('say, or switch, whose money new positions take; open ones keep theirs')
  .addArgument(program.createArgument('[mode]', 'test: paper money; live: real money').choices(['test', 'live']))
  .option('--yes', 'switch to live without asking back')
  .action(async (mode: 'test' | 'live' | undefined, options: { yes?: boolean }) =>
    withStore((store, settings) => {
      const current = store.state.mode() ?? settings.mode;
      if (mode === undefined || mode === current) return console.log(`${current} mode`);
      if (mode === 'live') checkLive(settings, options.yes === true);
      store.state.setMode(mode, Date.now());
      console.log(`${mode} mode; open positions keep the mode they were opened in`);
    }),
  );

program
  .command('pause')
  .description('nothing new is bought, open positions are still guarded')
  .action(async () =>
    withStore((store) => {
      store.state.setPaused(true, Date.now());
      console.log('paused: nothing new is bought, open positions are still guarded');
    }),
  );

program
  .command('resume')
  .description('the scanner buys again; where a drawdown stopped it, the highest equity counts from now')
  .action(async () => withStore((store, settings) => console.log(resume(store, settings, Date.now()))));

function checkLive(settings: Settings, confirmed: boolean): void {
  if (settings.secrets.mexcApiKey === null) {
    throw new UserError('live mode needs an API key', 'Write MEXC_API_KEY and MEXC_API_SECRET to .env.');
  }
  if (!confirmed) {
    throw new UserError('from now on every buy would spend real money', 'If that is meant: npm run mode live -- --yes');
  }
}

async function withStore(use: (store: Store, settings: Settings) => unknown): Promise<void> {
  const settings = loadSettings(process.env);
  const store = openStore(settings.database);
  try {
    await use(store, settings);
  } finally {
    store.close();
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('must be a number above 0');
  return value;
}

await runCli(program);
