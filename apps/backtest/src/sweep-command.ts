import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import {
  chooseTry,
  idleParameters,
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
  const { mode, from, until } = settings;
  const all = owners.map((owner, i) => ({
    settings: backtestSettings(owner, { mode, from, until, keepDecisions: false }),
    parameters: combos[i]!,
  }));
  for (const each of all) refuseUnreachable(each.settings, tickerReach(data, each.settings));
  const results = openResults(out);
  // reading all candles once more is worth it only where results are kept
  const fingerprint = out === null ? '' : fingerprintOf(data);
  const keyOf = (job: (typeof all)[number]): string =>
    createHash('sha256')
      .update(JSON.stringify([fingerprint, split, job]))
      .digest('hex');
  const keys = all.map(keyOf);
  const found = new Map<number, SweepTry>();
  for (const [i, key] of keys.entries()) {
    const kept = results.kept(key);
    if (kept !== undefined) found.set(i, kept);
  }
  const resumed = found.size;
  const todo = [...all.keys()].filter((i) => !found.has(i));
  let done = resumed;
  onProgress(done, all.length);
  const jobs = todo.map((i) => all[i]!);
  await runSweep(data, split, jobs, options.threads ?? availableParallelism(), (job, result) => {
    const i = todo[job]!;
    found.set(i, result);
    results.keep(keys[i]!, result);
    done += 1;
    onProgress(done, all.length);
  });
  const tries = [...all.keys()].map((i) => found.get(i)!);
  const warnings = idleParameters(tries).map(
    (path) => `${path} changed nothing in any try: a backtest does not look at it, or these candles never came to it.`,
  );
  return { split, resumed, tries, ...chooseTry(tries), warnings };
}

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
