import {
  type ExchangeSymbol,
  isFinal,
  type Market,
  type Mode,
  mayBecome,
  type OrderReport,
  type OrderState,
  type SteadyClock,
  type TradeOrder,
  ZERO,
} from '@mexc-bot/core';
import { QueryFailed, type Trading } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';
import { createAssumed } from './assumed.ts';
import { bookReport, type EntryRules } from './books.ts';
import type { Executed, ExecutionLog, Intent } from './intent.ts';
import { createOrderAge } from './order-age.ts';
import { createOrderNews } from './order-news.ts';
import { findTrace, sentAfter } from './trace.ts';
import { createUnclear } from './unclear.ts';

export interface ExecutorDeps {
  readonly store: Store;
  /** The account that trades in a mode; null where it has none (live without keys). */
  readonly tradingOf: (mode: Mode) => Trading | null;
  readonly clock: SteadyClock;
  readonly log: ExecutionLog;
  readonly entryRules: EntryRules;
  /** the process that writes the activity */
  readonly source: string;
  /** `[A-Za-z0-9_-]{1,32}`, never the same twice */
  readonly newClientOrderId: () => string;
  /** leave an order without an answer alone for this long, wall ms: its sender may still be waiting */
  readonly settleAfterMs: number;
  /** an order nobody knows is absent after this long, wall ms; longer than the request time-out plus the receive window */
  readonly absentAfterMs: number;
}

export interface Executor {
  /**
   * Decides and journals in one write transaction, sends the order once and books what comes back. So two processes, or two
   * signals of one scan, can never both take the last slot or the last quote.
   *
   * What has no answer stays unsettled, its market occupied and its funds reserved, until {@link Executor.settle} finds out.
   *
   * @returns null when `decide` wants no order after all
   */
  execute(decide: () => Intent | null): Promise<Executed | null>;
  /**
   * Looks up every order without a final answer. A query that fails leaves its order for the next time; so does what the books
   * refuse, and the owner is told: one order never holds up another.
   */
  settle(): Promise<void>;
  /** Ends an order without an answer as if nothing more had come of it: the owner says so, who can see what the exchange does not tell. */
  abandon(order: TradeOrder): void;
}

/** Wall ms between read-backs right after an accepted order; MEXC may deny a new order for a moment. */
const READ_BACK_MS = [0, 100, 300, 600] as const;
/** An order is absent only after this many separate looks found nothing. */
const MISSES_TO_BE_ABSENT = 3;
/** A read-back that would have to wait longer is left to `settle`, wall ms. */
const LONGEST_READ_BACK_MS = 1_000;
/** An order that stays open though it was to be cancelled is cancelled again after this, wall ms. */
const CANCEL_AGAIN_MS = 10_000;
/** Longest time without looking for orders, however long the exchange says to wait, wall ms. */
const LONGEST_QUIET_MS = 60_000;

export function createExecutor(deps: ExecutorDeps): Executor {
  const { store, clock, log } = deps;
  const age = createOrderAge(clock);
  const news = createOrderNews({ ...deps, age });
  const misses = new Map<string, { readonly count: number; readonly lastAge: number }>();
  const unclear = createUnclear({ ...deps, age });
  const assumed = createAssumed(deps);
  const cancelAgainAt = new Map<string, number>();
  /** when the exchange answers look-ups again, as it said, on the steady clock */
  let quietUntil = Number.NEGATIVE_INFINITY;

  const now = () => ({ market: clock.now(), wall: clock.wallNow(), source: deps.source });

  const marketOf = (id: ExchangeSymbol): Market => {
    const market = store.markets.get(id);
    if (!market) throw new RangeError(`market ${id} is not in the store`);
    return market;
  };

  /** Moves the journal on unless another process has already moved it at least as far. */
  const advance = (
    clientOrderId: string,
    to: OrderState,
    change: { exchangeOrderId?: string; detail?: string },
  ): TradeOrder =>
    store.write(() => {
      const order = store.orders.get(clientOrderId)!;
      if (mayBecome(order.state, to)) store.orders.advance(clientOrderId, to, { ...change, at: clock.now() });
      if (to === 'rejected' || to === 'absent' || to === 'unknown') {
        store.activity.add({
          mode: order.mode,
          at: clock.now(),
          wallAt: clock.wallNow(),
          source: deps.source,
          kind: `order_${to}`,
          market: order.market,
          positionId: order.positionId,
          detail: { order: clientOrderId, side: order.side, reason: order.reason, why: change.detail ?? null },
        });
      }
      if (to === 'absent') news.absent(order);
      return store.orders.get(clientOrderId)!;
    });

  const tradingOf = (mode: Mode): Trading => {
    const trading = deps.tradingOf(mode);
    if (trading === null) throw new Error(`no account trades in ${mode} mode: the API key is missing from .env`);
    return trading;
  };

  /** @returns the order as it stands now; unchanged when the exchange does not know it (yet) */
  const lookUp = async (order: TradeOrder): Promise<TradeOrder> => {
    const trading = tradingOf(order.mode);
    const report = await trading.findOrder(order.market, order.clientOrderId);
    if (report === null) return notFound(order, trading);

    misses.delete(order.clientOrderId);
    return book(order, report, trading);
  };

  const book = async (order: TradeOrder, report: OrderReport, trading: Trading): Promise<TradeOrder> => {
    const wantsTrades = report.filled.gt(order.filled);
    const trades = wantsTrades ? await listedTrades(order, report, trading) : [];
    const settled = bookReport(
      store,
      order.clientOrderId,
      report,
      trades,
      marketOf(order.market),
      deps.entryRules,
      now(),
      age.late(order),
    );
    for (const fill of settled.newFills) {
      log.info(`${fill.side === 'buy' ? 'bought' : 'sold'} ${fill.quantity} ${fill.market} at ${fill.price}`, {
        mode: order.mode,
        reason: order.reason,
        order: order.clientOrderId,
      });
    }
    if (report.state === 'open' && (age.late(order) || outlived(order))) await cancelResting(order, trading);
    return settled.order;
  };

  /** Of an order that is late its own word must do: a list that cannot be read holds it up no longer. */
  const listedTrades = async (order: TradeOrder, report: OrderReport, trading: Trading) => {
    try {
      return await trading.orderTrades(order.market, report.exchangeOrderId);
    } catch (error) {
      if (!(error instanceof QueryFailed) || error.retryAfterMs !== null || !age.late(order)) throw error;
      log.warn(`trades of ${order.clientOrderId} could not be read: ${error.message}`);
      return [];
    }
  };

  /** A limit order is sent where no other type is taken, in the place of an IOC: what it did not fill by now is the next order's. */
  const outlived = (order: TradeOrder): boolean => order.type === 'limit' && age.of(order) >= deps.settleAfterMs;

  /** No order of ours is meant to rest. What it filled is read at the next look, as a cancellation may meet a fill. */
  const cancelResting = async ({ clientOrderId, market }: TradeOrder, trading: Trading): Promise<void> => {
    if (clock.monotonicNow() < (cancelAgainAt.get(clientOrderId) ?? 0)) return;
    cancelAgainAt.set(clientOrderId, clock.monotonicNow() + CANCEL_AGAIN_MS);
    const outcome = await trading.cancelOrder(market, clientOrderId);
    log.warn(`order ${clientOrderId} in ${market} is still open and was to be cancelled: ${outcome}`);
  };

  /** The exchange took it, and may have lost its client id since: the exchange's own id still names it. */
  const byExchangeId = async (order: TradeOrder, trading: Trading): Promise<TradeOrder> => {
    if (age.of(order) < deps.settleAfterMs) return order;
    const rows = await trading.ordersSince(order.market, sentAfter(order, clock));
    const report = rows.find((row) => row.exchangeOrderId === order.exchangeOrderId);
    return report === undefined ? order : book(order, report, trading);
  };

  /** A single "not found" ends nothing: only spaced misses, past every window in which the order may still appear. */
  const notFound = async (order: TradeOrder, trading: Trading): Promise<TradeOrder> => {
    if (order.state === 'accepted') return byExchangeId(order, trading);
    const waited = age.of(order);
    const seen = misses.get(order.clientOrderId) ?? { count: 0, lastAge: Number.NEGATIVE_INFINITY };
    if (waited - seen.lastAge >= deps.absentAfterMs / MISSES_TO_BE_ABSENT) {
      misses.set(order.clientOrderId, { count: seen.count + 1, lastAge: waited });
    }
    const { count } = misses.get(order.clientOrderId)!;
    if (count < MISSES_TO_BE_ABSENT || waited < deps.absentAfterMs) return order;

    const trace = await findTrace(store, trading, order, sentAfter(order, clock));
    if (typeof trace === 'string') unclear.tell(order, trace);
    if (trace !== null) return typeof trace === 'string' ? order : book(order, trace, trading);
    misses.delete(order.clientOrderId);
    return advance(order.clientOrderId, 'absent', {
      detail: `not found ${count} times over ${Math.round(waited / 1000)} s`,
    });
  };

  /** It is proven that nothing, or no more than is booked, came of it. */
  const endAsNothing = (order: TradeOrder, proof: string): void => {
    log.warn(`order ${order.clientOrderId} in ${order.market} is settled without an answer: ${proof}`);
    if (order.state !== 'accepted') return void advance(order.clientOrderId, 'absent', { detail: proof });
    const { exchangeOrderId, clientOrderId, market, side, quantity, filled } = order;
    const report = {
      exchangeOrderId: exchangeOrderId!,
      clientOrderId,
      market,
      side,
      quantity,
      filled,
      state: 'canceled',
    } as const;
    bookReport(store, clientOrderId, report, [], marketOf(market), deps.entryRules, now());
  };

  /** Asks a few times what became of an order that was just taken. */
  const readBack = async (accepted: TradeOrder): Promise<TradeOrder> => {
    let order = accepted;
    let retryAfterMs = 0;
    for (const wait of READ_BACK_MS) {
      if (isFinal(order.state) || retryAfterMs > LONGEST_READ_BACK_MS) break;
      const sleepMs = Math.max(wait, retryAfterMs);
      if (sleepMs > 0) await clock.sleepWall(sleepMs);
      try {
        order = await lookUp(order);
        retryAfterMs = 0;
      } catch (error) {
        if (!(error instanceof QueryFailed)) throw error;
        log.warn(`read-back of ${order.clientOrderId} failed, trying again: ${error.message}`);
        retryAfterMs = error.retryAfterMs ?? 0;
      }
    }
    return order;
  };

  /** @returns wall ms for which the exchange takes no more questions; null where it did not say so */
  const settleOne = async (order: TradeOrder): Promise<number | null> => {
    try {
      news.waiting(await lookUp(order));
      return null;
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
      news.waiting(order);
      log.warn(`order ${order.clientOrderId} could not be looked up, trying again: ${error.message}`);
      const proof = await unclear.consider(order, error, tradingOf(order.mode));
      if (proof !== null) endAsNothing(order, proof);
      return error.retryAfterMs;
    }
  };

  /** The others have their end, which another process may have found. */
  const forgetAllBut = (orders: readonly TradeOrder[]): void => {
    age.keep(orders);
    unclear.keep(orders);
    const ids = new Set(orders.map((order) => order.clientOrderId));
    for (const known of [misses, cancelAgainAt]) for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
  };

  const journal = (decide: () => Intent | null) =>
    store.write(() => {
      const intent = decide();
      if (intent === null) return null;
      const { order } = intent;
      tradingOf(order.mode);
      const row: TradeOrder = {
        clientOrderId: deps.newClientOrderId(),
        mode: order.mode,
        market: order.market,
        side: order.side,
        type: order.type,
        price: order.price,
        quantity: order.quantity,
        reason: order.reason,
        positionId: intent.positionId,
        entry: intent.entry,
        trigger: intent.trigger ?? null,
        step: intent.step ?? 0,
        state: 'intended',
        exchangeOrderId: null,
        filled: ZERO,
        createdAt: clock.now(),
        updatedAt: clock.now(),
        createdWallAt: clock.wallNow(),
        detail: null,
      };
      store.orders.intend(row);
      age.of(row);
      return { order, row };
    });

  return {
    async execute(decide) {
      const intent = journal(decide);
      if (intent === null) return null;
      const { clientOrderId } = intent.row;
      const approved = intent.order;

      const outcome = await tradingOf(approved.mode).placeOrder(approved, clientOrderId);
      if (outcome.outcome === 'rejected') {
        log.warn(`${approved.side} of ${approved.market} rejected: ${outcome.detail}`, {
          code: outcome.code,
          order: clientOrderId,
        });
        const order = advance(clientOrderId, 'rejected', { detail: `${outcome.code}: ${outcome.detail}` });
        return { order, rejection: outcome.code, retryAfterMs: outcome.retryAfterMs ?? null };
      }
      if (outcome.outcome === 'unknown') {
        log.warn(`${approved.side} of ${approved.market} has no answer, looking it up: ${outcome.detail}`, {
          order: clientOrderId,
        });
        return answered(advance(clientOrderId, 'unknown', { detail: outcome.detail }));
      }

      return answered(await readBack(advance(clientOrderId, 'accepted', { exchangeOrderId: outcome.exchangeOrderId })));
    },

    abandon: (order) => endAsNothing(order, 'the owner says that nothing came of it'),

    async settle() {
      if (clock.monotonicNow() < quietUntil) return;
      forgetAllBut(store.orders.unsettled());
      for (const order of store.orders.unsettled()) {
        // somebody may still be waiting for the answer of a fresh order
        if (age.of(order) < deps.settleAfterMs || unclear.waits(order)) continue;
        if (deps.tradingOf(order.mode) === null) {
          log.error(
            `order ${order.clientOrderId} cannot be looked up: ${order.mode} mode has no account (API key missing from .env)`,
          );
          continue;
        }
        let retryAfterMs: number | null = null;
        try {
          retryAfterMs = await settleOne(order);
          unclear.booked(order);
        } catch (error) {
          // the books refuse what it reports: it waits alone, or no other order would ever be settled
          log.error(`order ${order.clientOrderId} in ${order.market} cannot be booked`, { error });
          unclear.refused(order, error);
        }
        if (retryAfterMs === null) continue;
        // the others would be refused as well
        quietUntil = clock.monotonicNow() + Math.min(retryAfterMs, LONGEST_QUIET_MS);
        return;
      }
      await assumed.correct();
    },
  };
}

const answered = (order: TradeOrder): Executed => ({ order, rejection: null, retryAfterMs: null });
