import type { StageName } from './check.ts';
import { type GatePolicy, type GateVerdict, gateRejection } from './gate.ts';
import { findHype, type HypeCriteria, type HypeToken } from './hype.ts';
import { type ExitTable, exitRow } from './levels.ts';
import type { ExchangeSymbol, Market, Mode, Ticker24h } from './market.ts';
import type { Decimal } from './money.ts';
import type { ApprovedOrder, EntryPlan } from './order.ts';
import { approveEntry, type EntryRequest, type Exposure, type ProtectionLimits } from './protection.ts';
import {
  type BtcMeasures,
  breadthOf,
  nextRegime,
  type Regime,
  type RegimeCriteria,
  type RegimeState,
} from './regime.ts';
import { adjustHype, adjustments, adjustStake, adjustStrategy, type RegimeAdjustments } from './regime-adjustments.ts';
import type { Classification } from './strategy.ts';
import type { StrategyCriteria } from './strategy-measures.ts';
import type { Strategy } from './strategy-name.ts';

/** Everything the owner may set about buying, in the shape the rules take it. */
export interface DecisionRules {
  readonly hype: HypeCriteria;
  readonly strategy: StrategyCriteria;
  readonly regime: RegimeCriteria;
  readonly adjust: Readonly<Record<'bearish' | 'bullish', RegimeAdjustments>>;
  readonly gate: GatePolicy;
  readonly limits: Readonly<Record<Mode, ProtectionLimits>>;
  readonly exits: ExitTable;
  /** the most that volatility widens a stop, factor */
  readonly widestStop: number;
}

/** The rules of one scan: those of its mode, adjusted by the market's mood. */
export interface ScanTerms {
  readonly mode: Mode;
  readonly regime: Regime;
  readonly by: RegimeAdjustments;
  readonly hype: HypeCriteria;
  readonly strategy: StrategyCriteria;
  readonly limits: ProtectionLimits;
  readonly exits: ExitTable;
  readonly widestStop: number;
}

/** What a scan begins with. */
export interface ScanMoment {
  readonly mode: Mode;
  /** market time, ms UTC */
  readonly at: number;
  readonly tickers: readonly Ticker24h[];
  /** Why a market may not be traded; null: it may. */
  universeVerdict(market: ExchangeSymbol): string | null;
  /** the mood before; null: none is known */
  readonly regimeBefore: RegimeState | null;
  /** null: BTC could not be read */
  readonly btc: BtcMeasures | null;
}

export interface ScanOpening {
  readonly regime: RegimeState;
  /** share of the tradable markets that rose in 24 h, 0..1; null: too few to say */
  readonly breadth: number | null;
  readonly terms: ScanTerms;
  /** hype tokens, strongest first */
  readonly tokens: readonly HypeToken[];
  /** place of every token that passed the filters, those ranked out too */
  readonly ranks: ReadonlyMap<ExchangeSymbol, number>;
  /** every other ticker, and the reason code */
  readonly rejected: ReadonlyMap<ExchangeSymbol, string>;
}

/** The first half of a scan, on tickers alone: universe, mood, hype. */
export function openScan(moment: ScanMoment, rules: DecisionRules): ScanOpening {
  const { mode, at, tickers, regimeBefore, btc } = moment;
  const rejected = new Map<ExchangeSymbol, string>();
  const tradable: Ticker24h[] = [];
  for (const ticker of tickers) {
    const verdict = moment.universeVerdict(ticker.market);
    if (verdict === null) tradable.push(ticker);
    else rejected.set(ticker.market, verdict);
  }
  const breadth = breadthOf(tradable);
  const regime = nextRegime(regimeBefore, { at, btc, breadth }, rules.regime);
  const terms = termsOf(rules, mode, regime.regime);
  const hype = findHype(tradable, terms.hype);
  for (const [market, reason] of hype.rejected) rejected.set(market, reason);
  return { regime, breadth, terms, tokens: hype.tokens, ranks: hype.ranks, rejected };
}

export function termsOf(rules: DecisionRules, mode: Mode, regime: Regime): ScanTerms {
  const by = adjustments(regime, rules.adjust);
  return {
    mode,
    regime,
    by,
    hype: adjustHype(rules.hype, by),
    strategy: adjustStrategy(rules.strategy, by),
    limits: adjustStake(rules.limits[mode], by),
    exits: rules.exits,
    widestStop: rules.widestStop,
  };
}

/** What is known of a hype token so far; the further it comes, the more is asked. */
export interface TokenFacts {
  readonly token: HypeToken;
  readonly market: Market;
  readonly classification: Classification;
  /** close of the last closed candle; NaN where there is none */
  readonly lastClose: number;
  /** the models' say; absent: not asked yet */
  readonly verdict?: GateVerdict;
  /** the account at that moment; absent: not asked yet */
  readonly entry?: EntryFacts;
}

/** What a buy is judged on beside the market itself. */
export type EntryFacts =
  /** nothing is bought there whatever the protections say, as a reason code */
  | { readonly barred: string }
  | {
      readonly barred: null;
      /** market time, ms UTC */
      readonly asOf: number;
      /** quote per base */
      readonly ask: Decimal;
      /** wall ms since it was read */
      readonly askAgeMs: number;
      readonly exposure: Exposure;
    };

/** Where a token stands: decided, or what is to be asked next. */
export type TokenDecision =
  | { readonly state: 'rejected'; readonly stage: StageName; readonly reason: string }
  | { readonly state: 'ask_models'; readonly strategy: Strategy }
  | { readonly state: 'ask_account'; readonly strategy: Strategy }
  | { readonly state: 'approved'; readonly order: ApprovedOrder; readonly plan: EntryPlan };

/**
 * Decides about one hype token as far as the facts reach: its pattern, then the models, then the protections. The scanner asks
 * again whenever it has found out more; a replay and a backtest, which know everything, ask once. There is no other way to a buy.
 */
export function decideToken(facts: TokenFacts, terms: ScanTerms): TokenDecision {
  const { classification, verdict, entry } = facts;
  const { strategy } = classification;
  if (strategy === null) return { state: 'rejected', stage: 'strategy', reason: classification.reason };
  if (verdict === undefined) return { state: 'ask_models', strategy };
  const refused = gateRejection(verdict, terms.by.minConfidence);
  if (refused !== null) return { state: 'rejected', stage: 'ai', reason: refused };
  if (entry === undefined) return { state: 'ask_account', strategy };
  if (entry.barred !== null) return { state: 'rejected', stage: 'protections', reason: entry.barred };

  const request = entryRequest({ ...facts, strategy, verdict, entry }, terms);
  const approved = approveEntry(request, entry.exposure, terms.limits, entry.asOf);
  if (!approved.ok) return { state: 'rejected', stage: 'protections', reason: approved.error };
  const plan: EntryPlan = {
    base: facts.market.base,
    strategy,
    confidence: verdict.confidence,
    atrFraction: classification.measures.atrFraction,
    stopFactor: terms.by.stop,
  };
  return { state: 'approved', order: approved.value, plan };
}

/** A token on its way to the protections. */
export interface Contender extends Pick<TokenFacts, 'market' | 'lastClose'> {
  readonly strategy: Strategy;
  readonly verdict: GateVerdict;
  readonly entry: Extract<EntryFacts, { barred: null }>;
}

/** What the protections are asked about a contender. */
export function entryRequest(
  { market, lastClose, strategy, verdict, entry }: Contender,
  terms: ScanTerms,
): EntryRequest {
  const row = exitRow(terms.exits, strategy, verdict.confidence);
  const stopLoss = row.stopLoss * terms.by.stop * terms.widestStop;
  const { mode, regime } = terms;
  return { mode, market, strategy, ask: entry.ask, lastClose, askAgeMs: entry.askAgeMs, regime, stopLoss };
}
