import type { MarketRules, OrderType } from './market.ts';
import { Decimal, roundToTick } from './money.ts';

/** Types an exit order may be of. A limit order is the last resort: what does not fill of it rests until it is cancelled. */
export const EXIT_TYPES = ['ioc', 'market', 'limit'] as const satisfies readonly OrderType[];
export type ExitType = (typeof EXIT_TYPES)[number];

/** One rung: how an exit order is priced. */
export interface Rung {
  readonly type: ExitType;
  /** limit; for a market order the worst it can execute at, quote per base */
  readonly price: Decimal;
  /** the bid on the tick grid: no order needs to ask for more */
  readonly touch: Decimal;
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
 * @param types what this market takes; the last rung is a market order, or what comes nearest to one
 */
export function exitRung(
  step: number,
  bid: Decimal,
  market: MarketRules,
  maxExitSlippage: number,
  types: readonly ExitType[],
): Rung {
  const under = (fraction: number): Decimal =>
    roundToTick(bid.mul(new Decimal(1).minus(fraction)), market.tickSize, 'sell');
  const touch = under(0);
  const rung = (fraction: number, ...wanted: readonly [ExitType, ...ExitType[]]): Rung => ({
    type: wanted.find((type) => types.includes(type)) ?? wanted[0],
    price: under(fraction),
    touch,
  });
  if (step === 0) return rung(0, 'ioc', 'market', 'limit');
  if (step === 1) return rung(maxExitSlippage / 2, 'ioc', 'market', 'limit');
  if (step === 2) return rung(maxExitSlippage, 'ioc', 'market', 'limit');
  return rung(worstExitFraction(maxExitSlippage), 'market', 'ioc', 'limit');
}
