import {
  compareHolding,
  type Decimal,
  type ExchangeSymbol,
  type SteadyClock,
  type TradeOrder,
  ZERO,
} from '@mexc-bot/core';
import { type Balance, QueryFailed, type Trading } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';
import type { OrderAge } from './order-age.ts';

/** An order without an answer for this long, wall ms, is told to the owner. */
const UNCLEAR_AFTER_MS = 5 * 60_000;
/** Wall ms between two looks at such an order: it may stay so for ever. */
const LOOK_AGAIN_MS = 30_000;
/** Nothing came of it only after this many separate looks said so. */
const LOOKS_TO_BE_SURE = 3;

/** Orders whose end the exchange does not tell: their market stays occupied and their funds reserved. Oldest first. */
export const unclearOrders = (store: Store, wallNow: number): readonly TradeOrder[] =>
  store.orders.unsettled().filter((order) => wallNow - order.createdWallAt >= UNCLEAR_AFTER_MS);

/** What the account says of an order in a market the exchange answers no more for. */
export interface Evidence {
  /** base the books hold without this order, and base the account has, free and locked */
  readonly booked: Decimal;
  readonly owned: Decimal;
  /** whether it is certain that nothing, or nothing more, came of it */
  readonly nothingCame: boolean;
  readonly words: string;
}

/**
 * An order moves coins or it does not, and a market that is gone moves none any more. So coins that are all where the books have them
 * prove that nothing came of it. What else they show proves no price and no fee: then only the owner can say.
 */
export function evidenceOf(store: Store, order: TradeOrder, balances: ReadonlyMap<string, Balance>): Evidence {
  const market = store.markets.get(order.market);
  if (!market) throw new RangeError(`market ${order.market} is not in the store`);
  const total = (asset: string): Decimal => {
    const balance = balances.get(asset);
    return balance === undefined ? ZERO : balance.free.plus(balance.locked);
  };
  const bookedIn = (id: ExchangeSymbol): Decimal => {
    const position = store.positions.open(order.mode).find((open) => open.market === id);
    return (position?.quantity ?? ZERO).plus(store.positions.dust(order.mode, id));
  };

  const booked = bookedIn(market.id).plus(order.side === 'buy' ? order.filled : ZERO);
  const owned = total(market.base);
  const found = { booked, owned };
  const holding = compareHolding(booked, owned, market.rules);
  if (holding !== 'agrees') {
    const verb = order.side === 'buy' ? 'bought' : 'sold';
    return { ...found, nothingCame: false, words: `it may have ${verb}: ${booked} booked, ${owned} owned` };
  }
  const locked = balances.get(order.side === 'buy' ? market.quote : market.base)?.locked ?? ZERO;
  if (locked.gt(0)) return { ...found, nothingCame: false, words: 'the account has funds set aside that it may hold' };
  if (order.side === 'buy') {
    // the market may live on under another name, its coins too
    const stranger = [...balances.keys()].find((asset) => {
      const other = store.markets.get(`${asset}${market.quote}`);
      return other !== undefined && compareHolding(bookedIn(other.id), total(asset), other.rules) === 'surplus';
    });
    if (stranger !== undefined)
      return {
        ...found,
        nothingCame: false,
        words: `its coins may be the ${stranger} that is owned without a position`,
      };
  }
  return { ...found, nothingCame: true, words: 'all coins are where the books have them: nothing came of it' };
}

export interface UnclearDeps {
  readonly store: Store;
  readonly clock: SteadyClock;
  readonly age: OrderAge;
  /** the process that writes alerts */
  readonly source: string;
}

/** Follows the orders whose look-ups fail. */
export function createUnclear({ store, clock, age, source }: UnclearDeps) {
  const sure = new Map<string, number>();
  const nextLook = new Map<string, number>();
  /** how often in a row the books refused what an order reports */
  const refusals = new Map<string, number>();

  const tell = (order: TradeOrder, why: string, kind = 'order_unclear'): void => {
    store.alerts.addNews({
      mode: order.mode,
      at: clock.now(),
      wallAt: clock.wallNow(),
      source,
      rank: 'alarm',
      kind,
      market: order.market,
      positionId: order.positionId,
      detail: { order: order.clientOrderId, why },
    });
  };

  return {
    /** Stays as it is, its market occupied, and the owner is told, once: a guess either way would break the books. */
    tell: (order: TradeOrder, why: string) => tell(order, why),
    booked: (order: TradeOrder): void => void refusals.delete(order.clientOrderId),
    /** The first time may be a database that was busy; from the second on it is a broken book, which only somebody who looks can mend. */
    refused(order: TradeOrder, error: unknown): void {
      const count = (refusals.get(order.clientOrderId) ?? 0) + 1;
      refusals.set(order.clientOrderId, count);
      if (count === 1) return;
      nextLook.set(order.clientOrderId, clock.monotonicNow() + LOOK_AGAIN_MS);
      tell(order, error instanceof Error ? error.message : String(error), 'order_not_booked');
    },
    /** Whether it is too early to look again. */
    waits: (order: TradeOrder): boolean => clock.monotonicNow() < (nextLook.get(order.clientOrderId) ?? 0),
    /**
     * After a look-up that failed. An order is unclear when it had no answer for long; where its market is gone, the account may
     * still prove that nothing came of it.
     *
     * @returns the proof, in words; null where there is none (yet)
     */
    async consider(order: TradeOrder, failure: QueryFailed, trading: Trading): Promise<string | null> {
      if (age.of(order) < UNCLEAR_AFTER_MS) return null;
      nextLook.set(order.clientOrderId, clock.monotonicNow() + LOOK_AGAIN_MS);
      if (failure.kind !== 'market') {
        tell(order, `no look-up was answered for ${UNCLEAR_AFTER_MS / 60_000} minutes`);
        return null;
      }
      let evidence: Evidence;
      try {
        evidence = evidenceOf(store, order, await trading.balances());
      } catch (error) {
        if (!(error instanceof QueryFailed)) throw error;
        tell(order, 'the exchange does not answer for its market any more, nor for the account');
        return null;
      }
      const looks = evidence.nothingCame ? (sure.get(order.clientOrderId) ?? 0) + 1 : 0;
      sure.set(order.clientOrderId, looks);
      if (looks >= LOOKS_TO_BE_SURE) return evidence.words;
      if (!evidence.nothingCame) tell(order, `the exchange does not answer for its market any more; ${evidence.words}`);
      return null;
    },
    /** Forgets all but these. */
    keep(orders: readonly TradeOrder[]): void {
      const ids = new Set(orders.map((order) => order.clientOrderId));
      for (const map of [sure, nextLook, refusals]) for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
    },
  };
}
