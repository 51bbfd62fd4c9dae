import {
  approveEntry,
  type Classification,
  type Clock,
  classify,
  type Decimal,
  type EntryPlan,
  exitRow,
  findHype,
  type GateVerdict,
  gateWithoutModel,
  type HypeToken,
  type Market,
  type Mode,
  type Ticker24h,
} from '@mexc-bot/core';
import type { MarketData, Trading } from '@mexc-bot/exchange';
import { type Executor, exposureOf } from '@mexc-bot/execution';
import type { Logger, Settings } from '@mexc-bot/runtime';
import type { CandidateRow, ScanRow, Store } from '@mexc-bot/store';
import { createReader, type Reading } from './reading.ts';
import { createUniverse } from './universe.ts';

export interface ScanDeps {
  readonly marketData: MarketData;
  readonly tradingOf: (mode: Mode) => Trading | null;
  readonly executor: Executor;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: Settings;
  /** whether the books of a mode were compared with its account since this process began */
  readonly reconciled: (mode: Mode) => Promise<boolean>;
  readonly newPositionId: () => string;
  /** decide and record nothing, buy nothing */
  readonly dry?: boolean;
}

/** One scan: what was seen, and what was decided about every hype token. */
export interface ScanResult {
  readonly scan: ScanRow;
  readonly decisions: readonly CandidateRow[];
}

/** A classified token that passed the gate, on its way to the protections. */
interface Contender {
  readonly token: HypeToken;
  readonly market: Market;
  readonly reading: Reading;
  readonly classification: Classification & { strategy: NonNullable<Classification['strategy']> };
  readonly verdict: GateVerdict;
}

/** Wall ms a market that refused a buy is left alone. */
const QUARANTINE_MS = 10 * 60_000;

/** One pass from the market to the buys: universe, hype, strategy, gate, protections. */
export function createScan(deps: ScanDeps): () => Promise<ScanResult> {
  const { marketData, store, clock, settings } = deps;
  const readUniverse = createUniverse({
    ...deps,
    criteria: { ...settings.universe, minAgeMs: settings.universe.minAgeHours * 3_600_000 },
  });
  const readCandles = createReader(marketData, clock, settings.strategy, 4 * settings.scan.maxCandidates);
  const lastRecorded = new Map<string, string>();

  return async () => {
    const startedWall = clock.wallNow();
    const mode = store.state.mode() ?? settings.mode;
    await deps.executor.settle();

    const universe = await readUniverse();
    const tickers = await marketData.tickers();
    const at = clock.now();
    const { hype, funnel } = rankTokens(tickers, universe, settings);

    const looked = await Promise.all(
      hype.map(async (token) => ({ token, reading: await readCandles(token.ticker.market) })),
    );
    const decisions: CandidateRow[] = [];
    const contenders: Contender[] = [];
    for (const { token, reading } of looked) {
      const classification = classify(reading.candles, reading.indicators, settings.strategy);
      if (classification.strategy === null) {
        decisions.push(decided(token, classification, null, classification.reason));
        continue;
      }
      const verdict = gateWithoutModel(classification.strategy, mode, settings.ai);
      if (!verdict.pass) decisions.push(decided(token, classification, verdict, verdict.reason));
      else
        contenders.push({
          token,
          market: universe.tradable.get(token.ticker.market)!,
          reading,
          classification,
          verdict,
        });
    }

    const classified = looked.length - decisions.filter((row) => row.strategy === null).length;
    decisions.push(...(await buy(contenders, mode, tickers, universe.collapsed)));

    for (const row of decisions) count(funnel, row.decision === 'bought' ? 'bought' : row.reason);
    const scan: ScanRow = {
      mode,
      at,
      wallAt: clock.wallNow(),
      durationMs: clock.wallNow() - startedWall,
      seen: tickers.length,
      hype: hype.length,
      classified,
      bought: funnel.bought ?? 0,
      funnel,
    };
    if (!deps.dry)
      store.scans.record(
        scan,
        decisions.filter((row) => isNews(row, looked)),
      );
    return { scan, decisions };
  };

  /** A token is judged every minute on the same closed candle: the same answer is written down once. */
  function isNews(row: CandidateRow, looked: readonly { token: HypeToken; reading: Reading }[]): boolean {
    const candle = looked.find(({ token }) => token.ticker.market === row.market)?.reading.candles.at(-1)?.openTime;
    const answer = `${candle} ${row.decision} ${row.reason}`;
    if (lastRecorded.get(row.market) === answer) return false;
    lastRecorded.set(row.market, answer);
    return true;
  }

  async function buy(
    contenders: readonly Contender[],
    mode: Mode,
    tickers: readonly Ticker24h[],
    collapsed: boolean,
  ): Promise<CandidateRow[]> {
    if (contenders.length === 0) return [];
    const reject = (contender: Contender, reason: string) =>
      decided(contender.token, contender.classification, contender.verdict, reason);
    if (collapsed) return contenders.map((contender) => reject(contender, 'universe_collapsed'));
    const trading = deps.tradingOf(mode);
    if (trading === null) return contenders.map((contender) => reject(contender, 'no_account'));
    const stopped = store.state.entriesStopped(mode);
    if (stopped !== null) return contenders.map((contender) => reject(contender, stopped));
    if (!(await deps.reconciled(mode))) return contenders.map((contender) => reject(contender, 'not_reconciled'));

    const [balances, books] = await Promise.all([trading.balances(), marketData.bookTickers()]);
    const readAtWall = clock.wallNow();
    const last = new Map(tickers.map((ticker) => [ticker.market, ticker.last]));

    const rows: CandidateRow[] = [];
    let free = balances;
    for (const contender of contenders) {
      const book = books.get(contender.market.id);
      if (book === undefined) {
        rows.push(reject(contender, 'no_order_book'));
        continue;
      }
      let refusal = 'dry_run';
      const barred = store.quarantine.get(mode, contender.market.id);
      if (barred !== undefined && clock.wallNow() < barred.retryWallAt) {
        rows.push(reject(contender, 'quarantined'));
        continue;
      }
      const executed = await deps.executor.execute(() => {
        const approved = approveContender(contender, mode, book.ask, clock.wallNow() - readAtWall, free, last);
        if (!approved.ok) refusal = approved.error;
        if (!approved.ok || deps.dry) return null;
        return { order: approved.value, positionId: deps.newPositionId(), entry: entryPlan(contender) };
      });
      if (executed === null) {
        rows.push(reject(contender, refusal));
        continue;
      }
      const { order, rejection } = executed;
      if (rejection === 'market_not_tradable') quarantine(contender.market.id, mode, order.detail ?? rejection);
      const bought = order.filled.gt(0);
      rows.push(
        bought ? { ...reject(contender, 'bought'), decision: 'bought' } : reject(contender, `order_${order.state}`),
      );
      free = await trading.balances();
    }
    return rows;
  }

  /** The exchange lists it as tradable and refuses the order: left alone for a while. */
  function quarantine(market: string, mode: Mode, reason: string): void {
    const retryWallAt = clock.wallNow() + QUARANTINE_MS;
    store.quarantine.put({ mode, market, reason, at: clock.now(), failures: 1, retryWallAt });
  }

  function approveContender(
    contender: Contender,
    mode: Mode,
    ask: Decimal,
    askAgeMs: number,
    balances: Awaited<ReturnType<Trading['balances']>>,
    last: ReadonlyMap<string, number>,
  ) {
    const { market, classification, verdict } = contender;
    const { protections, position } = settings;
    const stopLoss =
      exitRow(position.exits, classification.strategy, verdict.confidence).stopLoss * position.atr.wildFactor;
    const exposure = exposureOf(store, mode, market.id, settings.universe.quote, balances, (id) => last.get(id));
    return approveEntry(
      { mode, market, strategy: classification.strategy, ask, askAgeMs, stopLoss },
      exposure,
      {
        maxOpenPositions: protections.maxOpenPositions,
        cooldownMs: protections.cooldownMinutes * 60_000,
        maxPriceAgeMs: protections.maxPriceAgeMs,
        stake: settings.stake[mode],
        equityFraction: settings.stake.equityFraction,
        maxSlippage: settings.execution.maxSlippage,
      },
      clock.now(),
    );
  }
}

const entryPlan = (contender: Contender): EntryPlan => ({
  base: contender.market.base,
  strategy: contender.classification.strategy,
  confidence: contender.verdict.confidence,
  atrFraction: contender.reading.indicators.atrFraction,
});

function count(funnel: Record<string, number>, code: string, by = 1): void {
  funnel[code] = (funnel[code] ?? 0) + by;
}

/** Universe first, then hype: every ticker that does not go on is counted under its reason. */
function rankTokens(
  tickers: readonly Ticker24h[],
  universe: Awaited<ReturnType<ReturnType<typeof createUniverse>>>,
  settings: Settings,
): { hype: readonly HypeToken[]; funnel: Record<string, number> } {
  const funnel: Record<string, number> = {};
  const eligible: Ticker24h[] = [];
  for (const ticker of tickers) {
    if (universe.tradable.has(ticker.market)) eligible.push(ticker);
    else count(funnel, universe.rejected.get(ticker.market) ?? 'not_listed');
  }
  const { tokens, rejected } = findHype(eligible, { ...settings.hype, maxCandidates: settings.scan.maxCandidates });
  for (const reason of rejected.values()) count(funnel, reason);
  return { hype: tokens, funnel };
}

function decided(
  token: HypeToken,
  classification: Classification,
  verdict: GateVerdict | null,
  reason: string,
): CandidateRow {
  const { ticker } = token;
  return {
    market: ticker.market,
    price: ticker.last,
    strategy: classification.strategy,
    confidence: verdict?.confidence ?? null,
    measures: finite({
      change24h: ticker.change,
      quoteVolume24h: ticker.quoteVolume,
      spread: token.spread,
      rank: token.rank,
      ...classification.measures,
    }),
    decision: 'rejected',
    reason,
  };
}

/** JSON has neither NaN nor Infinity: what is not a number is kept as null. */
function finite(measures: Record<string, number | null>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(measures).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  );
}
