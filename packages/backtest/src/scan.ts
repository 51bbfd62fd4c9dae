import {
  breadthOfCounts,
  type Candle,
  classifyNow,
  decideToken,
  type EntryFacts,
  gateWithoutModel,
  hypeRejection,
  nextRegime,
  type Regime,
  type RegimeState,
  rankHype,
  readBtc,
  type ScanTerms,
  spreadOf,
  type Ticker24h,
  termsOf,
  toCandles,
  universeRejection,
} from '@mexc-bot/core';
import type { EntryOutcome, SimulatedAccount } from './account.ts';
import { askOver, halfSpread } from './book-estimate.ts';
import type { PreparedData, PreparedMarket } from './data.ts';
import type { PendingEntry } from './holding.ts';
import type { BacktestGate, BacktestSettings } from './options.ts';
import type { BacktestDecision, BacktestFunnel } from './result.ts';

/** Hourly closes of a day, and some candles more. */
const BTC_SPARE_CANDLES = 3;

export interface Scanner {
  /** Decides at the close of the candles of a grid index. */
  scan(index: number): void;
  /** What became of an approved order. */
  told(entry: PendingEntry, outcome: EntryOutcome | 'end_of_data'): void;
  readonly decisions: readonly BacktestDecision[];
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
  const verdicts: (string | null)[] = markets.map(() => 'too_new');
  const seen = new Map<string, PreparedMarket>(markets.map((market) => [market.market.id, market]));
  const regimeRules = {
    ...rules.regime,
    readings: Math.max(1, Math.round((rules.regime.readings * settings.scanEveryMs) / stepMs)),
    forgetAfterMs: Math.max(rules.regime.forgetAfterMs, 2 * stepMs),
  };
  const terms = new Map<Regime, ScanTerms>();
  const btc = btcReader(data, universe.quote);
  const decisions: BacktestDecision[] = [];
  const rejected: Record<string, number> = {};
  const counts = { scans: 0, looked: 0, hype: 0, candidates: 0, approved: 0, filled: 0 };
  let regime: RegimeState | null = null;
  const scratch = { market: '', last: 0, bid: 0, ask: 0, quoteVolume: 0, change: 0 };

  /** A market's verdict can only change while it is too new. */
  function tradable(i: number, asOf: number): boolean {
    if (verdicts[i] === 'too_new') {
      const { market, firstSeenAt } = markets[i]!;
      verdicts[i] = universeRejection(market, firstSeenAt, universe, asOf);
    }
    return verdicts[i] === null;
  }

  function moodAt(index: number, asOf: number): ScanTerms {
    let [up, moved] = [0, 0];
    for (let i = 0; i < markets.length; i++) {
      const market = markets[i]!;
      const row = market.rowAt[index]!;
      if (row < 0) continue;
      counts.looked += 1;
      if (!tradable(i, asOf)) continue;
      const change = market.change24h[row]!;
      if (change > 0) up += 1;
      if (change > 0 || change < 0) moved += 1;
    }
    const reading = { at: asOf, btc: btc(index, asOf), breadth: breadthOfCounts(up, moved) };
    regime = nextRegime(regime, reading, regimeRules);
    let found = terms.get(regime.regime);
    if (found === undefined) {
      found = termsOf(rules, mode, regime.regime);
      terms.set(regime.regime, found);
    }
    return found;
  }

  function hypeAt(index: number, { hype }: ScanTerms): readonly Ticker24h[] {
    const passed: Ticker24h[] = [];
    for (let i = 0; i < markets.length; i++) {
      if (verdicts[i] !== null) continue;
      const market = markets[i]!;
      const row = market.rowAt[index]!;
      if (row < 0) continue;
      const last = market.candles.close[row]!;
      const half = halfSpread(market.atrFraction[row]!, costs);
      scratch.last = last;
      scratch.bid = last * (1 - half);
      scratch.ask = last * (1 + half);
      scratch.quoteVolume = market.quoteVolume24h[row]!;
      scratch.change = market.change24h[row]!;
      if (hypeRejection(scratch, hype) === null) passed.push({ ...scratch, market: market.market.id });
    }
    return rankHype(passed);
  }

  function decide(ticker: Ticker24h, rank: number, index: number, asOf: number, now: ScanTerms): void {
    const market = seen.get(ticker.market)!;
    const row = market.rowAt[index]!;
    const indicators = { atrFraction: market.atrFraction[row]!, adx: market.adx[row]! };
    const classification = classifyNow(market.candles, row, indicators, now.strategy, stepMs, asOf);
    const { strategy } = classification;
    if (strategy === null) return;
    counts.candidates += 1;

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
            features: null,
            featureSet: null,
            regime: now.regime,
            minConfidence: now.by.minConfidence,
            asOf,
          });
    const facts = { token: { ticker, spread, rank }, market: market.market, classification, lastClose: last, verdict };
    let decision = decideToken(facts, now);
    if (decision.state === 'ask_account') {
      account.markEquity(asOf);
      const entry: EntryFacts = {
        barred: null,
        asOf,
        ask: askOver(ticker.ask, market.market.rules),
        askAgeMs: 0,
        exposure: account.exposure(asOf, ticker.market),
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
      });
    }
    if (decision.state !== 'approved') {
      rejected[reason] = (rejected[reason] ?? 0) + 1;
      return;
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
  }

  return {
    decisions,
    scan(index) {
      const asOf = data.start + (index + 1) * stepMs;
      counts.scans += 1;
      const now = moodAt(index, asOf);
      const ranked = hypeAt(index, now);
      const looked = Math.min(ranked.length, now.hype.maxCandidates);
      counts.hype += looked;
      for (let i = 0; i < looked; i++) decide(ranked[i]!, i + 1, index, asOf, now);
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

/** Reads the mood of BTC where its candles are among the data. */
function btcReader(data: PreparedData, quote: string) {
  const market = data.markets.find(({ market: { id } }) => id === `BTC${quote}`);
  if (market === undefined) return () => null;
  const candles: readonly Candle[] = toCandles(market.candles);
  const window = Math.ceil((25 * 3_600_000) / data.stepMs) + BTC_SPARE_CANDLES;
  return (index: number, asOf: number) => {
    const row = market.rowAt[index]!;
    return row < 0 ? null : readBtc(candles.slice(Math.max(0, row - window), row + 1), data.timeframe, asOf);
  };
}
