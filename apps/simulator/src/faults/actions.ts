import { z } from 'zod';

const seconds = z.number().min(0).max(604_800);
const share = z.number().min(0).max(1);
const httpStatus = z.int().min(200).max(599);

/** What an answer without a result looks like; body and headers as the real exchange or the web server before it sends them. */
const answerShape = {
  status: httpStatus,
  /** `json`: `{"code","msg"}`; `html`: an error page of the web server before the exchange */
  body: z.enum(['json', 'html']).default('json'),
  /** the JSON's code; the HTTP status unless given */
  code: z.int().optional(),
  msg: z.string().optional(),
  /** `Retry-After` header, whole seconds; left out: no such header */
  retryAfterSeconds: z.int().min(0).optional(),
};

/**
 * What may happen to a REST request. `seconds` are market seconds; `wallMs` is wall time, for that is what a client's time-out
 * counts.
 */
export const restActionSchema = z.discriminatedUnion('kind', [
  // before the exchange has seen the request: nothing happens there
  z.strictObject({ kind: z.literal('answer'), ...answerShape }),
  z.strictObject({
    kind: z.literal('error'),
    code: z.int().describe('one of MEXC’s codes; HTTP 400 unless `status` says otherwise'),
    msg: z.string().optional(),
    status: httpStatus.optional(),
  }),
  z.strictObject({ kind: z.literal('drop') }),
  z.strictObject({ kind: z.literal('hang'), wallMs: z.int().min(0).max(3_600_000).optional() }),
  z.strictObject({ kind: z.literal('slow'), wallMs: z.int().min(0).max(600_000) }),
  z.strictObject({ kind: z.literal('clock-skew'), ms: z.int().min(-86_400_000).max(86_400_000) }),
  // after the exchange has done what was asked: the answer is lost or another
  z.strictObject({ kind: z.literal('accept-then-drop') }),
  z.strictObject({ kind: z.literal('accept-then-hang'), wallMs: z.int().min(0).max(3_600_000).optional() }),
  z.strictObject({ kind: z.literal('accept-then-answer'), ...answerShape }),
  // orders
  z.strictObject({
    kind: z.literal('partial-fill'),
    share: share.describe('of what the book would fill'),
    rest: z.enum(['cancel', 'keep']).default('cancel'),
  }),
  z.strictObject({ kind: z.literal('no-liquidity') }),
  z.strictObject({ kind: z.literal('slow-fill'), seconds }),
  z.strictObject({ kind: z.literal('late-visibility'), seconds }),
  z.strictObject({ kind: z.literal('lost-client-id'), as: z.enum(['null', 'empty']).default('null') }),
  z.strictObject({ kind: z.literal('odd-order-id'), as: z.enum(['hex', 'C01', 'number']).default('hex') }),
  z.strictObject({ kind: z.literal('fill-before-cancel'), share: share.default(1) }),
  // account
  z.strictObject({ kind: z.literal('stale-balance'), seconds }),
  z.strictObject({ kind: z.literal('missing-trades'), seconds }),
  // market data
  z.strictObject({
    kind: z.literal('candles'),
    how: z.enum(['missing', 'flat', 'zero', 'unsorted', 'duplicate-edge', 'short', 'empty']),
    share: share.default(0.1).describe('of the rows; the same rows at every reading'),
  }),
  z.strictObject({ kind: z.literal('empty-book'), side: z.enum(['both', 'bids', 'asks']).default('both') }),
  z.strictObject({ kind: z.literal('null-volume') }),
  z.strictObject({ kind: z.literal('unknown-symbol'), symbol: z.string().regex(/^[A-Z0-9]{2,20}$/) }),
  z.strictObject({
    kind: z.literal('bad-price'),
    as: z.union([z.enum(['zero', 'empty', 'null', 'nan']), z.number().positive()]).describe('a number multiplies'),
  }),
]);
export type RestAction = z.output<typeof restActionSchema>;

/** What may happen to a stream; `seconds` are market seconds. */
export const wsActionSchema = z.discriminatedUnion('kind', [
  /** the connection is cut without a close frame */
  z.strictObject({ kind: z.literal('drop') }),
  /** the connection is closed properly */
  z.strictObject({ kind: z.literal('close'), code: z.int().min(1000).max(4999).default(1006) }),
  /** half-open: the connection stays, nothing comes for so long (without `seconds`: ever); `pongs` go on or not */
  z.strictObject({ kind: z.literal('silence'), seconds: seconds.optional(), pongs: z.boolean().default(true) }),
  /** the subscription is answered with "Not Subscribed successfully! […].  Reason： Blocked! " */
  z.strictObject({ kind: z.literal('blocked') }),
  z.strictObject({ kind: z.literal('invalid-listen-key') }),
  /** this push is lost */
  z.strictObject({ kind: z.literal('lose') }),
  /** this push comes later */
  z.strictObject({ kind: z.literal('delay'), seconds }),
  /** a private push comes before the answer to the request that caused it, not after */
  z.strictObject({ kind: z.literal('early') }),
  z.strictObject({ kind: z.literal('duplicate') }),
  /** this push comes after the next one of its topic */
  z.strictObject({ kind: z.literal('reorder') }),
  /** a depth topic's version jumps */
  z.strictObject({ kind: z.literal('version-gap') }),
  /** the price is wrong */
  z.strictObject({
    kind: z.literal('bad-price'),
    as: z.union([z.enum(['zero', 'empty', 'nan']), z.number().positive()]),
  }),
]);
export type WsAction = z.output<typeof wsActionSchema>;
