import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  chooseTry,
  prepareData,
  SHORTEST_PART_MS,
  type SweepParameters,
  type SweepTry,
  type SweepVerdict,
  splitAt,
} from '@mexc-bot/backtest';
import { type Settings, suiteRoot, UserError } from '@mexc-bot/runtime';
import { type InputOptions, readInputs, settingsOf } from './inputs.ts';
import { runSweep } from './run-sweep.ts';
import { backtestSettings } from './settings.ts';

export interface SweepOptions extends InputOptions {
  readonly param: readonly SweepAxis[];
  /** share of the time that is chosen on */
  readonly chooseOn: number;
  readonly threads?: number;
  /** file that results are kept in */
  readonly out?: string;
}

/** One parameter and the values tried. */
export interface SweepAxis {
  readonly path: string;
  readonly values: readonly unknown[];
}

export interface SweepReport extends SweepVerdict {
  readonly split: number;
  /** of them were read from an earlier, unfinished sweep */
  readonly resumed: number;
  readonly tries: readonly SweepTry[];
}

/** `strategy.minGain=0.01,0.02`; values are JSON where they can be. @returns null: not of that form */
export function parseAxis(text: string): SweepAxis | null {
  const [, path, list] = /^([A-Za-z0-9_.]+)=(.+)$/.exec(text) ?? [];
  if (path === undefined || list === undefined) return null;
  return { path, values: list.split(',').map(jsonOrText) };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return text;
  }
}

/** The same try twice would count as another one. */
function refuseTwice(axes: readonly SweepAxis[]): void {
  const path = twiceIn(axes.map((axis) => axis.path));
  if (path !== undefined) throw new UserError(`--param ${path} is given twice`, 'List all its values in one.');
  for (const axis of axes) {
    const value = twiceIn(axis.values.map((each) => JSON.stringify(each)));
    if (value !== undefined) throw new UserError(`--param ${axis.path} has the value ${value} twice`);
  }
}

const twiceIn = (texts: readonly string[]): string | undefined =>
  texts.find((text, place) => texts.indexOf(text) !== place);

/** Every combination of the values. */
const combinations = (axes: readonly SweepAxis[]): SweepParameters[] =>
  axes.reduce<SweepParameters[]>(
    (found, { path, values }) => found.flatMap((each) => values.map((value) => ({ ...each, [path]: value }))),
    [{}],
  );

export async function sweep(
  options: SweepOptions,
  onProgress: (done: number, total: number) => void,
): Promise<SweepReport> {
  refuseTwice(options.param);
  const combos = combinations(options.param);
  const owners = ownersOf(options, combos);
  const { markets, timeframe, settings } = readInputs(options, owners[0]!, false);
  const data = prepareData(markets, timeframe, options.detail ?? null);
  const split = splitAt(data, settings, options.chooseOn);
  const last = settings.until ?? data.start + data.length * data.stepMs;
  if (split - (settings.from ?? data.start) < SHORTEST_PART_MS || last - split < SHORTEST_PART_MS) {
    throw new UserError(
      'the candles are too few to split',
      'Both parts need two days at least: give more, or change --choose-on.',
    );
  }
  const { mode, from, until, buysOnly } = settings;
  const all = owners.map((owner, i) => ({
    settings: backtestSettings(owner, { mode, from, until, buysOnly, keepDecisions: false }),
    parameters: combos[i]!,
  }));
  const keyOf = (job: (typeof all)[number]): string =>
    createHash('sha256')
      .update(JSON.stringify([job, split, timeframe, data.start, data.length, data.candles]))
      .digest('hex');
  const keys = new Map(all.map((job) => [JSON.stringify(job.parameters), keyOf(job)]));
  const kept = readKept(options.out);
  const todo = all.filter(({ parameters }) => !kept.has(keys.get(JSON.stringify(parameters))!));
  const resumed = all.length - todo.length;
  let done = resumed;
  onProgress(done, all.length);
  const ran = await runSweep(data, split, todo, options.threads ?? availableParallelism(), (result) => {
    done += 1;
    onProgress(done, all.length);
    if (options.out === undefined) return;
    const line = { key: keys.get(JSON.stringify(result.parameters)), result };
    appendFileSync(resolve(options.out), `${JSON.stringify(line)}\n`);
  });
  const found = new Map(ran.map((each) => [JSON.stringify(each.parameters), each]));
  const tries = all.map(
    ({ parameters }) => found.get(JSON.stringify(parameters)) ?? kept.get(keys.get(JSON.stringify(parameters))!)!,
  );
  return { split, resumed, tries, ...chooseTry(tries) };
}

/** The owner's settings with each combination in place, checked as a settings file is. */
function ownersOf(options: InputOptions, combos: readonly SweepParameters[]): Settings[] {
  settingsOf(options); // its own faults are told under its own name
  const path = options.settings ?? process.env.SETTINGS_FILE ?? 'settings.json';
  const file = resolve(options.settings === undefined ? suiteRoot() : '.', path);
  const base: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')) : {};
  const folder = mkdtempSync(join(tmpdir(), 'sweep-'));
  try {
    return combos.map((parameters) => {
      const changed = structuredClone(base) as Record<string, unknown>;
      for (const [name, value] of Object.entries(parameters)) place(changed, name.split('.'), value);
      const settings = join(folder, 'settings.json');
      writeFileSync(settings, JSON.stringify(changed));
      return settingsOf({ settings });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function place(into: Record<string, unknown>, [name, ...rest]: readonly string[], value: unknown): void {
  if (name === undefined) return;
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  const inner = into[name];
  const section = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  into[name] = section;
  place(section, rest, value);
}

/** Results of an earlier sweep by key; a line that was cut off while it was written is run again. */
function readKept(out: string | undefined): Map<string, SweepTry> {
  if (out === undefined || !existsSync(resolve(out))) return new Map();
  const lines = readFileSync(resolve(out), 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'));
  return new Map(
    lines.flatMap((line) => {
      const parsed = jsonOrText(line) as { readonly key?: string; readonly result?: SweepTry } | string;
      return typeof parsed === 'object' && parsed.key !== undefined && parsed.result !== undefined
        ? [[parsed.key, parsed.result] as const]
        : [];
    }),
  );
}
