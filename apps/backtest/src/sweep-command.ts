import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import {
  chooseTry,
  idleParameters,
  type PreparedData,
  partsAt,
  SHORTEST_PART_MS,
  type SweepTry,
  type SweepVerdict,
  tickerReach,
} from '@mexc-bot/backtest';
import { type Settings, UserError } from '@mexc-bot/runtime';
import { type InputOptions, readInputs, settingsOf } from './inputs.ts';
import { fileToWrite } from './out-file.ts';
import { runSweep } from './run-sweep.ts';
import { backtestSettings, refuseUnreachable } from './settings.ts';
import { combinations, refuseTwice, type SweepAxis, settingsWith } from './sweep-axes.ts';
import { fingerprintOf, openResults } from './sweep-results.ts';
import type { SweepJob } from './sweep-worker.ts';

export interface SweepOptions extends InputOptions {
  readonly param: readonly SweepAxis[];
  /** share of the time that is chosen on */
  readonly chooseOn: number;
  readonly threads?: number;
  /** file that results are kept in */
  readonly out?: string;
}

export interface SweepReport extends SweepVerdict {
  readonly split: number;
  /** of them were read from an earlier, unfinished sweep */
  readonly resumed: number;
  readonly tries: readonly SweepTry[];
  readonly warnings: readonly string[];
}

export async function sweep(
  options: SweepOptions,
  onProgress: (done: number, total: number) => void,
): Promise<SweepReport> {
  refuseTwice(options.param);
  const combos = combinations(options.param);
  settingsOf(options); // its own faults are told under its own name
  const owners = combos.map((parameters) => settingsWith(options, parameters));
  refuseOtherMarkets(owners);
  const out = options.out === undefined ? null : fileToWrite('--out', options.out);
  const { data, settings } = readInputs(options, owners[0]!, false);
  const { split, choiceMs, judgementMs } = partsAt(data, settings, options.chooseOn);
  if (choiceMs < SHORTEST_PART_MS || judgementMs < SHORTEST_PART_MS) {
    throw new UserError(
      'the candles are too few to split',
      'Both parts need two days at least: give more, or change --choose-on.',
    );
  }
  const { mode, from, until, buysOnly } = settings;
  const jobs = owners.map((owner, i) => ({
    settings: backtestSettings(owner, { mode, from, until, buysOnly, keepDecisions: false }),
    parameters: combos[i]!,
  }));
  for (const job of jobs) refuseUnreachable(job.settings, tickerReach(data, job.settings));
  const threads = options.threads ?? availableParallelism();
  const { tries, resumed } = await tryAll(data, split, jobs, { out, threads, onProgress });
  const warnings = idleParameters(tries).map(
    (path) => `${path} changed nothing in any try: a backtest does not look at it, or these candles never came to it.`,
  );
  return { split, resumed, tries, ...chooseTry(tries), warnings };
}

interface TryOptions {
  readonly out: string | null;
  readonly threads: number;
  readonly onProgress: (done: number, total: number) => void;
}

/** Runs what `out` has no result of yet. @returns all results, in the order of the jobs */
async function tryAll(
  data: PreparedData,
  split: number,
  jobs: readonly Omit<SweepJob, 'index'>[],
  { out, threads, onProgress }: TryOptions,
): Promise<Pick<SweepReport, 'tries' | 'resumed'>> {
  const results = openResults(out);
  // reading all candles once more is worth it only where results are kept
  const fingerprint = out === null ? '' : fingerprintOf(data);
  const keys = jobs.map((job) => keyOf([fingerprint, split, job]));
  const todo = [...jobs.keys()].filter((place) => results.of(keys[place]!) === undefined);
  const resumed = jobs.length - todo.length;
  let done = resumed;
  onProgress(done, jobs.length);
  const missing = todo.map((place) => jobs[place]!);
  await runSweep(data, split, missing, threads, (job, result) => {
    results.keep(keys[todo[job]!]!, result);
    done += 1;
    onProgress(done, jobs.length);
  });
  return { tries: keys.map((key) => results.of(key)!), resumed };
}

const keyOf = (what: unknown): string => createHash('sha256').update(JSON.stringify(what)).digest('hex');

/** Candles and markets are read once for all tries. */
function refuseOtherMarkets(owners: readonly Settings[]): void {
  const readBy = (pick: (owner: Settings) => unknown): boolean => new Set(owners.map(pick)).size > 1;
  const swept = [
    ...(readBy(({ database }) => database) ? ['database'] : []),
    ...(readBy(({ universe }) => universe.quote) ? ['universe.quote'] : []),
    ...(readBy(({ execution }) => execution.assumedTakerFee) ? ['execution.assumedTakerFee'] : []),
  ];
  if (swept.length === 0) return;
  throw new UserError(
    `--param ${swept.join(' and ')}: markets are read by it, once for all tries`,
    'Run the backtest once for each value.',
  );
}
