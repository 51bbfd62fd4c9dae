export * from './market.ts';
export { Decimal, decimalsOf, floorToStep, roundToTick, type Side, ZERO } from './money.ts';
export {
  type ApprovedOrder,
  type ClientOrderId,
  type Fill,
  isFinal,
  mayBecome,
  type OrderState,
  type TradeOrder,
} from './order.ts';
export type * from './position.ts';
export { err, ok, type Result } from './result.ts';
export { STRATEGIES, type Strategy } from './strategy-name.ts';
export { type Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, TIMEFRAME_MS, type Timeframe } from './time.ts';
