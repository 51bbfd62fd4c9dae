import type { FaultPlanInput } from '../../apps/simulator/src/faults/plan.ts';
import type { MarketScript } from './market.ts';
import type { Random } from './random.ts';

type Rule = NonNullable<FaultPlanInput['faults']>[number];
type Action = Extract<Rule, { request: unknown }>['do'];

const ORDER = 'POST /api/v3/order';
const LOOKUP = 'GET /api/v3/order';
const TRADES = 'GET /api/v3/myTrades';
const ACCOUNT = 'GET /api/v3/account';
const QUOTES = 'GET /api/v3/ticker/bookTicker';
const TICKERS = 'GET /api/v3/ticker/24hr';
const KLINES = 'GET /api/v3/klines';
const DEPTH = 'GET /api/v3/depth';
const TIME = 'GET /api/v3/time';
const LISTS = ['GET /api/v3/openOrders', 'GET /api/v3/allOrders'];

const answer = (status: number, body: 'json' | 'html', more: object = {}): Action => ({
  kind: 'answer',
  status,
  body,
  ...more,
});

/** Refusals, by what they are about: the market, the order, or neither. */
const MARKET_CODES = [30000, 30001, 30014, 30016, 30019, 30020, 30021, 30027, 30028, 30041, 30051, 10007, 26, -1121];
const ORDER_CODES = [30002, 30003, 30004, 30005, 30010, 30018, 30025, 30029, 30032, 30087, 10101, 22222, 400];
const OTHER_CODES = [602, 700001, 700002, 700004, 700005, 700008, 700013, 70011, 33333, 44444, 99999];

/** Every way a request can go wrong, with the endpoints it is about. */
const MENU: readonly ((random: Random) => { readonly request: string | string[]; readonly do: Action })[] = [
  // the order exists, and its sender does not know
  () => ({ request: ORDER, do: { kind: 'accept-then-drop' } }),
  () => ({ request: ORDER, do: { kind: 'accept-then-hang' } }),
  (r) => ({
    request: ORDER,
    do: { kind: 'accept-then-answer', status: r.pick([500, 502, 503, 504]), body: r.pick(['json', 'html']) },
  }),
  () => ({ request: ORDER, do: { kind: 'accept-then-answer', status: 200, body: 'html' } }),
  // the order does not exist, and its sender does not know
  () => ({ request: ORDER, do: { kind: 'drop' } }),
  () => ({ request: ORDER, do: { kind: 'hang' } }),
  (r) => ({ request: ORDER, do: answer(r.pick([500, 503, 504]), r.pick(['json', 'html'])) }),
  // refusals
  (r) => ({ request: ORDER, do: { kind: 'error', code: r.pick(MARKET_CODES) } }),
  (r) => ({ request: ORDER, do: { kind: 'error', code: r.pick(ORDER_CODES) } }),
  (r) => ({ request: ORDER, do: { kind: 'error', code: r.pick(OTHER_CODES) } }),
  () => ({ request: ORDER, do: answer(403, 'html') }),
  () => ({ request: ORDER, do: { kind: 'error', code: -2010 } }),
  // fills
  (r) => ({ request: ORDER, do: { kind: 'partial-fill', share: r.pick([0.1, 0.3, 0.5, 0.9]), rest: 'cancel' } }),
  () => ({ request: ORDER, do: { kind: 'no-liquidity' } }),
  (r) => ({ request: ORDER, do: { kind: 'slow-fill', seconds: r.pick([0.5, 3, 12]) } }),
  (r) => ({ request: ORDER, do: { kind: 'late-visibility', seconds: r.pick([0.5, 2, 10]) } }),
  (r) => ({ request: ORDER, do: { kind: 'lost-client-id', as: r.pick(['null', 'empty']) } }),
  (r) => ({ request: ORDER, do: { kind: 'odd-order-id', as: r.pick(['hex', 'C01', 'number']) } }),
  // looking things up
  () => ({ request: LOOKUP, do: { kind: 'error', code: -2013 } }),
  (r) => ({ request: LOOKUP, do: answer(r.pick([500, 503]), r.pick(['json', 'html'])) }),
  (r) => ({ request: LOOKUP, do: r.pick([{ kind: 'drop' }, { kind: 'hang' }] as const) }),
  (r) => ({ request: TRADES, do: { kind: 'missing-trades', seconds: r.pick([1, 5, 20]) } }),
  (r) => ({ request: TRADES, do: r.pick([answer(500, 'json'), { kind: 'drop' } as const]) }),
  (r) => ({ request: LISTS, do: r.pick([answer(500, 'json'), { kind: 'hang' } as const]) }),
  (r) => ({ request: ACCOUNT, do: { kind: 'stale-balance', seconds: r.pick([1, 4]) } }),
  (r) => ({ request: ACCOUNT, do: r.pick([answer(500, 'json'), answer(200, 'html'), { kind: 'hang' } as const]) }),
  // market data
  (r) => ({
    request: QUOTES,
    do: { kind: 'bad-price', as: r.pick(['zero', 'empty', 'null', 'nan', 1000, 0.01, 0.2, 3] as const) },
  }),
  (r) => ({ request: QUOTES, do: r.pick([answer(500, 'html'), { kind: 'hang' } as const, { kind: 'drop' } as const]) }),
  (r) => ({
    request: TICKERS,
    do: r.pick([
      { kind: 'unknown-symbol', symbol: 'NEWUSDT' } as const,
      { kind: 'null-volume' } as const,
      { kind: 'bad-price', as: 1000 } as const,
      answer(503, 'html'),
    ]),
  }),
  (r) => ({
    request: KLINES,
    do: { kind: 'candles', how: r.pick(['missing', 'flat', 'zero', 'unsorted', 'duplicate-edge', 'short', 'empty']) },
  }),
  (r) => ({
    request: DEPTH,
    do: r.pick([
      { kind: 'empty-book', side: r.pick(['both', 'bids', 'asks']) } as const,
      { kind: 'drop' } as const,
      answer(500, 'json'),
    ]),
  }),
  (r) => ({ request: TIME, do: r.pick([{ kind: 'drop' } as const, answer(500, 'html')]) }),
  // rates, clock, key
  (r) => ({
    request: r.pick(['signed', 'public', ORDER]),
    do: answer(429, 'json', { retryAfterSeconds: r.pick([1, 3, 8]) }),
  }),
  () => ({ request: 'public', do: answer(429, 'html') }),
  (r) => ({ request: 'signed', do: answer(418, 'json', { retryAfterSeconds: r.pick([5, 12]) }) }),
  (r) => ({ request: 'signed', do: { kind: 'clock-skew', ms: r.pick([-20_000, 20_000, 3_000]) } }),
  (r) => ({ request: 'signed', do: { kind: 'error', code: r.pick([10072, 700006, 700007]) } }),
  () => ({ request: ORDER, do: { kind: 'error', code: 700007 } }),
];

/** Some faults at once, each for a while or a few times; all over before the calm. */
export function restFaultMenu(random: Random, markets: readonly MarketScript[], activeMs: number): Rule[] {
  const rules = random.pick([1, 2, 3, 4, 6, 8]);
  return Array.from({ length: rules }, (): Rule => {
    const { request, do: action } = random.pick(MENU)(random);
    const from = random.chance(0.5) ? 0 : random.whole(2_000, activeMs - 8_000);
    const always = random.chance(0.4);
    return {
      request,
      from: `+${from}ms`,
      to: `+${Math.min(activeMs, from + random.pick([4_000, 10_000, 25_000, 60_000]))}ms`,
      ...(random.chance(0.2) && request !== QUOTES && { symbol: random.pick(markets).symbol }),
      ...(always ? {} : random.chance(0.5) ? { probability: random.pick([0.2, 0.5]) } : { times: random.whole(1, 3) }),
      do: action,
    };
  });
}

/** Faults that belong together, and what else a run needs for them to bite. */
export interface Theme {
  readonly rules: Rule[];
  /** prices come by REST alone */
  readonly withoutStream?: true;
  /** wall minutes between two reconciliations */
  readonly reconcileEvery?: number;
}

const THEMES: readonly ((random: Random, window: { from: string; to: string }) => Theme)[] = [
  // the account cannot be read, or not believed
  (r, w) => ({ rules: [{ ...w, request: ACCOUNT, do: r.pick([answer(500, 'json'), { kind: 'hang' } as const]) }] }),
  (r) => ({
    rules: [{ request: ACCOUNT, do: { kind: 'stale-balance', seconds: r.pick([3, 5]) } }],
    reconcileEvery: 0.1,
  }),
  // fills are there, and are not told yet
  (r, w) => ({ rules: [{ ...w, request: TRADES, do: { kind: 'missing-trades', seconds: r.pick([4, 15]) } }] }),
  // orders are there, and are denied
  (r, w) => ({
    rules: [
      {
        ...w,
        request: ORDER,
        probability: 0.6,
        do: r.pick([{ kind: 'accept-then-drop' }, { kind: 'accept-then-hang' }]),
      },
      { ...w, request: LOOKUP, probability: 0.9, do: { kind: 'error', code: -2013 } },
    ],
  }),
  // prices that are none
  (r, w) => ({
    rules: [{ ...w, request: QUOTES, probability: 0.5, do: { kind: 'bad-price', as: r.pick([0.01, 0.3, 3, 1000]) } }],
    withoutStream: true,
  }),
  // the key, the clock, the rates
  (r, w) => ({ rules: [{ ...w, request: 'signed', do: { kind: 'error', code: r.pick([10072, 700006, 700007]) } }] }),
  (r, w) => ({ rules: [{ ...w, request: 'signed', do: { kind: 'clock-skew', ms: r.pick([-20_000, 20_000]) } }] }),
  (r, w) => ({
    rules: [
      { ...w, request: '*', probability: 0.2, do: answer(429, 'json', { retryAfterSeconds: r.pick([1, 2, 5]) }) },
    ],
  }),
];

export function faultTheme(random: Random, activeMs: number): Theme | null {
  if (!random.chance(0.5)) return null;
  const from = random.whole(0, activeMs / 2);
  const to = Math.min(activeMs, from + random.pick([15_000, 25_000, 40_000]));
  return random.pick(THEMES)(random, { from: `+${from}ms`, to: `+${to}ms` });
}
