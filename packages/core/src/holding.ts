import { closeIfDone } from './book-exit.ts';
import type { MarketRules } from './market.ts';
import { type Decimal, ZERO } from './money.ts';
import type { OpenPosition, Position } from './position.ts';

/** How the coins of a market compare with what the books say is held. */
export type Holding = 'agrees' | 'short' | 'surplus';

/**
 * @param booked base the open positions hold
 * @param owned base the account has, free and locked
 */
export function compareHolding(booked: Decimal, owned: Decimal, rules: MarketRules): Holding {
  const difference = owned.minus(booked);
  if (difference.abs().lt(rules.stepSize)) return 'agrees';
  return difference.lt(0) ? 'short' : 'surplus';
}

/**
 * Coins left the account without an order of ours: a manual sale, a withdrawal. The position shrinks to what is owned, as if the
 * missing part had never been bought: its result is not this suite's, and is neither a win nor a loss.
 *
 * @param owned base that is really there, less than the position holds, ≥ 0
 * @param at market time, ms UTC
 */
export function shrinkToOwned(position: OpenPosition, owned: Decimal, rules: MarketRules, at: number): Position {
  if (owned.gte(position.quantity)) throw new RangeError(`${owned} owned is not less than ${position.quantity} held`);
  const gone = position.quantity.minus(owned);
  const share = gone.div(position.bought);
  const pending = position.pendingExit;
  const shrunk: OpenPosition = {
    ...position,
    bought: position.bought.minus(gone),
    quantity: owned,
    cost: position.cost.minus(position.cost.mul(share)),
    pendingExit: pending === null || owned.lte(0) ? null : { ...pending, quantity: min(pending.quantity, owned) },
    lastExitReason: position.lastExitReason ?? 'gone',
  };
  // a position of nothing has no cost to lose
  const empty = shrunk.bought.lte(0) ? { ...shrunk, bought: ZERO, cost: ZERO } : shrunk;
  return closeIfDone(empty, rules, at);
}

const min = (a: Decimal, b: Decimal): Decimal => (a.lt(b) ? a : b);
