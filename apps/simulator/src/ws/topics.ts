import { type Grid, gridOf } from '../klines.ts';

const HOUR_MS = 3_600_000;
const EIGHT_HOURS: Grid = {
  at: (time) => Math.floor(time / (8 * HOUR_MS)) * 8 * HOUR_MS,
  shift: (open, n) => open + n * 8 * HOUR_MS,
};

/** The streams' own names of kline intervals; REST has no eight hours. */
const INTERVALS: Readonly<Record<string, Grid>> = Object.fromEntries([
  ...Object.entries({
    Min1: '1m',
    Min5: '5m',
    Min15: '15m',
    Min30: '30m',
    Min60: '60m',
    Hour4: '4h',
    Day1: '1d',
    Week1: '1W',
    Month1: '1M',
  }).map(([name, interval]) => [name, gridOf(interval)!] as const),
  ['Hour8', EIGHT_HOURS] as const,
]);

/** Time zones of mini tickers, hours from UTC; `24H` counts the last day instead of the day since midnight. */
const ZONES: Readonly<Record<string, number | null>> = {
  '24H': null,
  ...Object.fromEntries(
    [-10, -8, -7, -6, -5, -4, -3, 0, 1, 2, 3, 4, 4.5, 5.5, 7, 8, 9, 10, 11, 12, 12.75, 13].map((hours) => [
      `UTC${hours < 0 ? '' : '+'}${hours}`,
      hours,
    ]),
  ),
};

/** A public stream that can be subscribed to; `channel` is its name on the wire. */
interface Paced {
  readonly channel: string;
  /** between two pushes, market ms */
  readonly everyMs: number;
}
interface OfOneMarket extends Paced {
  readonly symbol: string;
}
interface Typed {
  /** the channel without its symbol, as pushes repeat it */
  readonly eventType: string;
}
export interface DealsTopic extends OfOneMarket, Typed {
  readonly kind: 'deals';
}
export interface DepthTopic extends OfOneMarket, Typed {
  readonly kind: 'depth';
}
export interface LimitDepthTopic extends OfOneMarket, Typed {
  readonly kind: 'limitDepth';
  readonly levels: number;
}
export interface BookTickerTopic extends OfOneMarket {
  readonly kind: 'bookTicker' | 'bookTickerBatch';
}
export interface KlineTopic extends OfOneMarket {
  readonly kind: 'kline';
  /** the streams' own name, `Min15` */
  readonly interval: string;
  readonly grid: Grid;
}
export interface MiniTickerTopic extends Paced {
  readonly kind: 'miniTicker';
  /** null: all markets */
  readonly symbol: string | null;
  /** hours from UTC; null: the last 24 h */
  readonly zoneHours: number | null;
}
export type PublicTopic = DealsTopic | DepthTopic | LimitDepthTopic | BookTickerTopic | KlineTopic | MiniTickerTopic;

const PRIVATE_CHANNELS = [
  'spot@private.account.v3.api.pb',
  'spot@private.deals.v3.api.pb',
  'spot@private.orders.v3.api.pb',
] as const;
export type PrivateChannel = (typeof PRIVATE_CHANNELS)[number];
export const isPrivateChannel = (channel: string): channel is PrivateChannel =>
  (PRIVATE_CHANNELS as readonly string[]).includes(channel);

const PACES: Readonly<Record<string, number>> = { '10ms': 10, '100ms': 100 };
const AGGREGATED = {
  'public.aggre.deals.v3.api.pb': 'deals',
  'public.aggre.depth.v3.api.pb': 'depth',
  'public.aggre.bookTicker.v3.api.pb': 'bookTicker',
} as const;
const BOOK_MS = 100;
const KLINE_MS = 1_000;
const MINI_TICKER_MS = 3_000;

const lookUp = <Value>(table: Readonly<Record<string, Value>>, key: string | undefined): Value | undefined =>
  key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;

/** @returns null for a name that is no public stream, among them every name of the JSON streams MEXC took down in 2025 */
export function parseTopic(channel: string): PublicTopic | null {
  const [market, stream = '', ...rest] = channel.split('@');
  if (market !== 'spot') return null;
  const [first, second] = rest;
  const parts = rest.length;

  const kind = lookUp(AGGREGATED, stream);
  if (kind !== undefined) {
    const everyMs = lookUp(PACES, first);
    if (everyMs === undefined || !second || parts !== 2) return null;
    return { kind, channel, symbol: second, everyMs, eventType: `spot@${stream}@${first}` };
  }
  if (stream === 'public.kline.v3.api.pb') {
    const grid = lookUp(INTERVALS, second);
    if (!first || grid === undefined || parts !== 2) return null;
    return { kind: 'kline', channel, symbol: first, everyMs: KLINE_MS, interval: second!, grid };
  }
  if (stream === 'public.limit.depth.v3.api.pb') {
    if (!first || !['5', '10', '20'].includes(second ?? '') || parts !== 2) return null;
    const eventType = `spot@${stream}`;
    return { kind: 'limitDepth', channel, symbol: first, everyMs: BOOK_MS, levels: Number(second), eventType };
  }
  if (stream === 'public.bookTicker.batch.v3.api.pb') {
    return first && parts === 1 ? { kind: 'bookTickerBatch', channel, symbol: first, everyMs: BOOK_MS } : null;
  }
  if (stream === 'public.miniTicker.v3.api.pb' || stream === 'public.miniTickers.v3.api.pb') {
    const one = stream === 'public.miniTicker.v3.api.pb';
    const zoneHours = lookUp(ZONES, one ? second : first);
    if (zoneHours === undefined || parts !== (one ? 2 : 1) || !first) return null;
    return { kind: 'miniTicker', channel, symbol: one ? first : null, everyMs: MINI_TICKER_MS, zoneHours };
  }
  return null;
}
