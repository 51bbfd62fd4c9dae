import type { ExchangeSymbol } from './market.ts';
import type { Decimal, Side } from './money.ts';
import type { ClientOrderId } from './order.ts';

/** An order as the exchange, or the paper account, tells it. */
export interface OrderReport {
  readonly clientOrderId: ClientOrderId | null;
  readonly exchangeOrderId: string;
  readonly market: ExchangeSymbol;
  readonly side: Side;
  /** `canceled` may be partly filled */
  readonly state: 'open' | 'filled' | 'canceled';
  /** base */
  readonly quantity: Decimal;
  /** base filled so far */
  readonly filled: Decimal;
  /** quote that the filled part cost or brought, without fees; absent where it is not told */
  readonly notional?: Decimal;
  /** the limit it was placed at, quote per base; absent where it is not told */
  readonly price?: Decimal;
}

/** One execution as the exchange lists it. */
export interface TradeReport {
  readonly tradeId: string;
  readonly exchangeOrderId: string;
  readonly market: ExchangeSymbol;
  readonly side: Side;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly fee: Decimal;
  readonly feeAsset: string;
  /** market time, ms UTC; the exchange may round it to whole seconds */
  readonly at: number;
}

/** Paper balances by asset; paper orders are immediate, so nothing is ever locked. */
export type PaperAccount = ReadonlyMap<string, Decimal>;

/** A paper order, what it executed, and the account after it. */
export interface PaperSettlement {
  readonly order: OrderReport;
  readonly trades: readonly TradeReport[];
  readonly account: PaperAccount;
}

/** Where the paper account lives between processes and restarts. The store implements it. */
export interface PaperBook {
  account(): PaperAccount;
  /** In one write transaction: shows `decide` the account, keeps what it decides; keeps nothing where it returns null. */
  settle(decide: (account: PaperAccount) => PaperSettlement | null): PaperSettlement | null;
  findOrder(market: ExchangeSymbol, clientOrderId: ClientOrderId): OrderReport | null;
  orderTrades(market: ExchangeSymbol, exchangeOrderId: string): readonly TradeReport[];
  marketOrders(market: ExchangeSymbol): readonly OrderReport[];
  marketTrades(market: ExchangeSymbol): readonly TradeReport[];
}
