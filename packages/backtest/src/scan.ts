import {
  type Candle,
  classifyNow,
  decideToken,
  type EntryFacts,
  type Exposure,
  gateWithoutModel,
  HOUR_MS,
  nextRegime,
  type Regime,
  type RegimeState,
  readBtc,
  type ScanTerms,
  spreadOf,
  type Ticker24h,
  termsOf,
  toCandles,
} from '@mexc-bot/core';
import { FEATURE_CANDLES, FEATURE_SET, featureRow } from '@mexc-bot/models';
import type { EntryOutcome, SimulatedAccount } from './account.ts';
import { askOver } from './book-estimate.ts';
import type { PreparedData, PreparedMarket } from './data.ts';
import type { PendingEntry } from './holding.ts';
import { type BacktestGate, type BacktestSettings, boughtOnly } from './options.ts';
import type { BacktestDecision, BacktestFunnel, DecisionAccount, DecisionOrder } from './result.ts';
import { sliceColumns } from './slice-columns.ts';
import { type HypeHistory, NO_PATTERN, PATTERN, tickerAt, tickerHistory } from './tickers.ts';

/** Hourly closes of a day, and some candles more. */
const BTC_SPARE_CANDLES = 3;

export interface Scanner {
  /** Decides at the close of the candles of a grid index. */
  scan(index: number): void;
  /** What became of an approved order. */
  told(entry: PendingEntry, outcome: EntryOutcome | 'end_of_data'): void;
  readonly decisions: readonly BacktestDecision[];
  /** when the mood changed, and to what; only where decisions are kept */
  readonly moods: readonly { readonly at: number; readonly regime: Regime }[];
  funnel(): BacktestFunnel;
}

/** The live scan's way from market to buy, on candles: universe, mood, hype, strategy, models, protections. */
export function createScanner(
  data: PreparedData,
  settings: BacktestSettings,
  account: SimulatedAccount,
  gate: BacktestGate | null,
): Scanner {
  const { mode, rules, universe, costs } = settings;
  const { markets, stepMs } = data;
  const regimeRules = {
    ...rules.regime,
    readings: Math.max(1, Math.round((rules.regime.readings * settings.scanEveryMs) / stepMs)),
    forgetAfterMs: Math.max(rules.regime.forgetAfterMs, 2 * stepMs),
  };
  const terms = new Map<Regime, ScanTerms>();
  const histories = new Map<ScanTerms, HypeHistory & { readonly pattern: Uint8Array }>();
  const tickers = tickerHistory(data, universe, costs);
  const btc = btcReader(data, universe.quote);
  const btcCandles = btcOf(data, universe.quote)?.candles ?? null;
  const decisions: BacktestDecision[] = [];
  const isBought = boughtOnly(settings.buysOnly);
  const moods: { at: number; regime: Regime }[] = [];
  const rejected: Record<string, number> = {};
  const counts = { scans: 0, looked: 0, hype: 0, candidates: 0, approved: 0, filled: 0 };
  let regime: RegimeState | null = null;

  function moodAt(index: number, asOf: number): ScanTerms {
    const reading = { at: asOf, btc: btc(index, asOf), breadth: tickers.breadth(index) };
    const before = regime?.regime;
    regime = nextRegime(regime, reading, regimeRules);
    if (settings.keepDecisions && regime.regime !== before) moods.push({ at: asOf, regime: regime.regime });
    let found = terms.get(regime.regime);
    if (found === undefined) {
      found = termsOf(rules, mode, regime.regime);
      terms.set(regime.regime, found);
    }
    return found;
  }

  /** @returns whether a pattern was seen */
  function decide(market: PreparedMarket, rank: number, index: number, asOf: number, now: ScanTerms): boolean {
    const row = market.rowAt[index]!;
    const indicators = { atrFraction: market.atrFraction[row]!, adx: market.adx[row]! };
    const classification = classifyNow(market.candles, row, indicators, now.strategy, stepMs, asOf);
    const { strategy } = classification;
    if (strategy === null) return false;
    counts.candidates += 1;

    const ticker = tickerAt(market, row, costs);
    const { last } = ticker;
    const spread = spreadOf(ticker);
    const verdict =
      gate === null
        ? gateWithoutModel(strategy, mode, rules.gate)
        : gate({
            mode,
            market: ticker.market,
            strategy,
            price: last,
            atrFraction: indicators.atrFraction,
            spread,
            features: featuresAt(market, ticker, { index, row, rank, spread }),
            featureSet: FEATURE_SET.hash,
            regime: now.regime,
            minConfidence: now.by.minConfidence,
            asOf,
          });
    const facts = { token: { ticker, spread, rank }, market: market.market, classification, lastClose: last, verdict };
    let decision = decideToken(facts, now);
    let exposure: Exposure | null = null;
    if (decision.state === 'ask_account') {
      account.markEquity(asOf);
      exposure = account.exposure(asOf, ticker.market);
      const entry: EntryFacts = {
        barred: null,
        asOf,
        ask: askOver(ticker.ask, market.market.rules),
        askAgeMs: 0,
        exposure,
      };
      decision = decideToken({ ...facts, entry }, now);
    }
    const approved = decision.state === 'approved';
    const reason = decision.state === 'rejected' ? decision.reason : decision.state;
    if (settings.keepDecisions) {
      decisions.push({
        at: asOf,
        market: ticker.market,
        strategy,
        regime: now.regime,
        price: last,
        change: ticker.change ?? Number.NaN,
        rank,
        confidence: verdict.confidence,
        decision: approved ? 'approved' : 'rejected',
        reason,
        account: exposure === null ? null : accountOf(exposure, ticker.market),
        order: decision.state === 'approved' ? orderOf(decision) : null,
      });
    }
    if (decision.state !== 'approved') {
      rejected[reason] = (rejected[reason] ?? 0) + 1;
      return true;
    }
    counts.approved += 1;
    account.place({
      market,
      order: decision.order,
      plan: decision.plan,
      regime: now.regime,
      decidedAt: asOf,
      decisionPrice: last,
      decision: decisions.length - 1,
    });
    return true;
  }

  /** The vector that live trading would ask its models with. */
  function featuresAt(
    { candles, firstSeenAt }: PreparedMarket,
    { change, quoteVolume }: Ticker24h,
    at: { readonly index: number; readonly row: number; readonly rank: number; readonly spread: number },
  ): Float64Array {
    const from = Math.max(0, at.row + 1 - FEATURE_CANDLES);
    const asOf = data.start + (at.index + 1) * stepMs;
    const context = {
      change24h: Number.isFinite(change) ? change : null,
      quoteVolume24h: quoteVolume,
      rank: at.rank,
      spread: at.spread,
      ageHours: firstSeenAt === null ? null : (asOf - firstSeenAt) / HOUR_MS,
      breadth: tickers.breadth(at.index),
      // a row takes no candle of it that closes later
      btc: btcCandles,
    };
    return featureRow(sliceColumns(candles, from, at.row + 1), context, { candleMs: stepMs });
  }

  return {
    decisions,
    moods,
    scan(index) {
      const asOf = data.start + (index + 1) * stepMs;
      counts.scans += 1;
      counts.looked += tickers.looked(index);
      const now = moodAt(index, asOf);
      let hype = histories.get(now);
      if (hype === undefined) {
        const history = tickers.hype(now.hype);
        hype = { ...history, pattern: history.patterns(now.strategy) };
        histories.set(now, hype);
      }
      const first = hype.first[index]!;
      const looked = hype.first[index + 1]! - first;
      for (let i = 0; i < looked; i++) {
        const token = first + i;
        const market = markets[hype.market[token]!]!;
        if (!isBought(market.market.id)) continue;
        counts.hype += 1;
        // the same candles and thresholds show the same pattern in every run
        if (hype.pattern[token] === NO_PATTERN) continue;
        const seen = decide(market, i + 1, index, asOf, now);
        hype.pattern[token] = seen ? PATTERN : NO_PATTERN;
      }
    },
    told(entry, outcome) {
      if (outcome === 'filled' || outcome === 'partly_filled') counts.filled += 1;
      else rejected[outcome] = (rejected[outcome] ?? 0) + 1;
      const kept = settings.keepDecisions ? decisions[entry.decision] : undefined;
      if (kept !== undefined) decisions[entry.decision] = { ...kept, reason: outcome };
    },
    funnel: () => ({ ...counts, rejected: Object.fromEntries(Object.entries(rejected).sort()) }),
  };
}

const orderOf = ({ order, plan }: Pick<PendingEntry, 'order' | 'plan'>): DecisionOrder => ({
  price: order.price.toNumber(),
  quantity: order.quantity.toNumber(),
  atrFraction: plan.atrFraction,
});

function accountOf({ occupied, lastExitAt, freeQuote, equity, record }: Exposure, market: string): DecisionAccount {
  return {
    held: occupied.has(market),
    positions: occupied.size,
    lastExitAt,
    freeQuote: freeQuote.toNumber(),
    equity: equity.toNumber(),
    realisedToday: record.realisedToday.toNumber(),
    stops: record.stoppedAt.length,
    peak: record.highWaterMark?.equity.toNumber() ?? null,
  };
}

const btcOf = ({ markets }: PreparedData, quote: string): PreparedMarket | undefined =>
  markets.find(({ market: { id } }) => id === `BTC${quote}`);

/** Reads the mood of BTC where its candles are among the data. */
function btcReader(data: PreparedData, quote: string) {
  const market = btcOf(data, quote);
  if (market === undefined) return () => null;
  const candles: readonly Candle[] = toCandles(market.candles);
  const window = Math.ceil((25 * 3_600_000) / data.stepMs) + BTC_SPARE_CANDLES;
  return (index: number, asOf: number) => {
    const row = market.rowAt[index]!;
    return row < 0 ? null : readBtc(candles.slice(Math.max(0, row - window), row + 1), data.timeframe, asOf);
  };
}
