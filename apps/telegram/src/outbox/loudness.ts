import type { Settings } from '@mexc-bot/runtime';
import type { AlertRow } from '@mexc-bot/store';

export type Loudness = Settings['telegram']['loudness'];
export type LoudnessKey = keyof Loudness;

/** Which of the owner's loudness settings a kind of alert goes by. */
const KEYS: Readonly<Record<string, LoudnessKey>> = {
  bought: 'bought',
  level_hit: 'levels',
  sold: 'levels',
  closed: 'closed',
  stop_raised: 'stops',
  order_unknown: 'orders',
  order_unfinished: 'orders',
  trades_missing: 'orders',
  order_unclear: 'orders',
  order_not_booked: 'orders',
  exit_refused: 'orders',
  order_absent: 'orders',
  market_refuses_orders: 'orders',
  order_unexpected: 'orders',
  request_expired: 'orders',
  below_exchange_minimum: 'orders',
  coins_gone: 'coins',
  coins_without_position: 'coins',
  api_key: 'key',
  regime: 'market',
  universe_collapsed: 'market',
  held_market: 'market',
  no_price: 'market',
  worker_silent: 'workers',
  worker_failing: 'workers',
  digest_morning: 'digest',
  digest_evening: 'digest',
};

export const loudnessOf = (kind: string, loudness: Loudness): Loudness[LoudnessKey] => loudness[KEYS[kind] ?? 'other'];

/** Money first. */
export const RANKS: Readonly<Record<AlertRow['rank'], number>> = { money: 0, alarm: 1, notice: 2 };
