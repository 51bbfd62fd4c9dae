import { resolve } from 'node:path';
import { wireTrading } from '@mexc-bot/execution';
import { loadSettings, print, runCli } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { Command, Option } from 'commander';
import { type CandidateExport, exportCandidates } from './candidate-files.ts';
import { createLabelDue, type LabelRound, labelRule } from './label-due.ts';

const START_TIMEOUT_MS = 10_000;
const program = new Command('labeler').description('Says, six hours later, what became of every candidate.');

program
  .command('once')
  .description('label what is due now, from stored candles and the exchange')
  .option('--json', 'one JSON document on standard output')
  .action(async (options: { readonly json?: boolean }) => {
    const trading = await wireTrading('labeler', { destination: 'stderr', startTimeoutMs: START_TIMEOUT_MS });
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
    try {
      const rule = labelRule(trading.settings.position.exits);
      print(await createLabelDue({ ...trading, rule })(stop.signal), { json: options.json, text: roundText });
    } finally {
      trading.closeExchange();
      trading.clock.stop();
      trading.store.close();
    }
  });

program
  .command('export')
  .description('write candidate_tokens.csv and labeled_candidates.csv')
  .option('--folder <folder>', 'where; collect.csvFolder of settings.json unless given')
  .addOption(new Option('--mode <mode>', 'only those of one mode').choices(['test', 'live']))
  .option('--json', 'one JSON document on standard output')
  .action((options: { readonly folder?: string; readonly mode?: 'test' | 'live'; readonly json?: boolean }) => {
    const settings = loadSettings(process.env);
    const store = openStore(settings.database);
    try {
      const folder = options.folder === undefined ? settings.collect.csvFolder : resolve(options.folder);
      print(exportCandidates(store, folder, options.mode), { json: options.json, text: exportText });
    } finally {
      store.close();
    }
  });

function roundText({ labelled, risen, vanished, gaps, waiting, requests }: LabelRound): string {
  const lost = [
    ...(vanished > 0 ? [`${vanished} of vanished markets`] : []),
    ...(gaps > 0 ? [`${gaps} whose candles are missing`] : []),
  ];
  return [
    `${labelled} candidates labelled, ${risen} of them rose; ${requests} requests.`,
    ...(lost.length > 0 ? [`Without a label for good: ${lost.join(', ')}.`] : []),
    ...(waiting > 0 ? [`${waiting} are due but their candles are not there yet: ask again later.`] : []),
  ].join('\n');
}

const exportText = ({ files }: CandidateExport): string =>
  files.map(({ path, rows }) => `${rows} candidates in ${path}`).join('\n');

await runCli(program);
