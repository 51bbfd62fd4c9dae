import type { ExchangeSymbol, HypeRejection, Regime, Strategy } from '@mexc-bot/core';
import type { BacktestDecision } from '../result.ts';

/** A decision that trading wrote down. */
export interface RecordedDecision {
  /** market time of the scan, ms UTC */
  readonly at: number;
  /** open time of the candle it was judged on, ms UTC; null: it had none */
  readonly candleAt: number | null;
  readonly market: ExchangeSymbol;
  readonly strategy: Strategy | null;
  readonly regime: Regime | null;
  /** last price then */
  readonly price: number;
  /** (ask − bid) ÷ mid; null: not kept */
  readonly spread: number | null;
  readonly bought: boolean;
  readonly reason: string;
}

/**
 * Why trading and backtest decided differently.
 *
 * - `ticker_price`: a scan sees prices between candles, the backtest their closes: other 24 h change, volume or rank
 * - `spread`: the real spread lets through, or stops, what the estimated one does not
 * - `mood`: the market's mood was read differently, and with it the thresholds
 * - `volume_share`: the order found more, or less, in the real book than the candle's volume allows
 * - `account_state`: other positions, cooldowns or guards, because of an earlier difference
 * - `missed_scan`: nothing was scanned while this candle was the last one
 * - `no_candle`: the backtest has no candle there
 * - `models`: the models answered differently, or only one side had any
 */
export const DIFFERENCE_CAUSES = [
  'ticker_price',
  'spread',
  'mood',
  'volume_share',
  'account_state',
  'missed_scan',
  'no_candle',
  'models',
  'unexplained',
] as const;
export type DifferenceCause = (typeof DIFFERENCE_CAUSES)[number];

/** One candle of one market, decided by both. */
export interface DecisionPair {
  /** close of the candle, ms UTC */
  readonly at: number;
  readonly market: ExchangeSymbol;
  /** the first answer trading gave on that candle; null: it was no candidate there */
  readonly recorded: RecordedDecision | null;
  readonly backtest: BacktestDecision | null;
  /** null: they agree */
  readonly cause: DifferenceCause | null;
}

/** What the backtest's own data says about a market at a moment. */
export interface MarketView {
  readonly hasCandle: boolean;
  /** why it is no hype token at that close; null: it passes the filters of a neutral market */
  readonly hype: HypeRejection | null;
  /** the mood then; null: not kept */
  readonly regime: Regime | null;
}

const ACCOUNT: ReadonlySet<string> = new Set([
  'market_occupied',
  'max_open_positions',
  'cooldown',
  'insufficient_funds',
  'stop_loss_guard',
  'daily_loss_limit',
  'max_drawdown',
  'paused',
]);
const ORDER: ReadonlySet<string> = new Set(['unfilled', 'no_candle', 'partly_filled', 'end_of_data']);
const isModels = (reason: string): boolean => reason.startsWith('model_') || reason === 'confidence_below_minimum';
const isOrder = (reason: string): boolean => ORDER.has(reason) || reason.startsWith('order_');

/**
 * Lays the decisions side by side, candle by candle. Trading judges a candle again every minute until the next one closes: they
 * agree where any of its answers is the backtest's.
 */
export function pairDecisions(
  recorded: readonly RecordedDecision[],
  backtest: readonly BacktestDecision[],
  stepMs: number,
  view: (market: ExchangeSymbol, at: number) => MarketView,
): DecisionPair[] {
  const key = (market: string, at: number): string => `${at} ${market}`;
  const answers = Map.groupBy(
    recorded.filter((row) => row.candleAt !== null),
    ({ market, candleAt }) => key(market, candleAt! + stepMs),
  );
  const decided = new Map(backtest.map((row) => [key(row.market, row.at), row]));
  const scanned = new Set(recorded.map(({ at }) => Math.floor(at / stepMs)));
  const keys = new Set([
    ...[...answers].filter(([, rows]) => rows.some(({ strategy }) => strategy !== null)).map(([k]) => k),
    ...decided.keys(),
  ]);

  return [...keys]
    .map((each): DecisionPair => {
      const rows = answers.get(each) ?? [];
      const other = decided.get(each) ?? null;
      const at = Number(each.slice(0, each.indexOf(' ')));
      const market = each.slice(each.indexOf(' ') + 1);
      const same = other === null ? undefined : rows.find((row) => agrees(row, other));
      const first = same ?? rows.find(({ strategy }) => strategy !== null) ?? null;
      if (same !== undefined) return { at, market, recorded: first, backtest: other, cause: null };
      const cause = causeOf(rows, first, other, view(market, at), scanned.has(Math.floor(at / stepMs)));
      return { at, market, recorded: first, backtest: other, cause };
    })
    .toSorted((a, b) => a.at - b.at || (a.market < b.market ? -1 : 1));
}

function agrees(row: RecordedDecision, decision: BacktestDecision): boolean {
  if (row.strategy !== decision.strategy) return false;
  const bought = decision.reason === 'filled' || decision.reason === 'partly_filled';
  return row.bought ? bought : row.reason === decision.reason;
}

function causeOf(
  rows: readonly RecordedDecision[],
  recorded: RecordedDecision | null,
  backtest: BacktestDecision | null,
  view: MarketView,
  scanned: boolean,
): DifferenceCause {
  if (backtest === null) {
    if (!view.hasCandle) return 'no_candle';
    if (view.hype === 'spread_above_ceiling') return 'spread';
    if (recorded !== null && recorded.regime !== null && view.regime !== null && recorded.regime !== view.regime)
      return 'mood';
    // the close does not pass the filters that a price between closes passed
    return view.hype === null ? 'unexplained' : 'ticker_price';
  }
  if (recorded === null) {
    if (!scanned) return 'missed_scan';
    // it was looked at, and the same candles showed nothing: the thresholds were others
    if (rows.length > 0) return rows.some(({ regime }) => regime !== backtest.regime) ? 'mood' : 'unexplained';
    return 'ticker_price';
  }
  if (recorded.regime !== null && recorded.regime !== backtest.regime) return 'mood';
  if (recorded.strategy !== backtest.strategy) return 'unexplained';
  const reasons = [recorded.reason, backtest.reason];
  if (reasons.some((reason) => ACCOUNT.has(reason))) return 'account_state';
  if (reasons.some(isModels)) return 'models';
  if (reasons.some(isOrder)) return 'volume_share';
  if (reasons.some((reason) => reason.startsWith('price_') || reason === 'below_exchange_minimum'))
    return 'ticker_price';
  return 'unexplained';
}
