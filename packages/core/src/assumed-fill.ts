import { closeIfDone } from './book-exit.ts';
import { feeInQuote, feeSide } from './fill-fee.ts';
import type { MarketRules } from './market.ts';
import { Decimal, ZERO } from './money.ts';
import type { Fill, TradeOrder } from './order.ts';
import type { OpenPosition, Position } from './position.ts';
import type { OrderReport } from './reports.ts';
import { stopPrice } from './stop.ts';

/** How the trade id of an assumed fill begins; what follows is its order's client id, so there is one an order. */
export const ASSUMED_TRADE = 'assumed-';

/** An average seldom ends: cut there, sums of money stay exact, and a correction takes out what was put in. */
const PRICE_DIGITS = 12;

export const isAssumed = ({ tradeId }: Pick<Fill, 'tradeId'>): boolean => tradeId.startsWith(ASSUMED_TRADE);

/**
 * What an order filled and the exchange lists no trade of: its price is the average that the order itself tells, its fee the market's
 * usual one. It stands in the books until the trades are listed, so that what was bought is guarded and what was sold is not sold again.
 *
 * @param listed fills of the order that are known
 * @param at market time, ms UTC
 */
export function assumedFill(
  order: TradeOrder,
  report: OrderReport,
  listed: readonly Fill[],
  market: { readonly quote: string; readonly rules: MarketRules },
  at: number,
): Fill {
  const { clientOrderId, mode, side } = order;
  const quantity = report.filled.minus(sum(listed, (fill) => fill.quantity));
  const average = (report.notional?.minus(costOf(listed)).div(quantity) ?? ZERO).toSignificantDigits(PRICE_DIGITS);
  const price = keepsLimit(order, average) ? average : order.price;
  const fee = price.mul(quantity).mul(market.rules.takerFeeRate);
  const tradeId = `${ASSUMED_TRADE}${clientOrderId}`;
  return { tradeId, clientOrderId, mode, market: order.market, side, price, quantity, fee, feeAsset: market.quote, at };
}

/** An average that breaks the order's own limit is none. A market order has no limit but the exchange's. */
function keepsLimit({ side, type, price }: TradeOrder, average: Decimal): boolean {
  if (!average.gt(0)) return false;
  return type === 'market' || (side === 'buy' ? average.lte(price) : average.gte(price));
}

/**
 * The position as it would be had its order been booked with what is listed by now, in the place of what was assumed. Its stop does
 * not fall, and what it decided meanwhile stays decided.
 *
 * @param before all fills of the order as they were booked
 * @param after all fills of the order as they are listed; they fill the same quantity
 * @param at market time, ms UTC
 */
export function withListedFills(
  position: Position,
  before: readonly Fill[],
  after: readonly Fill[],
  rules: MarketRules,
  at: number,
): Position {
  const change = (of: (fills: readonly Fill[]) => Decimal): Decimal => of(after).minus(of(before));
  const baseFees = (fills: readonly Fill[]) =>
    sum(
      fills.filter((fill) => feeSide(fill, position.base) === 'base'),
      (fill) => fill.fee,
    );
  const quoteFees = (fills: readonly Fill[]) => sum(fills, (fill) => feeInQuote(fill, position.base, rules));
  const quantity = Decimal.max(position.quantity.minus(change(baseFees)), ZERO);
  const fees = position.fees.plus(change(quoteFees));
  const changed =
    before[0]?.side === 'sell'
      ? { quantity, fees, proceeds: position.proceeds.plus(change(costOf)) }
      : { quantity, fees, ...purchase(position, before, after, rules), bought: boughtAs(position, quantity) };

  if (position.state === 'closed') return { ...position, ...changed, dust: quantity };
  const pendingExit = position.pendingExit && {
    ...position.pendingExit,
    quantity: Decimal.min(position.pendingExit.quantity, quantity),
  };
  return closeIfDone({ ...position, ...changed, pendingExit }, rules, at);
}

const boughtAs = (position: Position, quantity: Decimal): Decimal =>
  position.bought.minus(position.quantity.minus(quantity));

/** Where coins left the account meanwhile, the position stands for a share of its purchase. */
function purchase(
  position: Position,
  before: readonly Fill[],
  after: readonly Fill[],
  { tickSize }: MarketRules,
): Pick<OpenPosition, 'cost' | 'entryPrice' | 'hardStop' | 'peak'> {
  const cost = costOf(after).mul(position.cost.div(costOf(before)));
  const entryPrice = costOf(after).div(sum(after, (fill) => fill.quantity));
  const { hardStop, stopDistance, peak } = position;
  return {
    cost,
    entryPrice,
    hardStop: Decimal.max(hardStop, stopPrice(entryPrice, stopDistance, tickSize)),
    peak: peak.eq(position.entryPrice) ? entryPrice : Decimal.max(peak, entryPrice),
  };
}

const sum = (fills: readonly Fill[], of: (fill: Fill) => Decimal): Decimal =>
  fills.reduce((total, fill) => total.plus(of(fill)), ZERO);

const costOf = (fills: readonly Fill[]): Decimal => sum(fills, (fill) => fill.price.mul(fill.quantity));
