import {
  type ApprovedOrder,
  type Clock,
  type Decimal,
  type EntryPlan,
  type ExchangeSymbol,
  isFinal,
  type Market,
  type Mode,
  mayBecome,
  type OrderReport,
  type OrderState,
  type TradeOrder,
  ZERO,
} from '@mexc-bot/core';
import { QueryFailed, type RejectCode, type Trading } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';
import { bookReport, type EntryRules } from './books.ts';
import { createOrderNews } from './order-news.ts';

/** The part of the suite's logger that execution uses. */
export interface ExecutionLog {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

export interface ExecutorDeps {
  readonly store: Store;
  /** The account that trades in a mode; null where it has none (live without keys). */
  readonly tradingOf: (mode: Mode) => Trading | null;
  readonly clock: Clock;
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

/** What is to be ordered, and for which position. */
export interface Intent {
  readonly order: ApprovedOrder;
  readonly positionId: string;
  /** buys only */
  readonly entry: EntryPlan | null;
  /** sales only: what triggered it, and how many orders it sent before */
  readonly trigger?: { readonly price: Decimal; readonly at: number };
  readonly step?: number;
}

/** What became of an order, as far as is known. */
interface Executed {
  readonly order: TradeOrder;
  /** why the exchange refused it; null where it did not */
  readonly rejection: RejectCode | null;
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
  /** Looks up every order without a final answer. A query that fails leaves its order for the next time. */
  settle(): Promise<void>;
}

/** Wall ms between read-backs right after an accepted order; MEXC may deny a new order for a moment. */
const READ_BACK_MS = [0, 100, 300, 600] as const;
/** An order is absent only after this many separate looks found nothing. */
const MISSES_TO_BE_ABSENT = 3;
/** How far the exchange's dates and ours may differ, wall ms. */
const CLOCK_SLACK_MS = 5_000;

export function createExecutor(deps: ExecutorDeps): Executor {
  const { store, clock, log } = deps;
  const news = createOrderNews(deps);
  const misses = new Map<string, { readonly count: number; readonly lastWall: number }>();

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
    const trades = wantsTrades ? await trading.orderTrades(order.market, report.exchangeOrderId) : [];
    const settled = bookReport(
      store,
      order.clientOrderId,
      report,
      trades,
      marketOf(order.market).rules,
      deps.entryRules,
      now(),
    );
    for (const fill of settled.newFills) {
      log.info(`${fill.side === 'buy' ? 'bought' : 'sold'} ${fill.quantity} ${fill.market} at ${fill.price}`, {
        mode: order.mode,
        reason: order.reason,
        order: order.clientOrderId,
      });
    }
    return settled.order;
  };

  /** The exchange took it, and may have lost its client id since: the exchange's own id still names it. */
  const byExchangeId = async (order: TradeOrder, trading: Trading): Promise<TradeOrder> => {
    if (clock.wallNow() - order.createdWallAt < deps.settleAfterMs) return order;
    const rows = await trading.ordersSince(order.market, order.createdAt - CLOCK_SLACK_MS * clock.speed());
    const report = rows.find((row) => row.exchangeOrderId === order.exchangeOrderId);
    return report === undefined ? order : book(order, report, trading);
  };

  /** A single "not found" ends nothing: only spaced misses, past every window in which the order may still appear. */
  const notFound = async (order: TradeOrder, trading: Trading): Promise<TradeOrder> => {
    if (order.state === 'accepted') return byExchangeId(order, trading);
    const wall = clock.wallNow();
    const seen = misses.get(order.clientOrderId) ?? { count: 0, lastWall: Number.NEGATIVE_INFINITY };
    if (wall - seen.lastWall >= deps.absentAfterMs / MISSES_TO_BE_ABSENT) {
      misses.set(order.clientOrderId, { count: seen.count + 1, lastWall: wall });
    }
    const { count } = misses.get(order.clientOrderId)!;
    const waited = wall - order.createdWallAt;
    if (count < MISSES_TO_BE_ABSENT || waited < deps.absentAfterMs) return order;

    const trace = await findTrace(order, trading);
    if (trace !== null) return typeof trace === 'string' ? suspend(order, trace) : book(order, trace, trading);
    misses.delete(order.clientOrderId);
    return advance(order.clientOrderId, 'absent', {
      detail: `not found ${count} times over ${Math.round(waited / 1000)} s`,
    });
  };

  /**
   * Looks for an order the exchange denies by its client id in everything else it tells: open orders, past orders, trades.
   *
   * @returns the order where one is provably it, words where something may be, null where nothing is
   */
  const findTrace = async (order: TradeOrder, trading: Trading): Promise<OrderReport | string | null> => {
    // the exchange may round times to seconds, and its clock may differ from ours
    const since = order.createdAt - CLOCK_SLACK_MS * clock.speed();
    const [open, past, trades] = await Promise.all([
      trading.openOrders(order.market),
      trading.ordersSince(order.market, since),
      trading.tradesSince(order.market, since),
    ]);
    const rows = [...open, ...past];
    const named = rows.find((row) => row.clientOrderId === order.clientOrderId);
    if (named !== undefined) return named;

    const known = new Set(store.orders.ofMarket(order.mode, order.market).map((row) => row.exchangeOrderId));
    const nameless = rows.filter(
      (row) => row.clientOrderId === null && row.side === order.side && !known.has(row.exchangeOrderId),
    );
    const twins = nameless.filter((row) => row.quantity.eq(order.quantity) && row.price?.eq(order.price) === true);
    if (new Set(twins.map((row) => row.exchangeOrderId)).size === 1) return twins[0]!;
    if (nameless.length > 0) return 'the exchange lists orders without a client id that may be this one';
    const foreign = trades.some((trade) => trade.side === order.side && !known.has(trade.exchangeOrderId));
    return foreign ? 'the exchange lists trades that may be of this order' : null;
  };

  /** Stays unknown, its market occupied, and the owner is told: a guess either way would break the books. */
  const suspend = (order: TradeOrder, why: string): TradeOrder => {
    news.unclear(order, why);
    return order;
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
        return { order, rejection: outcome.code };
      }
      if (outcome.outcome === 'unknown') {
        log.warn(`${approved.side} of ${approved.market} has no answer, looking it up: ${outcome.detail}`, {
          order: clientOrderId,
        });
        return { order: advance(clientOrderId, 'unknown', { detail: outcome.detail }), rejection: null };
      }

      let order = advance(clientOrderId, 'accepted', { exchangeOrderId: outcome.exchangeOrderId });
      for (const wait of READ_BACK_MS) {
        if (isFinal(order.state)) break;
        if (wait > 0) await clock.sleepWall(wait);
        try {
          order = await lookUp(order);
        } catch (error) {
          if (!(error instanceof QueryFailed)) throw error;
          log.warn(`read-back of ${clientOrderId} failed, trying again: ${error.message}`);
        }
      }
      return { order, rejection: null };
    },

    async settle() {
      for (const order of store.orders.unsettled()) {
        // somebody may still be waiting for the answer of a fresh order
        if (clock.wallNow() - order.createdWallAt < deps.settleAfterMs) continue;
        if (deps.tradingOf(order.mode) === null) {
          log.error(
            `order ${order.clientOrderId} cannot be looked up: ${order.mode} mode has no account (API key missing from .env)`,
          );
          continue;
        }
        try {
          news.waiting(await lookUp(order));
        } catch (error) {
          if (!(error instanceof QueryFailed)) throw error;
          news.waiting(order);
          log.warn(`order ${order.clientOrderId} could not be looked up, trying again: ${error.message}`);
        }
      }
    },
  };
}
