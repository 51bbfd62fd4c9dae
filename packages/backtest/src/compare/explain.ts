import {
  decideToken,
  type EntryFacts,
  gateRejection,
  gateWithoutModel,
  type HypeToken,
  type ScanTerms,
  type Strategy,
  spreadOf,
  type Ticker24h,
  type TokenFacts,
} from '@mexc-bot/core';
import { askOver } from '../book-estimate.ts';
import type { BacktestDecision } from '../result.ts';
import type { BacktestView, MarketView, TickerBounds } from './backtest-view.ts';
import type { RecordedScan, RecordedToken } from './recorded.ts';

/**
 * Why trading and backtest decided differently. Each is shown, not guessed: both sides decide again by the same functions, and with
 * this one input of the other side they come to the same.
 *
 * - `ticker_price`: a scan sees prices between candles, the backtest their closes: other 24 h change, volume or rank
 * - `spread`: the real spread lets through, or stops, what the estimated one does not
 * - `mood`: the market's mood was read differently, and with it the thresholds
 * - `several`: only several of ticker, spread and mood together
 * - `universe`: the market could not be traded on one of the sides
 * - `models`: the models answered differently, or only one side had any
 * - `account_state`: other positions, cooldowns or guards, because of an earlier difference
 * - `barred`: something outside the rules kept trading from buying: no order book, a quarantine, a pause
 * - `volume_share`: the order found more, or less, in the real book than the candle's volume allows
 * - `candle_late`: while this candle was the last one, every scan still judged the one before
 * - `missed_scan`: nothing was scanned while this candle was the last one
 * - `no_candle`: the backtest has no candle there
 * - `not_kept`: what trading decided on is no longer on record
 * - `unexplained`: none of these
 */
export type DifferenceCause =
  | 'ticker_price'
  | 'spread'
  | 'mood'
  | 'several'
  | 'universe'
  | 'models'
  | 'account_state'
  | 'barred'
  | 'volume_share'
  | 'candle_late'
  | 'missed_scan'
  | 'no_candle'
  | 'not_kept'
  | 'unexplained';

export interface Explanation {
  readonly cause: DifferenceCause;
  /** what was what, for a person */
  readonly detail: string;
}

/** What the backtest came to, as trading's answers are held against it. */
export interface Compared {
  readonly market: string;
  /** close of the candle, ms UTC */
  readonly at: number;
  /** null: it was no candidate */
  readonly decision: BacktestDecision | null;
}

const because = (cause: DifferenceCause, detail: string): Explanation => ({ cause, detail });
const unexplained = (detail: string): Explanation => because('unexplained', detail);

/**
 * Holds the answer of one scan against the backtest's, stage by stage, up to the first one they part at.
 *
 * @param outcome what became of the order the scan approved, as a reason code; null: it approved none
 * @returns null: they decided the same
 */
export function explainScan(
  { market, at, decision }: Compared,
  scan: RecordedScan,
  outcome: string | null,
  view: BacktestView,
): Explanation | null {
  const mine = view.marketAt(market, at);
  if (mine === null) return because('no_candle', 'the backtest has no candle of it that closes then');
  const refused = scan.rejected.get(market);
  if (refused !== undefined || !scan.tickers.has(market)) {
    return mine.rejected === null ? because('universe', `trading: ${refused ?? 'no ticker'}`) : null;
  }
  const theirs = scan.tokens.get(market);
  if ((theirs === undefined) !== (mine.rejected !== null)) return explainHype(market, scan, mine, view);
  if (theirs === undefined) return null;

  const { terms } = scan.opening;
  const pattern = mine.pattern(terms.strategy).strategy;
  if (pattern !== theirs.decided.strategy) {
    return unexplained(
      `these candles show ${pattern ?? 'no pattern'}, trading saw ${theirs.decided.strategy ?? 'none'}`,
    );
  }
  const here = decision?.strategy ?? null;
  if (pattern !== here) return explainPattern(pattern, here, mine, scan);
  if (decision === null || here === null) return null;
  return (
    explainModels(here, theirs, mine, scan, view) ??
    explainAccount(decision, theirs, mine, scan) ??
    explainOutcome(decision, outcome)
  );
}

/** One side looked at the token, the other did not. */
function explainHype(market: string, { at, opening, tickers }: RecordedScan, mine: MarketView, view: BacktestView) {
  if (mine.universe !== null) return because('universe', `backtest: ${mine.universe}`);
  const ticker = tickers.get(market)!;
  const absurd = outOfBounds(ticker, view.allowed(market, at));
  if (absurd !== null) return unexplained(absurd);

  // `ranked_out` passes the filters
  const passed = opening.ranks.has(market);
  const rank = opening.ranks.get(market);
  const passes = (seen: Ticker24h, terms: ScanTerms): boolean => mine.filter(seen, terms) === null;
  const passedHere = passes(mine.ticker, mine.terms);
  const words = `trading: ${tickerWords(ticker)}; backtest: ${tickerWords(mine.ticker)}`;
  if (passed === passedHere) {
    return because(
      'ticker_price',
      `both pass the filters, ${rank === undefined ? '' : `rank ${rank} in trading, `}one is ranked out`,
    );
  }
  const { bid, ask } = ticker;
  const { last, change, quoteVolume } = ticker;
  // the same spread around the other price
  const wider = { ...mine.ticker, ...aroundPrice(mine.ticker.last, ticker) };
  const moved = { ...mine.ticker, last, change, quoteVolume };
  const found = (
    [
      ['mood', passes(mine.ticker, opening.terms), moodWords(opening, mine)],
      [
        'spread',
        passes(wider, mine.terms),
        `spread ${percent(spreadOf({ bid, ask }))} in trading, ${percent(spreadOf(mine.ticker))} assumed`,
      ],
      ['ticker_price', passes(moved, mine.terms), words],
      ['several', passes(ticker, opening.terms), `${words}; ${moodWords(opening, mine)}`],
    ] as const
  ).find(([, passesThen]) => passesThen === passed);
  return found === undefined ? unexplained(words) : because(found[0], found[2]);
}

function explainPattern(theirs: string | null, here: string | null, mine: MarketView, { opening }: RecordedScan) {
  const again = mine.pattern(mine.terms.strategy).strategy;
  const words = `${theirs ?? 'no pattern'} in trading, ${here ?? 'none'} in the backtest`;
  // the candles are the same: what is left are the thresholds
  return again === here ? because('mood', `${words}; ${moodWords(opening, mine)}`) : unexplained(words);
}

function explainModels(
  strategy: Strategy,
  token: RecordedToken,
  mine: MarketView,
  scan: RecordedScan,
  view: BacktestView,
) {
  const { verdict } = token;
  if (verdict === null) return unexplained('a pattern was seen, and no verdict was written down');
  const { minConfidence } = scan.opening.terms.by;
  const own = gateWithoutModel(strategy, view.mode, view.rules.gate);
  const theirs = gateRejection(verdict, minConfidence);
  const here = gateRejection(own, mine.terms.by.minConfidence);
  if (theirs === here) return null;
  const words = `${theirs ?? 'let through'} in trading, ${here ?? 'let through'} in the backtest`;
  if (gateRejection(own, minConfidence) === theirs)
    return because('mood', `${words}; ${moodWords(scan.opening, mine)}`);
  return because('models', words);
}

function explainAccount(
  decision: BacktestDecision,
  token: RecordedToken,
  mine: MarketView,
  scan: RecordedScan,
): Explanation | null {
  const { entry, decided } = token;
  const here = decision.decision === 'approved' ? 'approved' : decision.reason;
  const words = `${decided.decision} in trading, ${here} in the backtest`;
  // refused by the models on both sides
  if (entry === null) return decided.decision === here ? null : unexplained(words);
  if (entry.barred !== null) return because('barred', words);
  if (decided.decision === here) return null;

  const again = (asked: EntryFacts, terms: ScanTerms): string => redecide(decision.strategy, token, asked, mine, terms);
  const ask = askOver(mine.ticker.ask, token.market.rules);
  if (again(entry, scan.opening.terms) !== decided.decision)
    return unexplained(`${words}; decided again it is another`);
  const onOwnPrice: EntryFacts = { ...entry, ask, askAgeMs: 0 };
  if (again(onOwnPrice, mine.terms) === decided.decision) {
    const differs = accountWords(entry, decision);
    return differs === null
      ? unexplained(`${words}, on the same account`)
      : because('account_state', `${words}: ${differs}`);
  }
  if (again(onOwnPrice, scan.opening.terms) === decided.decision)
    return because('mood', `${words}; ${moodWords(scan.opening, mine)}`);
  return because('ticker_price', `${words}: ask ${entry.ask} in trading, ${ask} in the backtest`);
}

/** The backtest's candles, decided on the account of trading. */
function redecide(
  strategy: Strategy,
  { market, verdict }: RecordedToken,
  entry: EntryFacts,
  { ticker, lastClose, pattern }: MarketView,
  terms: ScanTerms,
): string {
  const token: HypeToken = { ticker, spread: spreadOf(ticker), rank: 1 };
  const classification = pattern(terms.strategy);
  if (classification.strategy !== strategy) return 'another pattern';
  const facts: TokenFacts = { token, market, classification, lastClose, entry, ...(verdict && { verdict }) };
  const decision = decideToken(facts, terms);
  return decision.state === 'rejected' ? decision.reason : decision.state;
}

/** What of the account is another one; null: nothing that the decision looked at. */
function accountWords(
  entry: Extract<EntryFacts, { barred: null }>,
  { market, account }: BacktestDecision,
): string | null {
  if (account === null) return null;
  const { occupied, lastExitAt, freeQuote, equity, record, paused } = entry.exposure;
  const moment = (at: number | null): string => (at === null ? 'never' : new Date(at).toISOString().slice(0, 16));
  const money = (value: { toFixed(digits: number): string } | null | undefined): string => value?.toFixed(2) ?? 'none';
  const rows: [string, string | number, string | number][] = [
    ['held', occupied.has(market) ? 'yes' : 'no', account.held ? 'yes' : 'no'],
    ['positions', occupied.size, account.positions],
    ['last exit', moment(lastExitAt), moment(account.lastExitAt)],
    ['free', money(freeQuote), money(account.freeQuote)],
    ['equity', money(equity), money(account.equity)],
    ['realised today', money(record.realisedToday), money(account.realisedToday)],
    ['stops', record.stoppedAt.length, account.stops],
    ['peak', money(record.highWaterMark?.equity), money(account.peak)],
    ['paused', paused ? 'yes' : 'no', 'no'],
  ];
  const other = rows.filter(([, theirs, here]) => theirs !== here);
  return other.length === 0 ? null : other.map(([name, theirs, here]) => `${name} ${theirs} and ${here}`).join(', ');
}

function explainOutcome({ decision, reason }: BacktestDecision, outcome: string | null): Explanation | null {
  if (decision !== 'approved' || outcome === null) return null;
  const filled = reason === 'filled' || reason === 'partly_filled';
  const words = `the order: ${outcome} in trading, ${reason} in the backtest`;
  if (filled === (outcome === 'bought')) return null;
  return outcome === 'bought' || outcome.startsWith('order_') ? because('volume_share', words) : unexplained(words);
}

/** Rounded on its way: prices to their tick, changes and volumes to what the exchange writes. */
const TOLERANCE = { last: 1e-6, change: 2e-4, quoteVolume: 2e-3 } as const;

/** A ticker that its own candles do not allow is not explained by being another one. @returns what is wrong; null: nothing */
function outOfBounds(ticker: Ticker24h, bounds: TickerBounds | null): string | null {
  if (bounds === null) return null;
  for (const name of ['last', 'change', 'quoteVolume'] as const) {
    const value = ticker[name];
    const [least, most] = bounds[name];
    const slack = TOLERANCE[name] * (name === 'change' ? 1 : Math.abs(most));
    if (value !== null && (value < least - slack || value > most + slack)) {
      return `the candles allow a ${name} of ${least} to ${most}, trading saw ${value}`;
    }
  }
  return null;
}

/** Bid and ask as far from a price as those of a ticker are from its own. */
function aroundPrice(price: number, { last, bid, ask }: Ticker24h): Pick<Ticker24h, 'bid' | 'ask'> {
  return { bid: (bid / last) * price, ask: (ask / last) * price };
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;
const tickerWords = ({ last, change, quoteVolume }: Ticker24h): string =>
  `${last}, 24 h ${change === null ? '–' : percent(change)}, ${quoteVolume === null ? '–' : Math.round(quoteVolume)} traded`;
const share = (breadth: number | null): string => (breadth === null ? '–' : percent(breadth));
const moodWords = ({ regime, breadth }: RecordedScan['opening'], mine: MarketView): string =>
  `${regime.regime} at ${share(breadth)} rising in trading, ${mine.terms.regime} at ${share(mine.breadth)} in the backtest`;
