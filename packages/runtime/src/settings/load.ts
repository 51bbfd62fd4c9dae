import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { crossFaults } from './cross-checks.ts';
import { type FieldPath, pathText } from './describe-field.ts';
import { faultsOf, SettingsError, type SettingsFault, shownValue, valueAt } from './faults.ts';
import { jsonFault } from './json-position.ts';
import { type SettingsValues, settingsSchema } from './schema.ts';
import { type Environment, misspeltVariables, readSecrets, type Secrets, secretsIn, variable } from './secrets.ts';

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** What every process runs by. Frozen; all paths are absolute. */
export type Settings = DeepReadonly<Omit<SettingsValues, '$schema'>> & {
  readonly secrets: Secrets;
  /** `exchange.venue` decided: MEXC when there is a key, else the simulator */
  readonly venue: 'mexc' | 'simulator';
  /** the suite's own folder */
  readonly root: string;
  /** what is odd, yet no reason to stop */
  readonly warnings: readonly string[];
};

/** A change of what the settings file says, before it is checked. */
export interface SettingsEdit {
  /** what its faults are told of, in place of the file */
  readonly name: string;
  change(content: unknown): unknown;
}

/** The folder that holds `settings.json`, `data` and `apps`; the same number of steps up from `src` and from `dist`. */
export const suiteRoot = (): string => resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');

/**
 * Reads `.env` (what is set in `env`, and not empty, wins over it) and `settings.json`, and checks all of it.
 *
 * @param options.root the folder both files are read from, and relative paths start at; the suite's own unless given
 * @throws {SettingsError} with every fault
 */
export function loadSettings(
  env: Environment,
  options: { readonly root?: string; readonly edit?: SettingsEdit } = {},
): Settings {
  const { edit } = options;
  const root = resolve(options.root ?? suiteRoot());
  const envPath = resolve(root, '.env');
  const envFile = readEnvFile(envPath);
  const variables = variablesOf(envFile, env);
  const { secrets, faults: secretFaults } = readSecrets(variables);
  const secretValues = [secrets.mexcApiKey, secrets.mexcApiSecret, secrets.telegramBotToken].filter((s) => s !== null);

  const settingsPath = resolve(root, variable(variables, 'SETTINGS_FILE') ?? 'settings.json');
  const file = readSettingsFile(settingsPath, variable(variables, 'SETTINGS_FILE') !== null);
  const checked = check(edit === undefined ? file.content : edit.change(file.content), variables, secretValues);

  const faults = [...misspeltVariables(envFile), ...secretFaults, ...file.faults, ...checked.faults];
  if (faults.length > 0) throw new SettingsError(edit?.name ?? settingsPath, faults);

  const { $schema: _, ...values } = checked.values;
  const venue =
    values.exchange.venue === 'auto' ? (secrets.mexcApiKey === null ? 'simulator' : 'mexc') : values.exchange.venue;
  const { dataFolder, faultPlan } = values.simulator;
  return deepFreeze({
    ...values,
    database: resolve(root, values.database),
    universe: { ...values.universe, ...namedMarkets(values.universe) },
    simulator: {
      ...values.simulator,
      dataFolder: dataFolder === null ? null : resolve(root, dataFolder),
      faultPlan: faultPlan === null ? null : resolve(root, faultPlan),
      stateFolder: resolve(root, values.simulator.stateFolder),
    },
    collect: { ...values.collect, csvFolder: resolve(root, values.collect.csvFolder) },
    // what was learnt from a simulated market is not asked about a real one
    ai: { ...values.ai, folder: `${resolve(root, values.ai.folder)}${venue === 'simulator' ? '-simulator' : ''}` },
    log: { ...values.log, folder: resolve(root, values.log.folder) },
    secrets,
    venue,
    root,
    warnings: warningsAbout(envPath, venue, variables),
  });
}

/** As the exchange spells them: a protection that is spelt otherwise would protect from nothing. */
function namedMarkets({ quote, excludedBases, blocklist }: SettingsValues['universe']) {
  return {
    excludedBases: [...new Set([...excludedBases, ...excludedBases.map((base) => base.toUpperCase())])],
    blocklist: blocklist.map((name) => (name.endsWith(quote) ? name : `${name}${quote}`)),
  };
}

/**
 * Where the books are, also while the settings have a fault: what must work then (a stop, a pause) needs no more than this.
 *
 * @returns `fault`: what is wrong with the settings, and the path is the one that can be made out; null: nothing is
 */
export function findDatabase(
  env: Environment,
  options: { readonly root?: string } = {},
): { readonly path: string; readonly fault: SettingsError | null } {
  try {
    return { path: loadSettings(env, options).database, fault: null };
  } catch (fault) {
    if (!(fault instanceof SettingsError)) throw fault;
    const root = resolve(options.root ?? suiteRoot());
    const variables = variablesOf(
      orElse({}, () => readEnvFile(resolve(root, '.env'))),
      env,
    );
    const file = resolve(root, variable(variables, 'SETTINGS_FILE') ?? 'settings.json');
    const named = variable(variables, 'DATABASE') ?? orElse(null, () => databaseIn(readText(file)));
    return { path: resolve(root, named ?? settingsSchema.shape.database.parse(undefined)), fault };
  }
}

/** The value of `database` in a text that need not be JSON as a whole. */
function databaseIn(text: string): string | null {
  const value = orElse(undefined, () => (JSON.parse(text) as { readonly database?: unknown }).database);
  if (typeof value === 'string' && value !== '') return value;
  const found = /"database"\s*:\s*("(?:[^"\\]|\\.)+")/.exec(text)?.[1];
  return found === undefined ? null : (JSON.parse(found) as string);
}

function orElse<T>(fallback: T, attempt: () => T): T {
  try {
    return attempt();
  } catch {
    return fallback;
  }
}

const readEnvFile = (path: string): Environment => (existsSync(path) ? parseEnv(readText(path)) : {});

const variablesOf = (envFile: Environment, env: Environment): Environment => ({
  ...envFile,
  ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')),
});

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SettingsError(path, [{ path, problem: `cannot be read: ${(cause as Error).message}` }]);
  }
}

function readSettingsFile(path: string, named: boolean): { content: unknown; faults: SettingsFault[] } {
  if (!existsSync(path)) {
    const fault = { path: 'SETTINGS_FILE', value: JSON.stringify(path), problem: 'must name a file that exists' };
    return { content: {}, faults: named ? [fault] : [] };
  }
  const text = readText(path).replace(/^\uFEFF/, ''); // some editors begin a file with a byte order mark
  try {
    return { content: JSON.parse(text), faults: [] };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const place = jsonFault(text);
    const where = place === null ? '' : ` at line ${place.line}, column ${place.column}`;
    return {
      content: {},
      faults: [{ path, problem: `is not valid JSON${where} (no comments, no comma after the last entry)` }],
    };
  }
}

/** Parses the content; where parts of it are wrong, the rest is still checked, with defaults in their place. */
function check(
  content: unknown,
  variables: Environment,
  secretValues: readonly string[],
): { values: SettingsValues; faults: SettingsFault[] } {
  const faults: SettingsFault[] = [];
  const wrong: string[] = [];
  let input: unknown = content;

  for (const secret of secretsIn(input)) {
    faults.push({ path: pathText(secret.path), problem: `is a secret: write it to .env as ${secret.variable}=...` });
    input = without(input, secret.path);
  }
  const overridden = withVariables(input, variables);
  input = overridden.content;

  const parsed = settingsSchema.safeParse(input);
  const found = parsed.success ? [] : faultsOf(parsed.error, input, secretValues);
  for (const { path, fault } of found) {
    const origin = overridden.origins.get(fault.path);
    faults.push(origin === undefined ? fault : { ...fault, path: `${origin} (environment)` });
    wrong.push(pathText(path));
    input = without(input, path);
  }

  const values = parsed.success ? parsed.data : settingsSchema.parse(input);
  for (const { path, problem, involves } of crossFaults(values)) {
    const name = pathText(path);
    const builtOnWrong = [name, ...involves].some((used) =>
      wrong.some((bad) => used.startsWith(bad) || bad.startsWith(used)),
    );
    if (!builtOnWrong) faults.push({ path: name, value: shownValue(valueAt(values, path), secretValues), problem });
  }
  return { values, faults };
}

const OVERRIDES = [
  { name: 'SIM_DATA', path: ['simulator', 'dataFolder'], kind: 'text' },
  { name: 'SIM_SPEED', path: ['simulator', 'speed'], kind: 'number' },
  { name: 'SIM_SEED', path: ['simulator', 'seed'], kind: 'number' },
  { name: 'SIM_PORT', path: ['simulator', 'port'], kind: 'number' },
  { name: 'SIM_FAULTS', path: ['simulator', 'faultPlan'], kind: 'text' },
  { name: 'SIM_KEEP_STATE', path: ['simulator', 'keepState'], kind: 'flag' },
  { name: 'DATABASE', path: ['database'], kind: 'text' },
  { name: 'TELEGRAM_API_ROOT', path: ['telegram', 'apiRoot'], kind: 'text' },
] as const;

const FLAGS: Readonly<Record<string, boolean | undefined>> = { true: true, false: false };

/** As JSON would have it; what is no number or flag stays text, for the schema to complain about. */
function settingFrom(text: string, kind: (typeof OVERRIDES)[number]['kind']): unknown {
  if (kind === 'number' && Number.isFinite(Number(text))) return Number(text);
  return kind === 'flag' ? (FLAGS[text] ?? text) : text;
}

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withVariables(content: unknown, variables: Environment): { content: unknown; origins: Map<string, string> } {
  const origins = new Map<string, string>();
  let result = content;
  for (const { name, path, kind } of OVERRIDES) {
    const text = variable(variables, name);
    if (text === null || !isSection(result)) continue;
    const value = settingFrom(text, kind);
    const [first, second] = path;
    if (second === undefined) result = { ...result, [first]: value };
    else {
      const parent = result[first] ?? {};
      if (!isSection(parent)) continue;
      result = { ...result, [first]: { ...parent, [second]: value } };
    }
    origins.set(pathText(path), name);
  }
  return { content: result, origins };
}

/** A copy without the key at `path`; an element of a list takes the list along, so that the others keep their places. */
function without(content: unknown, path: FieldPath): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return {};
  if (!isSection(content)) return content;
  const { [String(key)]: child, ...others } = content;
  if (rest.length === 0 || typeof rest[0] === 'number' || !isSection(child)) return others;
  return { ...others, [String(key)]: without(child, rest) };
}

function warningsAbout(envPath: string, venue: 'mexc' | 'simulator', variables: Environment): string[] {
  const warnings: string[] = [];
  if (process.platform !== 'win32' && existsSync(envPath) && (statSync(envPath).mode & 0o077) !== 0) {
    warnings.push(`${envPath} can be read by other users of this machine: chmod 600 ${envPath}`);
  }
  if (venue === 'mexc' && variable(variables, 'SIM_DATA') !== null) {
    warnings.push(
      'SIM_DATA is ignored: the exchange is MEXC (set exchange.venue to "simulator" to play recorded candles)',
    );
  }
  return warnings;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
