import type { MarketRules, OrderType } from './market.ts';
import { Decimal, roundToTick } from './money.ts';

/** One rung: how an exit order is priced. */
export interface Rung {
  readonly type: Extract<OrderType, 'ioc' | 'market'>;
  /** limit of an IOC; for a market order the worst it can execute at, quote per base */
  readonly price: Decimal;
}

/** MEXC's market orders are IOC limits this far from the last price. */
const MARKET_ORDER_RANGE = 0.05;

/**
 * The worst any rung may sell at, as a fraction under the bid: what the exchange's minimums are judged at, so that an exit that
 * was worth deciding is worth sending on every rung.
 */
export const worstExitFraction = (maxExitSlippage: number): number => Math.max(MARKET_ORDER_RANGE, maxExitSlippage);

/**
 * How the next order of an exit is priced: at the touch first, then half of the allowed slippage, all of it, and at market.
 * Each rung is worse for us and surer to sell; each is priced from the bid of its own moment.
 *
 * @param step orders this exit has sent before, from 0
 * @param marketOrders whether this market takes market orders; without them the last rung is an IOC as wide as one
 */
export function exitRung(
  step: number,
  bid: Decimal,
  market: MarketRules,
  maxExitSlippage: number,
  marketOrders: boolean,
): Rung {
  const under = (fraction: number): Decimal =>
    roundToTick(bid.mul(new Decimal(1).minus(fraction)), market.tickSize, 'sell');
  if (step === 0) return { type: 'ioc', price: under(0) };
  if (step === 1) return { type: 'ioc', price: under(maxExitSlippage / 2) };
  if (step === 2) return { type: 'ioc', price: under(maxExitSlippage) };
  return { type: marketOrders ? 'market' : 'ioc', price: under(worstExitFraction(maxExitSlippage)) };
}
