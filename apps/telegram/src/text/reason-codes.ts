import type {
  ExitReason,
  GateReason,
  HypeRejection,
  KeyVerdict,
  ModelAnswer,
  OrderState,
  ProtectionCode,
  Regime,
  RegimeReason,
  StageName,
  Strategy,
  UnclassifiedReason,
  UniverseRejection,
} from '@mexc-bot/core';

/** Why the scanner asks no protection at all. */
type BarredCode =
  | 'account_unread'
  | 'key_order_queries_refused'
  | 'key_orders_refused'
  | 'key_unchecked'
  | 'no_account'
  | 'no_order_book'
  | 'not_reconciled'
  | 'quarantined'
  | 'tracker_silent'
  | 'universe_collapsed'
  | `key_${Extract<KeyVerdict, { entries: 'stopped' }>['code']}`;

/** Why the exchange refused an order, in the suite's words. */
type RejectionCode =
  | 'above_maximum'
  | 'below_minimum'
  | 'clock'
  | 'insufficient_funds'
  | 'key'
  | 'market_not_tradable'
  | 'no_liquidity'
  | 'order_type_not_allowed'
  | 'other'
  | 'price_out_of_range'
  | 'rate_limited'
  | 'unexpected';

/** Kinds of events in the activity. */
type EventKind =
  | 'account_stop_live'
  | 'account_stop_test'
  | 'bought'
  | 'buy_unfilled'
  | 'closed'
  | 'exit_decided'
  | 'held_market'
  | 'markets_delisted'
  | 'markets_listed'
  | 'regime'
  | 'request_panic'
  | 'request_sell'
  | 'sold'
  | 'stop_raised'
  | 'trades_listed'
  | 'universe_collapsed';

/** Every code of the other processes that a message may show: whoever adds one finds here that its words are missing. */
export type ReasonCode =
  | BarredCode
  | EventKind
  | ExitReason
  | GateReason
  | HypeRejection
  | ModelAnswer['state']
  | ProtectionCode
  | Regime
  | RegimeReason
  | RejectionCode
  | Strategy
  | UnclassifiedReason
  | UniverseRejection
  | `order_${OrderState}`
  | 'confidence_below_minimum'
  | 'dry_run'
  | 'free'
  | 'no'
  | 'no_ticker'
  | 'none'
  | 'not_listed'
  | 'occupied'
  | 'undecided'
  | 'yes';

/** What a token is asked, without the pattern or model that asks. */
export type CheckCode =
  | 'account_stop'
  | 'adx'
  | 'ask'
  | 'ask_from_last_close'
  | 'atr'
  | 'barred'
  | 'change_24h'
  | 'confidence'
  | 'drawdown_before'
  | 'expected_value'
  | 'filled'
  | 'gain'
  | 'gate'
  | 'limit'
  | 'market'
  | 'minutes_since_exit'
  | 'model'
  | 'open_positions'
  | 'order'
  | 'pattern'
  | 'paused'
  | 'price'
  | 'price_age_ms'
  | 'probability'
  | 'quote_volume'
  | 'range_before'
  | 'rank'
  | 'regime'
  | 'spread'
  | 'stake'
  | 'tradable'
  | 'value_at_stop'
  | 'volume_ratio';

export type StageWords = Readonly<Record<StageName, string>>;
