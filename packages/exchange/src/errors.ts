import { BudgetRefused, type KeyFault, type Penalty } from '@mexc-bot/core';
import { type PlaceOutcome, QueryFailed, type RejectCode } from './port.ts';

/** An answer that is not a success. */
export interface ErrorAnswer {
  /** HTTP status */
  readonly status: number;
  /** MEXC's own code; null where the body has none: HTML, empty, cut off */
  readonly code: number | null;
  /** MEXC's words, or the start of the body */
  readonly text: string;
  /** ms of its own time until the exchange takes requests again, where it said so */
  readonly retryAfterMs?: number | null;
}

/**
 * A request that reached the network and did not succeed. `answer` is null where none came: time-out, dropped connection,
 * cut-off body. `cause` is ccxt's own error. What fails before the network is touched is never one of these.
 */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  readonly answer: ErrorAnswer | null;
  /** wall ms nothing is sent for; null where this did not hold anything back */
  readonly heldBackMs: number | null;

  constructor(answer: ErrorAnswer | null, cause: unknown, heldBackMs: number | null = null) {
    super(answer === null ? `no answer: ${messageOf(cause)}` : describe(answer), { cause: withoutSignature(cause) });
    this.answer = answer;
    this.heldBackMs = heldBackMs;
  }
}

/** What a MEXC code says: to a query, and to an order. */
interface Meaning {
  readonly query: QueryFailed['kind'];
  readonly order: RejectCode | 'unknown';
}

const MARKET: Meaning = { query: 'market', order: 'market_not_tradable' };
const FUNDS: Meaning = { query: 'other', order: 'insufficient_funds' };
const TOO_SMALL: Meaning = { query: 'other', order: 'below_minimum' };
const TOO_LARGE: Meaning = { query: 'other', order: 'above_maximum' };
const EMPTY_BOOK: Meaning = { query: 'other', order: 'no_liquidity' };
const ORDER_TYPE: Meaning = { query: 'other', order: 'order_type_not_allowed' };
const PRICE_RANGE: Meaning = { query: 'other', order: 'price_out_of_range' };
const RATE: Meaning = { query: 'rate_limited', order: 'rate_limited' };
const CLOCK: Meaning = { query: 'clock', order: 'clock' };
const KEY: Meaning = { query: 'key', order: 'key' };
const UNEXPECTED: Meaning = { query: 'other', order: 'unexpected' };
const OTHER: Meaning = { query: 'other', order: 'other' };
/** The exchange itself does not know how it ended. */
const TROUBLE: Meaning = { query: 'network', order: 'unknown' };

/** MEXC's documented codes and those its users met. A client library's classes are no guide: -2013 is a bare ExchangeError there. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  ...codes(MARKET, -1121, 10007, 26, 30000, 30001, 30014, 30016, 30020, 30021, 30027, 30028, 30032, 70011, 730001),
  ...codes(FUNDS, 30004, 30005, 10101, 2005),
  ...codes(TOO_SMALL, 30002, 88013),
  ...codes(TOO_LARGE, 30003),
  ...codes(EMPTY_BOOK, 30010, 30025),
  ...codes(ORDER_TYPE, 30018, 30019, 30041, 30051),
  ...codes(PRICE_RANGE, 30087),
  ...codes(RATE, 429, 510),
  ...codes(CLOCK, 700003),
  ...codes(KEY, 401, 402, 403, 406, 602, 10001, 10072, 60005, 140002, 700001, 700002, 700006, 700007),
  ...codes(UNEXPECTED, -1128, 400, 30026, 30029, 33333, 44444, 700004, 700005, 700008, 700013),
  ...codes(OTHER, -2013, -2011, 22222),
  ...codes(TROUBLE, 500, 501, 503, 504, 20002, 730000),
]);

function codes(meaning: Meaning, ...list: readonly number[]): [number, Meaning][] {
  return list.map((code) => [code, meaning]);
}

/** Texts that say more than the code they come with. */
const TEXTS: readonly (readonly [RegExp, Meaning])[] = [
  // an order with this id is there: perhaps ours, so it is looked up
  [/duplicate|repeated/i, { query: 'other', order: 'unknown' }],
  [/oversold|insufficient (position|balance)/i, FUNDS],
  [/market order is disabled/i, ORDER_TYPE],
  [/api[- ]?key (is )?required/i, KEY],
];

function meaningOf({ code, text }: ErrorAnswer): Meaning | undefined {
  if (code === null) return undefined;
  const known = MEANINGS.get(code);
  if (known === TROUBLE) return known;
  return TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? known;
}

/**
 * What a failed request says of our rate: HTTP 429 and 418, MEXC's code for them whatever the status, and the page of MEXC's
 * firewall, which is not JSON.
 */
export function penaltyOf(error: unknown): Penalty | null {
  if (!(error instanceof RequestFailed) || error.answer === null) return null;
  const { answer } = error;
  const retryAfterMs = answer.retryAfterMs ?? null;
  if (answer.status === 418) return { kind: 'banned', retryAfterMs };
  const isFirewall = answer.status === 403 && answer.code === null;
  const isRate = answer.status === 429 || isFirewall || meaningOf(answer)?.query === 'rate_limited';
  return isRate ? { kind: 'rate_limited', retryAfterMs } : null;
}

const KEY_FAULTS: ReadonlyMap<number, KeyFault> = new Map([
  ...keyCodes('invalid', 401, 402, 10001, 10072, 700001),
  ...keyCodes('signature', 602, 700002),
  ...keyCodes('ip_not_listed', 406, 700006),
  ...keyCodes('no_permission', 403, 700007),
  ...keyCodes('account', 60005, 70011, 140002),
]);

function keyCodes(fault: KeyFault, ...list: readonly number[]): [number, KeyFault][] {
  return list.map((code) => [code, fault]);
}

/**
 * @param error of a query that is about no market: about one, a ban of its pair is the market's
 * @returns what is wrong with the key; null where the failure does not say that anything is
 */
export function keyFaultOf(error: unknown): KeyFault | null {
  if (error instanceof QueryFailed) return keyFaultOf(error.cause);
  const code = definiteCode(error);
  const fault = code === null ? undefined : KEY_FAULTS.get(code);
  return queryKind(error) === 'key' || fault !== undefined ? (fault ?? 'invalid') : null;
}

/** 418 is the ban that follows ignored 429s; both are given before an order is looked at. */
const isRateLimit = (status: number): boolean => status === 429 || status === 418;

/** @param what the query, for the message */
export function toQueryFailed(what: string, error: unknown): QueryFailed {
  if (error instanceof QueryFailed) return error;
  const retryAfterMs = retryAfterOf(error);
  return new QueryFailed(queryKind(error), `${what}: ${messageOf(error)}`, {
    cause: error,
    ...(retryAfterMs !== null && { retryAfterMs }),
  });
}

function retryAfterOf(error: unknown): number | null {
  if (error instanceof BudgetRefused) return error.retryAfterMs;
  return error instanceof RequestFailed ? error.heldBackMs : null;
}

function queryKind(error: unknown): QueryFailed['kind'] {
  if (error instanceof BudgetRefused) return 'rate_limited';
  if (!(error instanceof RequestFailed)) return isCredentialError(error) ? 'key' : 'other';
  const { answer } = error;
  if (answer === null) return 'network';
  if (isRateLimit(answer.status)) return 'rate_limited';
  const meaning = meaningOf(answer);
  if (meaning !== undefined) return meaning.query;
  if (answer.code !== null && answer.status < 500) return 'other';
  return answer.status === 401 ? 'key' : 'network';
}

/**
 * What a failed `POST /order` says of the order. A rejection needs proof: the exchange's own code in an answer below HTTP 500, a
 * rate limit, or a failure before the request left. All else is `unknown`: HTTP 5xx means "execution status is UNKNOWN" (MEXC's
 * documentation), and behind a time-out, a proxy's page or an unreadable body the order may live.
 */
export function toPlaceOutcome(error: unknown): PlaceOutcome {
  const detail = messageOf(error);
  if (error instanceof BudgetRefused) {
    return {
      outcome: 'rejected',
      code: 'rate_limited',
      detail: `not sent: ${detail}`,
      retryAfterMs: error.retryAfterMs,
    };
  }
  if (!(error instanceof RequestFailed)) {
    return {
      outcome: 'rejected',
      code: isCredentialError(error) ? 'key' : 'unexpected',
      detail: `not sent: ${detail}`,
    };
  }
  const { answer } = error;
  if (answer === null || answer.status >= 500) return { outcome: 'unknown', detail };
  if (isRateLimit(answer.status)) return rejection('rate_limited', detail, error);
  const order = meaningOf(answer)?.order ?? (answer.code !== null && answer.status >= 400 ? 'unexpected' : 'unknown');
  return order === 'unknown' ? { outcome: 'unknown', detail } : rejection(order, detail, error);
}

function rejection(code: RejectCode, detail: string, error: RequestFailed): PlaceOutcome {
  const retryAfterMs = retryAfterOf(error);
  const keyFault = code === 'key' ? keyFaultOf(error) : null;
  return {
    outcome: 'rejected',
    code,
    detail,
    ...(retryAfterMs !== null && { retryAfterMs }),
    ...(keyFault !== null && { keyFault }),
  };
}

/** MEXC's codes for an order it does not know (-2013, on queries) or that is not open (-2011, on cancels). */
export const NO_SUCH_ORDER = -2013;
export const UNKNOWN_ORDER = -2011;
/** The exchange's clock and ours differ by more than the receive window. */
export const OUTSIDE_RECV_WINDOW = 700003;

/** @returns the exchange's code where it answered definitely, else null */
export function definiteCode(error: unknown): number | null {
  if (!(error instanceof RequestFailed) || error.answer === null || error.answer.status >= 500) return null;
  return error.answer.code;
}

/** ccxt throws this before sending where a key is missing. */
const isCredentialError = (error: unknown): boolean => error instanceof Error && error.name === 'AuthenticationError';

function describe({ status, code, text }: ErrorAnswer): string {
  return `HTTP ${status}${code === null ? '' : ` code ${code}`}: ${text === '' ? '(empty body)' : text}`;
}

const messageOf = (error: unknown): string => redact(error instanceof Error ? error.message : String(error));

const redact = (text: string): string => text.replaceAll(/signature=[0-9a-f]+/gi, 'signature=(hidden)');

/** ccxt puts the signed URL into its messages; logs print causes. */
function withoutSignature(cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause;
  cause.message = redact(cause.message);
  if (cause.stack !== undefined) cause.stack = redact(cause.stack);
  return cause;
}
