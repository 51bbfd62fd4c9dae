import type { Secrets } from '../settings/secrets.ts';

const HIDDEN = '[redacted]';
// a shorter "secret" is none, and would blacken half of every line
const SHORTEST_SECRET = 6;

/** What gives access even where the secret itself is not known: signatures, keys in headers, listen keys, bot URLs. */
const PATTERNS: readonly RegExp[] = [
  /(\bsignature[\\"']*\s*[:=][\\"'\s]*)[0-9a-f]{16,}/gi,
  /(\bx-mexc-apikey[\\"']*\s*[:=,][\\"'\s]*)[\w-]+/gi,
  /(\blistenKey[\\"']*\s*[:=][\\"'\s]*)[\w-]+/gi,
  /(\/bot)\d+:[\w-]+/g,
];

/** @returns a function that takes the secrets out of a text, in whichever spelling they stand there */
export function createRedactor(secrets: Partial<Secrets> = {}): (text: string) => string {
  const spellings = [secrets.mexcApiKey, secrets.mexcApiSecret, secrets.telegramBotToken]
    .filter((secret): secret is string => typeof secret === 'string' && secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  const known = [...new Set(spellings)].sort((a, b) => b.length - a.length);

  return (text) => {
    let redacted = text;
    for (const secret of known) redacted = redacted.replaceAll(secret, HIDDEN);
    for (const pattern of PATTERNS) redacted = redacted.replace(pattern, `$1${HIDDEN}`);
    return redacted;
  };
}
