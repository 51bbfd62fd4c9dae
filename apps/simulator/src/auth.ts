import { createHmac, timingSafeEqual } from 'node:crypto';
import { type ExchangeError, REFUSED } from './exchange-error.ts';
import type { MarketClock } from './market-clock.ts';

const DEFAULT_RECV_WINDOW_MS = 5_000;
const MAX_RECV_WINDOW_MS = 60_000;
/** A request may come from this little in the future. */
const AHEAD_MS = 1_000;

/** A request as it arrived, text untouched: signatures are made over the text. */
export interface RawRequest {
  readonly apiKey: string | undefined;
  /** without the question mark */
  readonly query: string;
  readonly body: string;
}

/** Lower-case hex HMAC-SHA256 of the query string immediately followed by the body. */
export function sign(secret: string, totalParams: string): string {
  return createHmac('sha256', secret).update(totalParams).digest('hex');
}

/** What the signature is over: everything but the signature itself. */
export function signedText(query: string, body: string): string {
  const without = (text: string): string =>
    text
      .split('&')
      .filter((pair) => !pair.startsWith('signature='))
      .join('&');
  return without(query) + (body.startsWith('{') ? body : without(body));
}

/** Parameters of query and body; the query wins where both have one. @returns null for a body that cannot be read */
export function parametersOf(query: string, body: string): ReadonlyMap<string, string> | null {
  const parameters = new Map<string, string>();
  if (body.startsWith('{')) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(body);
    } catch {
      return null;
    }
    for (const [name, value] of Object.entries(parsed as object)) {
      if (value !== null && value !== undefined) parameters.set(name, String(value));
    }
  } else for (const [name, value] of new URLSearchParams(body)) parameters.set(name, value);
  for (const [name, value] of new URLSearchParams(query)) parameters.set(name, value);
  return parameters;
}

/**
 * Judges key, signature and time of a signed request. Time windows count wall time: at ×300 five seconds of the market are 17 ms
 * of the client's, and no connection is that quick.
 *
 * @param skewMs how far the exchange's clock is off, market ms
 * @returns null when it may pass
 */
export function authRefusal(
  request: RawRequest,
  parameters: ReadonlyMap<string, string>,
  secretOf: (apiKey: string) => string | undefined,
  clock: MarketClock,
  skewMs = 0,
): ExchangeError | null {
  if (!request.apiKey) return REFUSED.apiKeyRequired();
  const secret = secretOf(request.apiKey);
  if (secret === undefined) return REFUSED.unknownApiKey();

  const timestamp = wholeNumber(parameters.get('timestamp'));
  const given = parameters.get('signature');
  if (timestamp === null) return REFUSED.missing('timestamp');
  if (!given) return REFUSED.missing('signature');
  const expected = Buffer.from(sign(secret, signedText(request.query, request.body)));
  const actual = Buffer.from(given);
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return REFUSED.badSignature();

  const asked = parameters.get('recvWindow');
  const recvWindow = asked === undefined ? DEFAULT_RECV_WINDOW_MS : wholeNumber(asked);
  if (recvWindow === null) return REFUSED.missing('recvWindow');
  if (recvWindow > MAX_RECV_WINDOW_MS) return REFUSED.recvWindowTooLarge();
  const lateMs = (clock.now() + skewMs - timestamp) / clock.speed;
  return lateMs <= recvWindow && -lateMs < AHEAD_MS ? null : REFUSED.outsideRecvWindow();
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
