import type { Sample } from './growth.ts';

/** What was traded between two days. */
type Traded = Pick<Sample, 'orders' | 'trades'>;

interface Bound {
  /** what it should be bounded by */
  readonly by: string;
  /** @param early its rows on the early day */
  readonly atMost: (early: number, late: Sample, between: Traded) => number;
}

/** Old rows are deleted: as each day is like the other, there are as many later on, give or take a day's hours. */
const kept = (days: string): Bound => ({ by: `kept for ${days}`, atMost: (early) => early * 1.5 + 10 });
const oneFor = (what: string): Bound => ({ by: `one for each ${what}`, atMost: (early) => early + 10 });
/** The books are never deleted, and grow only by what was traded. */
const books = (what: string, of: (between: Traded) => number): Bound => ({
  by: `books: ${what}`,
  atMost: (early, _, between) => early + of(between),
});
/** Written by processes that have no part in a soak. */
const notHere: Bound = { by: 'nobody writes it here', atMost: () => 0 };

/** What bounds each table. A new one must have its word here. */
export const TABLES: Readonly<Record<string, Bound>> = {
  state: oneFor('switch'),
  market: oneFor('market'),
  heartbeat: oneFor('process'),
  quarantine: oneFor('market that refuses orders'),
  candle_series: oneFor('market and timeframe'),
  model_revision: oneFor('database'),
  paper_balance: oneFor('asset'),
  position: books('one for each buy', ({ orders }) => orders),
  // besides those the exchange had, nearly as many again that it refused, or that never came to it
  trade_order: books('one for each order', ({ orders }) => 2 * orders),
  fill: books('one for each trade', ({ trades }) => trades),
  scan: kept('scan.keepCandidatesDays'),
  candidate: kept('scan.keepCandidatesDays, once it has its label'),
  scan_input: kept('scan.keepInputsDays'),
  scan_common: kept('scan.keepInputsDays'),
  volatility: kept('scan.keepReasonsDays'),
  candle: kept('collect.keepDays'),
  candle_gap: { by: 'a few in the candles there are', atMost: (_, { rows }) => rows.candle! / 10 },
  activity: kept('scan.keepNewsDays'),
  alert: {
    by: 'kept for scan.keepNewsDays, and the newest of each kind and market',
    // a market has a handful of kinds, and gets to them one after another
    atMost: (early, { rows }) => early * 1.5 + 5 * rows.market!,
  },
  training_request: { by: 'one that waits for each market', atMost: (_, { rows }) => rows.market! },
  alert_delivery: notHere,
  audit: notHere,
  card: notHere,
  chat: notHere,
  daily_counted: notHere,
  daily_summary: notHere,
  model: notHere,
  paper_order: notHere,
  paper_trade: notHere,
  request: notHere,
};
