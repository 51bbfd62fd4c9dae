import {
  type ApprovedOrder,
  decideToken,
  type EntryFacts,
  type ExchangeSymbol,
  highWaterMark,
  type Mode,
  type ScanTerms,
  type SteadyClock,
  type Ticker24h,
  type TokenFacts,
  type TradeOrder,
  ZERO,
} from '@mexc-bot/core';
import { type Balance, type MarketData, QueryFailed, type RejectCode, type Trading } from '@mexc-bot/exchange';
import { type Executor, exposureOf } from '@mexc-bot/execution';
import type { Store } from '@mexc-bot/store';

export interface BuyerDeps {
  readonly marketData: Pick<MarketData, 'bookTickers'>;
  readonly tradingOf: (mode: Mode) => Trading | null;
  readonly executor: Pick<Executor, 'execute'>;
  readonly store: Store;
  readonly clock: SteadyClock;
  /** the asset everything is bought with */
  readonly quote: string;
  /** how long the highest equity counts, market ms; null: for ever */
  readonly forgetPeakMs: number | null;
  /** whether a tracker is there to guard what is bought */
  readonly guarded: () => boolean;
  /** whether the API key that trades in a mode was judged since this process began */
  readonly keyJudged: (mode: Mode) => Promise<boolean>;
  /** whether the books of a mode were compared with its account since this process began */
  readonly reconciled: (mode: Mode) => Promise<boolean>;
  readonly newPositionId: () => string;
  /** decide and record nothing, buy nothing */
  readonly dry: boolean;
}

/** The scan a buy belongs to. */
interface Moment {
  readonly terms: ScanTerms;
  readonly tickers: readonly Ticker24h[];
  /** the list of markets is not believed */
  readonly collapsed: boolean;
  /** Called in the transaction that journals an order: what the order is for is written with it. */
  intended(bid: Bid, before: readonly Bid[]): void;
}

/** What the account said to a contender, and what became of its order; `null`: none was sent. */
export interface Bid {
  readonly facts: TokenFacts;
  readonly approved: ApprovedOrder | null;
  readonly order: Pick<TradeOrder, 'positionId' | 'state' | 'filled' | 'detail'> | null;
}

/** Wall ms a market that refused a buy is left alone. */
const QUARANTINE_MS = 10 * 60_000;
/** What the market itself refuses: the same order would be refused again. */
const OF_THE_MARKET: ReadonlySet<RejectCode> = new Set(['market_not_tradable', 'order_type_not_allowed', 'unexpected']);
/** Wall ms after which the owner is told the same of a market again. */
const TELL_AGAIN_MS = 24 * 60 * 60_000;

/** Takes contenders, strongest first, through the protections and to the exchange. */
export function createBuyer(
  deps: BuyerDeps,
): (contenders: readonly TokenFacts[], moment: Moment) => Promise<readonly Bid[]> {
  const { marketData, store, clock } = deps;

  return async (contenders, moment) => {
    const { mode } = moment.terms;
    const trading = deps.tradingOf(mode);
    if (contenders.length === 0) {
      await watchEquity(moment, trading);
      return [];
    }
    const barred = await barredAltogether(moment, trading);
    if (barred !== null || trading === null) {
      await watchEquity(moment, trading);
      return contenders.map((facts) => bar(facts, barred ?? 'no_account'));
    }

    // no ask is older than the question, however long its answer and the account's take, and whatever is done to the machine's clock
    const askedAt = clock.monotonicNow();
    const [balances, books] = await Promise.all([trading.balances(), marketData.bookTickers()]);
    const last = lastPrices(moment);
    if (!deps.dry) markEquity(moment, balances, last);
    const bids: Bid[] = [];
    /** null: it may have changed, and could not be read since */
    let free: typeof balances | null = balances;
    for (const facts of contenders) {
      const { id } = facts.market;
      const ask = books.get(id)?.ask ?? null;
      const refused = store.quarantine.get(mode, id);
      if (bids.at(-1)?.order && free !== null) free = await readBalances(trading);
      const known = free;
      if (known === null) bids.push(bar(facts, 'account_unread'));
      else if (ask === null) bids.push(bar(facts, 'no_order_book'));
      else if (refused !== undefined && clock.wallNow() < refused.retryWallAt) bids.push(bar(facts, 'quarantined'));
      else {
        const entryNow = (): EntryFacts => {
          // an order of this very scan may have been what the key was refused
          const stopped = store.state.entriesStopped(mode);
          if (stopped !== null) return { barred: stopped };
          return {
            barred: null,
            asOf: clock.now(),
            ask,
            askAgeMs: clock.monotonicNow() - askedAt,
            exposure: exposureNow(moment, id, known, last),
          };
        };
        bids.push(await buyOne(facts, moment, entryNow, bids));
      }
    }
    return bids;
  };

  /** @returns null where the account did not answer: that ends the buys of this scan, not its record */
  async function readBalances(trading: Trading): Promise<ReadonlyMap<string, Balance> | null> {
    try {
      return await trading.balances();
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
      return null;
    }
  }

  async function barredAltogether({ terms, collapsed }: Moment, trading: Trading | null): Promise<string | null> {
    if (collapsed) return 'universe_collapsed';
    if (trading === null) return 'no_account';
    // a dry run buys nothing that needs either
    if (!deps.dry && !deps.guarded()) return 'tracker_silent';
    if (!deps.dry && !(await deps.keyJudged(terms.mode))) return 'key_unchecked';
    const stopped = store.state.entriesStopped(terms.mode);
    if (stopped !== null) return stopped;
    return (await deps.reconciled(terms.mode)) ? null : 'not_reconciled';
  }

  function exposureNow(
    { terms }: Moment,
    market: ExchangeSymbol,
    balances: ReadonlyMap<string, Balance>,
    last: ReadonlyMap<string, number>,
  ) {
    const { mode, limits } = terms;
    return exposureOf(store, mode, market, deps.quote, balances, limits.account, (id) => last.get(id), clock.now());
  }

  /** Held tokens reach their peak in scans that buy nothing too. Where the account cannot be read, the next scan reads it. */
  async function watchEquity(moment: Moment, trading: Trading | null): Promise<void> {
    if (deps.dry || trading === null || store.state.entriesStopped(moment.terms.mode) !== null) return;
    const balances = await readBalances(trading);
    if (balances !== null) markEquity(moment, balances, lastPrices(moment));
  }

  /** Once a scan: the mark rises to what two readings reached, and two looks at the same prices would be one. */
  function markEquity(moment: Moment, balances: ReadonlyMap<string, Balance>, last: ReadonlyMap<string, number>): void {
    const { mode } = moment.terms;
    const { equity } = exposureNow(moment, '', balances, last);
    const mark = highWaterMark(store.state.highWaterMark(mode), equity, clock.now(), deps.forgetPeakMs);
    if (mark !== null) store.state.setHighWaterMark(mode, mark, clock.wallNow());
  }

  async function buyOne(
    contender: TokenFacts,
    { terms, intended }: Moment,
    entryNow: () => EntryFacts,
    before: readonly Bid[],
  ): Promise<Bid> {
    let facts = contender;
    let approved: ApprovedOrder | null = null;
    const executed = await deps.executor.execute(() => {
      facts = { ...contender, entry: entryNow() };
      const decision = decideToken(facts, terms);
      if (decision.state !== 'approved') return null;
      approved = decision.order;
      if (deps.dry) return null;
      const positionId = deps.newPositionId();
      intended({ facts, approved, order: { positionId, state: 'intended', filled: ZERO, detail: null } }, before);
      return { order: approved, positionId, entry: decision.plan };
    });
    if (executed === null) return { facts, approved, order: null };
    const { order, rejection } = executed;
    if (rejection === null) lift(order);
    else if (OF_THE_MARKET.has(rejection)) quarantine(order, rejection);
    return { facts, approved, order };
  }

  /** The exchange lists it as tradable and refuses the order: left alone for a while, and its list is read anew. */
  function quarantine({ mode, market, detail }: TradeOrder, rejection: RejectCode): void {
    const [at, wallAt, reason] = [clock.now(), clock.wallNow(), detail ?? rejection];
    store.write(() => {
      store.quarantine.put({ mode, market, reason, at, failures: 1, retryWallAt: wallAt + QUARANTINE_MS });
      if (rejection !== 'unexpected') return;
      const alert = { mode, at, wallAt, source: 'scanner', rank: 'alarm', kind: 'order_unexpected', market } as const;
      store.alerts.addNews({ ...alert, detail: { reason } }, TELL_AGAIN_MS);
    });
  }

  function lift({ mode, market, state }: TradeOrder): void {
    if (state !== 'unknown' && store.quarantine.get(mode, market) !== undefined) store.quarantine.lift(mode, market);
  }
}

const lastPrices = ({ tickers }: Moment): ReadonlyMap<string, number> =>
  new Map(tickers.map((ticker) => [ticker.market, ticker.last]));

const bar = (facts: TokenFacts, reason: string): Bid => ({
  facts: { ...facts, entry: { barred: reason } },
  approved: null,
  order: null,
});
