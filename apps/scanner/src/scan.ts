import {
  type CandleColumns,
  classifyNow,
  type DecisionRules,
  decideToken,
  type Gate,
  type HypeToken,
  type Mode,
  openScan,
  type ScanMoment,
  type ScanOpening,
  TIMEFRAME_MS,
  type UniverseCriteria,
} from '@mexc-bot/core';
import { type MarketData, QueryFailed } from '@mexc-bot/exchange';
import { accountStopOf, type Executor, encodeInputs } from '@mexc-bot/execution';
import type { Logger } from '@mexc-bot/runtime';
import type { CandidateRow, ScanInputs, ScanRow } from '@mexc-bot/store';
import { createAccountNews } from './account-news.ts';
import { type Btc, createBtc } from './btc.ts';
import { type Bid, type BuyerDeps, createBuyer } from './buyer.ts';
import { createCandleReader } from './candle-reader.ts';
import { decisionRow, type Looked, reasonOf } from './decision.ts';
import { featuresOf } from './features.ts';
import { createReader, volatilityOf, windowOf } from './reading.ts';
import type { Universe } from './tradable-markets.ts';
import { createUniverse } from './universe.ts';

export interface ScanDeps extends BuyerDeps {
  readonly marketData: Pick<MarketData, 'markets' | 'tickers' | 'candles' | 'bookTickers'>;
  readonly executor: Pick<Executor, 'execute' | 'settle'>;
  readonly rules: DecisionRules;
  readonly universe: UniverseCriteria;
  /** the mode a new database starts in */
  readonly startMode: Mode;
  readonly gate: Gate;
  readonly log: Logger;
}

/** One scan: what was seen, and what was decided about every hype token. */
export interface ScanResult {
  readonly scan: ScanRow;
  readonly decisions: readonly CandidateRow[];
}

/** One pass from the market to the buys: universe, mood, hype, strategy, models, protections. */
export function createScan(deps: ScanDeps): () => Promise<ScanResult> {
  const { marketData, store, clock, log, rules } = deps;
  const reader = createCandleReader(deps);
  const readBtc = createBtc({ ...deps, reader });
  const readUniverse = createUniverse({ ...deps, criteria: deps.universe });
  const readCandles = createReader(reader, windowOf(rules.strategy), 4 * rules.hype.maxCandidates);
  const buy = createBuyer(deps);
  const tellAccount = createAccountNews(deps);
  const lastRecorded = new Map<string, string>();

  return async () => {
    const startedWall = clock.wallNow();
    const mode = store.state.mode() ?? deps.startMode;
    await deps.executor.settle();

    const universe = await readUniverse();
    const tickers = await marketData.tickers();
    const at = clock.now();
    const btc = await readBtc();
    const moment: ScanMoment = {
      mode,
      at,
      tickers,
      universeVerdict: (id) => (universe.tradable.has(id) ? null : (universe.rejected.get(id) ?? 'not_listed')),
      regimeBefore: store.state.regime(),
      btc: btc.measures,
    };
    const opening = openScan(moment, rules);
    const { terms } = opening;
    if (!deps.dry) keepRegime(moment, opening);

    const looked = await Promise.all(
      opening.tokens.map(async (token) => askModels(await look(token, universe, opening, at, btc), opening, at)),
    );
    const contenders = looked.filter(({ facts }) => decideToken(facts, terms).state === 'ask_account');
    const newest = reader.lastClosed();
    const rowOf = (bidOn: ReadonlyMap<string, Bid>): ScanRow => {
      const funnel = funnelOf(opening, looked, bidOn);
      return {
        mode,
        at,
        wallAt: clock.wallNow(),
        durationMs: clock.wallNow() - startedWall,
        seen: tickers.length,
        hype: looked.length,
        classified: looked.filter(({ facts }) => facts.classification.strategy !== null).length,
        bought: funnel.bought ?? 0,
        regime: terms.regime,
        covered: looked.filter(({ reading }) => (reading?.candles.openTime[reading.at] ?? 0) >= newest).length,
        funnel,
      };
    };

    let begun: number | undefined;
    const bids = await buy(
      contenders.map(({ facts }) => facts),
      {
        terms,
        tickers,
        collapsed: universe.collapsed,
        // with the order's intent: what is bought has its candidate, wherever this scan ends
        intended(bid, before) {
          const token = looked.find(({ facts }) => facts.market.id === bid.facts.market.id)!;
          const row = decisionRow(token, bid, terms, opening.regime);
          begun = store.scans.record(rowOf(byMarket([...before, bid])), [row], undefined, begun);
        },
      },
    );
    const bidOn = byMarket(bids);
    const decisions = looked.map((token) =>
      decisionRow(token, bidOn.get(token.facts.market.id) ?? null, terms, opening.regime),
    );
    const scan = rowOf(bidOn);
    if (!deps.dry) {
      const tokens = looked.map(({ facts, reading }) => ({
        facts: bidOn.get(facts.market.id)?.facts ?? facts,
        openTime: reading?.candles.openTime ?? null,
      }));
      record({
        scan,
        begun,
        rows: decisions,
        looked,
        inputs: encodeInputs({ moment, universe, rules, terms, tokens }),
      });
      tellAccount(mode, accountStopOf(store, mode, terms.limits.account, at));
    }
    return { scan, decisions };
  };

  /** A token's candles and the pattern they show. One that cannot be read is named, and the others go on. */
  async function look(
    token: HypeToken,
    universe: Universe,
    { terms, breadth }: ScanOpening,
    at: number,
    btc: Btc,
  ): Promise<Looked> {
    const market = store.markets.get(token.ticker.market)!;
    const firstSeenAt = universe.tradable.get(market.id) ?? null;
    try {
      const reading = await readCandles(market.id);
      const { candles, indicators } = reading;
      const step = TIMEFRAME_MS['5m'];
      const classification = classifyNow(candles, reading.at, indicators, terms.strategy, step, at);
      const features = featuresOf(reading, token, { at, firstSeenAt, breadth, btc: btc.candles });
      return { facts: { token, market, classification, lastClose: closeOf(candles) }, reading, features };
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
      log.warn(`candles of ${market.id} could not be read: ${error.message}`);
      const classification = { strategy: null, reason: 'candles_unavailable', measures: null } as const;
      return { facts: { token, market, classification, lastClose: Number.NaN }, reading: null, features: null };
    }
  }

  async function askModels(token: Looked, { terms }: ScanOpening, asOf: number): Promise<Looked> {
    const decision = decideToken(token.facts, terms);
    if (decision.state !== 'ask_models') return token;
    const { ticker, spread } = token.facts.token;
    const verdict = await deps.gate({
      mode: terms.mode,
      market: ticker.market,
      strategy: decision.strategy,
      price: ticker.last,
      atrFraction: token.facts.classification.measures?.atrFraction ?? Number.NaN,
      spread,
      features: token.features?.values ?? null,
      featureSet: token.features?.set ?? null,
      regime: terms.regime,
      minConfidence: terms.by.minConfidence,
      asOf,
    });
    return { ...token, facts: { ...token.facts, verdict } };
  }

  function keepRegime({ mode, at, regimeBefore }: ScanMoment, { regime }: ScanOpening): void {
    const wallAt = clock.wallNow();
    store.state.setRegime(regime, wallAt);
    if (regimeBefore?.regime === regime.regime) return;
    const detail = { from: regimeBefore?.regime ?? null, to: regime.regime, reason: regime.reason };
    store.activity.add({ mode, at, wallAt, source: 'scanner', kind: 'regime', detail });
    log.info(`the market is ${regime.regime} (${regime.reason})`);
    if (regime.regime !== 'crash' && regimeBefore?.regime !== 'crash') return;
    // a crash stops all buys: that it began, and that it is over
    const rank = regime.regime === 'crash' ? 'alarm' : 'notice';
    const told = { regime: regime.regime, reason: regime.reason };
    store.alerts.add({ mode: null, at, wallAt, source: 'scanner', rank, kind: 'regime', detail: told });
  }

  function record({ scan, begun, rows, looked, inputs }: Finished): void {
    const news = rows.filter(
      (row) => row.positionId !== null || lastRecorded.get(row.market) !== answerOf(scan.mode, row),
    );
    store.scans.record(scan, news, inputs, begun);
    // only what was written: where the disk was full, the next scan tells it
    for (const row of news) lastRecorded.set(row.market, answerOf(scan.mode, row));
    const volatility = looked.flatMap(({ facts, reading }) =>
      reading === null ? [] : (volatilityOf(facts.market.id, reading) ?? []),
    );
    store.volatility.put(volatility);
  }
}

/** A scan with all that is kept of it. */
interface Finished {
  readonly scan: ScanRow;
  /** its id, where it was written before its first order left */
  readonly begun: number | undefined;
  readonly rows: readonly CandidateRow[];
  readonly looked: readonly Looked[];
  readonly inputs: ScanInputs;
}

const byMarket = (bids: readonly Bid[]): ReadonlyMap<string, Bid> =>
  new Map(bids.map((bid) => [bid.facts.market.id, bid]));

/** Reason code to count; every market that was seen is counted once. */
function funnelOf(
  { rejected, terms }: ScanOpening,
  looked: readonly Looked[],
  bidOn: ReadonlyMap<string, Bid>,
): Record<string, number> {
  const reasons = looked.map(({ facts }) => reasonOf(facts, bidOn.get(facts.market.id) ?? null, terms));
  const funnel: Record<string, number> = {};
  for (const reason of [...rejected.values(), ...reasons]) funnel[reason] = (funnel[reason] ?? 0) + 1;
  return funnel;
}

/** A token is judged every minute on the same closed candle: the same answer is written down once. */
const answerOf = (mode: Mode, { candleAt, decision, reason }: CandidateRow): string =>
  `${mode} ${candleAt} ${decision} ${reason}`;

const closeOf = ({ close }: CandleColumns): number => close.at(-1) ?? Number.NaN;
