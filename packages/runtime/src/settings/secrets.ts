import type { FieldPath } from './describe-field.ts';
import { didYouMean } from './did-you-mean.ts';
import type { SettingsFault } from './faults.ts';

/** What only `.env` or the environment may hold. */
export interface Secrets {
  readonly mexcApiKey: string | null;
  readonly mexcApiSecret: string | null;
  readonly telegramBotToken: string | null;
  readonly telegramAllowedIds: readonly number[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_NAMES = ['MEXC_API_KEY', 'MEXC_API_SECRET', 'TELEGRAM_BOT_TOKEN', 'TELEGRAM_ALLOWED_IDS'] as const;
const OTHER_NAMES = [
  'SIM_DATA',
  'SIM_SPEED',
  'SIM_SEED',
  'SIM_PORT',
  'SIM_FAULTS',
  'SIM_KEEP_STATE',
  'DATABASE',
  'SETTINGS_FILE',
  'TELEGRAM_API_ROOT',
] as const;

/** @returns the variable without surrounding space; null when it is not set or empty */
export function variable(
  env: Environment,
  name: (typeof SECRET_NAMES)[number] | (typeof OTHER_NAMES)[number],
): string | null {
  const value = env[name]?.trim() ?? '';
  return value === '' ? null : value;
}

export function readSecrets(env: Environment): {
  readonly secrets: Secrets;
  readonly faults: readonly SettingsFault[];
} {
  const faults: SettingsFault[] = [];
  const mexcApiKey = variable(env, 'MEXC_API_KEY');
  const mexcApiSecret = variable(env, 'MEXC_API_SECRET');
  if (mexcApiKey !== null && mexcApiSecret === null) {
    faults.push({
      path: 'MEXC_API_SECRET',
      problem: 'is missing in .env: MEXC_API_KEY is set, and one is of no use without the other',
    });
  }
  if (mexcApiKey === null && mexcApiSecret !== null) {
    faults.push({
      path: 'MEXC_API_KEY',
      problem: 'is missing in .env: MEXC_API_SECRET is set, and one is of no use without the other',
    });
  }

  const ids = (variable(env, 'TELEGRAM_ALLOWED_IDS') ?? '').split(/[\s,;]+/).filter((id) => id !== '');
  const telegramAllowedIds = ids.map(Number);
  telegramAllowedIds.forEach((id, index) => {
    if (Number.isSafeInteger(id) && id !== 0) return;
    faults.push({
      path: 'TELEGRAM_ALLOWED_IDS',
      problem: `entry ${index + 1} is no numeric chat or user id; must be whole numbers with commas between: 123456789,-1001234567890`,
    });
  });
  const telegramBotToken = variable(env, 'TELEGRAM_BOT_TOKEN');
  return { secrets: { mexcApiKey, mexcApiSecret, telegramBotToken, telegramAllowedIds }, faults };
}

/** Names in `.env` that look like one of the suite's, and are none. */
export function misspeltVariables(envFile: Environment): SettingsFault[] {
  const known: readonly string[] = [...SECRET_NAMES, ...OTHER_NAMES];
  return Object.keys(envFile)
    .filter((name) => !known.includes(name) && /^(MEXC|TELEGRAM|SIM)_/.test(name))
    .map((name) => {
      const meant = didYouMean(name, known);
      return { path: name, problem: `is unknown in .env${meant === null ? '' : `; did you mean \`${meant}\`?`}` };
    });
}

/** How people call the secrets, in letters and digits alone. */
const SECRET_KEYS: ReadonlyMap<string, (typeof SECRET_NAMES)[number]> = new Map([
  ['mexcapikey', 'MEXC_API_KEY'],
  ['apikey', 'MEXC_API_KEY'],
  ['accesskey', 'MEXC_API_KEY'],
  ['mexcapisecret', 'MEXC_API_SECRET'],
  ['apisecret', 'MEXC_API_SECRET'],
  ['secretkey', 'MEXC_API_SECRET'],
  ['secret', 'MEXC_API_SECRET'],
  ['telegrambottoken', 'TELEGRAM_BOT_TOKEN'],
  ['telegramtoken', 'TELEGRAM_BOT_TOKEN'],
  ['bottoken', 'TELEGRAM_BOT_TOKEN'],
  ['token', 'TELEGRAM_BOT_TOKEN'],
  ['telegramallowedids', 'TELEGRAM_ALLOWED_IDS'],
]);

/** @returns where in the content of `settings.json` a secret stands, and the variable it should be */
export function secretsIn(content: unknown, path: FieldPath = []): { path: FieldPath; variable: string }[] {
  if (typeof content !== 'object' || content === null) return [];
  return Object.entries(content).flatMap(([key, value]) => {
    const secret = SECRET_KEYS.get(key.toLowerCase().replace(/[^a-z0-9]/g, ''));
    return secret === undefined ? secretsIn(value, [...path, key]) : [{ path: [...path, key], variable: secret }];
  });
}
