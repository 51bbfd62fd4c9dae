import { setTimeout as sleep } from 'node:timers/promises';
import { loadSettings, print, runCli, type Settings, UserError, withStore } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { Command, InvalidArgumentError, Option } from 'commander';
import { comesBackAfterReboot } from './after-reboot.ts';
import { balanceText, readBalance } from './balance.ts';
import { booksText, compareBooks } from './books.ts';
import { clearTestData, testDataText } from './clear-test-data.ts';
import { pause } from './pause.ts';
import { type ReportOptions, report } from './report-command.ts';
import { resume, resumedText } from './resume.ts';
import { start, stop } from './start.ts';
import { readStatus, statusText } from './status.ts';

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
  .action(async () => stop(say));

program
  .command('status')
  .description('what runs, and where the last scan went')
  .option('--watch', 'again every 2 s, until Ctrl-C')
  .option('--json', 'one JSON document on standard output')
  .action(async (options: { watch?: boolean; json?: boolean }) => {
    if (options.watch && options.json) throw new UserError('--watch is for people, --json for scripts: choose one');
    await withStore(openStore, async (store, settings) => {
      let back: boolean | undefined; // looked for once: it asks other programs
      const comesBack = (): boolean => (back ??= comesBackAfterReboot(settings.root));
      do {
        const status = await readStatus(settings, store, comesBack);
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
  .option('--record <file>', "write the trades as JSON too: the same shape as a backtest's")
  .option(
    '--import <file>',
    "the Python bot's trade_history.json instead of the suite's own books, which stay as they are",
  )
  .option('--tracked <file>', 'with --import: its tracked_tokens.json, what it still held')
  .option('--against <file>', 'what backtest --json printed of the same days: the gap to it, cause by cause')
  .option('--json', 'one JSON document on standard output')
  .action(async (options: ReportOptions) =>
    withStore(openStore, (store, settings) => {
      for (const line of report(store, settings, options)) say(line);
    }),
  );

program
  .command('books')
  .description("compare the live books with the simulator's ledger, to the last step")
  .option('--json', 'one JSON document on standard output')
  .action(async (options: { json?: boolean }) =>
    withStore(openStore, async (store, settings) => {
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
    withStore(openStore, (store, settings) => {
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
    withStore(openStore, (store, settings) => {
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
  .action(() => {
    pause(say);
    console.log('paused: nothing new is bought, open positions are still guarded');
  });

program
  .command('resume')
  .description('the scanner buys again; where a drawdown stopped it, the highest equity counts from now')
  .option('--asked-at <ms>', 'when it was asked for, ms UTC: a pause since then holds', positive)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ askedAt = Date.now(), json }: { askedAt?: number; json?: boolean }) =>
    withStore(openStore, (store, settings) => print(resume(store, settings, askedAt), { json, text: resumedText })),
  );

function checkLive(settings: Settings, confirmed: boolean): void {
  if (settings.secrets.mexcApiKey === null) {
    throw new UserError('live mode needs an API key', 'Write MEXC_API_KEY and MEXC_API_SECRET to .env.');
  }
  if (!confirmed) {
    throw new UserError('from now on every buy would spend real money', 'If that is meant: npm run mode live -- --yes');
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('must be a number above 0');
  return value;
}

await runCli(program);
