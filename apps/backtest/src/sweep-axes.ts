import type { SweepParameters } from '@mexc-bot/backtest';
import { type Settings, UserError } from '@mexc-bot/runtime';
import { type InputOptions, settingsOf } from './inputs.ts';

/** One parameter and the values tried. */
export interface SweepAxis {
  readonly path: string;
  readonly values: readonly unknown[];
}

/**
 * `strategy.minGain=0.01,0.02`; values are JSON where they can be, lists among them: `universe.blocklist=[],["AUSDT","BUSDT"]`.
 *
 * @returns null: not of that form
 */
export function parseAxis(text: string): SweepAxis | null {
  const [, path, list] = /^([A-Za-z0-9_.]+)=(.+)$/.exec(text) ?? [];
  if (path === undefined || list === undefined) return null;
  const all = parsed(`[${list}]`);
  return { path, values: (all?.value as unknown[]) ?? list.split(',').map((each) => orText(each)) };
}

/** What a list holds that is not JSON as a whole: words without quotes among numbers. */
function orText(text: string): unknown {
  const json = parsed(text);
  return json === null ? text : json.value;
}

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

/** The same try twice would count as another one. @throws {UserError} */
export function refuseTwice(axes: readonly SweepAxis[]): void {
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
export const combinations = (axes: readonly SweepAxis[]): SweepParameters[] =>
  axes.reduce<SweepParameters[]>(
    (found, { path, values }) => found.flatMap((each) => values.map((value) => ({ ...each, [path]: value }))),
    [{}],
  );

/** `strategy.minGain=0.01 position.trailFrom=0.02` */
export const namedParameters = (parameters: SweepParameters): string =>
  Object.entries(parameters)
    .map(([path, value]) => `${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');

/** The owner's settings with a combination in place, checked as a settings file is. @throws {SettingsError} naming it */
export const settingsWith = (options: InputOptions, parameters: SweepParameters): Settings =>
  settingsOf(options, {
    name: `--param ${namedParameters(parameters)}`,
    change: (content) =>
      Object.entries(parameters).reduce((changed, [path, value]) => placed(changed, path.split('.'), value), content),
  });

function placed(content: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const section = typeof content === 'object' && content !== null && !Array.isArray(content) ? content : {};
  const inner = Object.entries(section).find(([key]) => key === name)?.[1];
  return { ...section, [name]: placed(inner, rest, value) };
}
