import {
  adjustStake,
  approveEntry,
  type Clock,
  type Decimal,
  type EntryPlan,
  exitRow,
  highWaterMark,
  MINUTE_MS,
  type Mode,
  type ProtectionLimits,
  type Regime,
  type RegimeAdjustments,
  type Ticker24h,
} from '@mexc-bot/core';
import type { Balance, MarketData, Trading } from '@mexc-bot/exchange';
import { type Executor, exposureOf } from '@mexc-bot/execution';
import type { Settings } from '@mexc-bot/runtime';
import type { CandidateRow, Store } from '@mexc-bot/store';
import { type Contender, decided } from './decision.ts';

export interface BuyerDeps {
  readonly marketData: MarketData;
  readonly tradingOf: (mode: Mode) => Trading | null;
  readonly executor: Executor;
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: Settings;
  /** whether the books of a mode were compared with its account since this process began */
  readonly reconciled: (mode: Mode) => Promise<boolean>;
  readonly newPositionId: () => string;
  /** decide and record nothing, buy nothing */
  readonly dry?: boolean;
}

/** The scan a buy belongs to. */
interface Moment {
  readonly mode: Mode;
  readonly tickers: readonly Ticker24h[];
  readonly regime: Regime;
  readonly adjustments: RegimeAdjustments;
  /** the list of markets is not believed */
  readonly collapsed: boolean;
}

/** Wall ms a market that refused a buy is left alone. */
const QUARANTINE_MS = 10 * 60_000;

/** Takes contenders, strongest first, through the protections and to the exchange. */
export function createBuyer(
  deps: BuyerDeps,
): (contenders: readonly Contender[], moment: Moment) => Promise<CandidateRow[]> {
  const { marketData, store, clock, settings } = deps;
  const { protections } = settings;
  const account = {
    stopGuard:
      protections.stopGuard.stops === 0
        ? null
        : {
            stops: protections.stopGuard.stops,
            withinMs: protections.stopGuard.withinMinutes * MINUTE_MS,
            pauseMs: protections.stopGuard.pauseMinutes * MINUTE_MS,
          },
    dailyLossFraction: protections.dailyLossFraction,
    dailyLossQuote: protections.dailyLossUsdt,
    maxDrawdown: protections.maxDrawdown,
  };
  const forgetPeakMs = protections.forgetPeakDays === null ? null : protections.forgetPeakDays * 86_400_000;

  return async (contenders, moment) => {
    const { mode } = moment;
    if (contenders.length === 0) return [];
    const rejectAll = (reason: string) => contenders.map((contender) => reject(contender, reason));
    if (moment.collapsed) return rejectAll('universe_collapsed');
    const trading = deps.tradingOf(mode);
    if (trading === null) return rejectAll('no_account');
    const stopped = store.state.entriesStopped(mode);
    if (stopped !== null) return rejectAll(stopped);
    if (!(await deps.reconciled(mode))) return rejectAll('not_reconciled');

    const [balances, books] = await Promise.all([trading.balances(), marketData.bookTickers()]);
    const readAtWall = clock.wallNow();
    const last = new Map(moment.tickers.map((ticker) => [ticker.market, ticker.last]));

    if (!deps.dry) markEquity(mode, balances, last);
    const rows: CandidateRow[] = [];
    let free = balances;
    for (const contender of contenders) {
      const ask = books.get(contender.market.id)?.ask;
      const barred = store.quarantine.get(mode, contender.market.id);
      if (ask === undefined) rows.push(reject(contender, 'no_order_book'));
      else if (barred !== undefined && clock.wallNow() < barred.retryWallAt)
        rows.push(reject(contender, 'quarantined'));
      else {
        rows.push(await buyOne(contender, moment, ask, readAtWall, free, last));
        if (rows.at(-1)?.decision === 'bought') free = await trading.balances();
      }
    }
    return rows;
  };

  /** Once a scan: the mark rises to what two readings reached, and two looks at the same prices would be one. */
  function markEquity(mode: Mode, balances: ReadonlyMap<string, Balance>, last: ReadonlyMap<string, number>): void {
    const asOf = clock.now();
    const { equity } = exposureOf(
      store,
      mode,
      '',
      settings.universe.quote,
      balances,
      account,
      (id) => last.get(id),
      asOf,
    );
    const mark = highWaterMark(store.state.highWaterMark(mode), equity, asOf, forgetPeakMs);
    if (mark !== null) store.state.setHighWaterMark(mode, mark, clock.wallNow());
  }

  async function buyOne(
    contender: Contender,
    moment: Moment,
    ask: Decimal,
    askReadAtWall: number,
    balances: ReadonlyMap<string, Balance>,
    last: ReadonlyMap<string, number>,
  ): Promise<CandidateRow> {
    let refusal = 'dry_run';
    const executed = await deps.executor.execute(() => {
      const approved = approve(contender, moment, ask, clock.wallNow() - askReadAtWall, balances, last);
      if (!approved.ok) refusal = approved.error;
      if (!approved.ok || deps.dry) return null;
      return { order: approved.value, positionId: deps.newPositionId(), entry: entryPlan(contender, moment) };
    });
    if (executed === null) return reject(contender, refusal);
    const { order, rejection } = executed;
    if (rejection === 'market_not_tradable') quarantine(contender.market.id, moment.mode, order.detail ?? rejection);
    if (order.filled.gt(0)) return { ...reject(contender, 'bought'), decision: 'bought' };
    return reject(contender, `order_${order.state}`);
  }

  function approve(
    contender: Contender,
    { mode, regime, adjustments }: Moment,
    ask: Decimal,
    askAgeMs: number,
    balances: ReadonlyMap<string, Balance>,
    last: ReadonlyMap<string, number>,
  ) {
    const { market, classification, verdict } = contender;
    const asOf = clock.now();
    const exposure = exposureOf(
      store,
      mode,
      market.id,
      settings.universe.quote,
      balances,
      account,
      (id) => last.get(id),
      asOf,
    );
    const lastClose = contender.reading.candles.at(-1)?.close ?? Number.NaN;
    const row = exitRow(settings.position.exits, classification.strategy, verdict.confidence);
    const stopLoss = row.stopLoss * adjustments.stop * settings.position.atr.wildFactor;
    const limits: ProtectionLimits = {
      maxOpenPositions: protections.maxOpenPositions,
      cooldownMs: protections.cooldownMinutes * MINUTE_MS,
      maxPriceAgeMs: protections.maxPriceAgeMs,
      stake: settings.stake[mode],
      equityFraction: settings.stake.equityFraction,
      maxSlippage: settings.execution.maxSlippage,
      account,
    };
    return approveEntry(
      { mode, market, strategy: classification.strategy, ask, lastClose, askAgeMs, regime, stopLoss },
      exposure,
      adjustStake(limits, adjustments),
      asOf,
    );
  }

  /** The exchange lists it as tradable and refuses the order: left alone for a while. */
  function quarantine(market: string, mode: Mode, reason: string): void {
    const retryWallAt = clock.wallNow() + QUARANTINE_MS;
    store.quarantine.put({ mode, market, reason, at: clock.now(), failures: 1, retryWallAt });
  }
}

const reject = (contender: Contender, reason: string): CandidateRow =>
  decided(contender.token, contender.classification, contender.verdict, reason);

const entryPlan = (contender: Contender, { adjustments }: Moment): EntryPlan => ({
  base: contender.market.base,
  strategy: contender.classification.strategy,
  confidence: contender.verdict.confidence,
  atrFraction: contender.reading.indicators.atrFraction,
  stopFactor: adjustments.stop,
});
