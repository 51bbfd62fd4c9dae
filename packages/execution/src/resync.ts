import {
  type Clock,
  DAY_MS,
  Decimal,
  type ExchangeSymbol,
  type Fill,
  type Market,
  type Mode,
  type OrderReport,
  openPosition,
  type Strategy,
  type TradeOrder,
  type TradeReport,
  ZERO,
} from '@mexc-bot/core';
import { QueryFailed, type Trading } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';
import type { EntryRules } from './books.ts';
import { isOurs } from './client-order-id.ts';

export interface ResyncDeps {
  readonly store: Store;
  readonly trading: Trading;
  readonly clock: Clock;
  readonly mode: Mode;
  readonly quote: string;
  readonly entryRules: EntryRules;
  /** what a rebuilt position is guarded with: what it was bought for is not known at the exchange */
  readonly assume: { readonly strategy: Strategy; readonly confidence: number };
  readonly newPositionId: () => string;
}

/** A position that history proves to be the suite's and that the books lack. */
export interface Rebuilt {
  readonly market: ExchangeSymbol;
  /** base, as our own orders leave it and as the account owns it: the smaller */
  readonly quantity: Decimal;
  /** average price of what is left, quote per base */
  readonly entryPrice: Decimal;
  readonly openedAt: number;
  readonly orders: readonly { readonly report: OrderReport; readonly trades: readonly TradeReport[] }[];
}

/** As far back as MEXC lists orders. */
const HISTORY_MS = 7 * DAY_MS;

/** Where a position is, or an order whose end may still open one: nothing is rebuilt there. */
function takenMarkets(store: Store, mode: Mode): ReadonlySet<ExchangeSymbol> {
  const unsettled = store.orders.unsettled().filter((order) => order.mode === mode);
  return new Set([...store.positions.open(mode), ...unsettled].map(({ market }) => market));
}

/**
 * Looks for coins the books do not know and that orders of ours bought: after a lost or restored database. Only what carries our
 * client order ids counts; everything else is the owner's. Orders are to be settled before: where one has no end, its coins are its own.
 *
 * Throws QueryFailed: then nothing is known.
 */
export async function planResync(deps: ResyncDeps): Promise<readonly Rebuilt[]> {
  const { store, trading, clock } = deps;
  const balances = await trading.balances();
  const taken = takenMarkets(store, deps.mode);
  const found: Rebuilt[] = [];
  for (const { asset, free, locked } of balances.values()) {
    const market = store.markets.get(`${asset}${deps.quote}`);
    const owned = free.plus(locked);
    if (asset === deps.quote || market === undefined || taken.has(market.id) || owned.lt(market.rules.stepSize))
      continue;
    const orders = await ourOrders(trading, market.id, clock.now() - HISTORY_MS);
    const rebuilt = orders === null ? null : rebuild(market, orders, owned);
    if (rebuilt !== null) found.push(rebuilt);
  }
  return found;
}

/** @returns null where the market is gone: the exchange has no history of it, and that is no reason to rebuild no other */
async function ourOrders(trading: Trading, market: ExchangeSymbol, since: number): Promise<Rebuilt['orders'] | null> {
  let rows: readonly OrderReport[];
  try {
    rows = await trading.ordersSince(market, since);
  } catch (error) {
    if (error instanceof QueryFailed && error.kind === 'market') return null;
    throw error;
  }
  const reports = rows.filter(
    (report) => report.clientOrderId !== null && isOurs(report.clientOrderId) && report.filled.gt(0),
  );
  const orders = [];
  for (const report of reports)
    orders.push({ report, trades: await trading.orderTrades(market, report.exchangeOrderId) });
  return orders;
}

/** Walks our trades in time; each time nothing is left, what came before is a closed chapter. */
function rebuild(market: Market, orders: Rebuilt['orders'], owned: Decimal): Rebuilt | null {
  const trades = orders.flatMap((order) => order.trades).sort((a, b) => a.at - b.at);
  let quantity = ZERO;
  let cost = ZERO;
  let chapter = 0;
  let openedAt = 0;
  trades.forEach((trade, index) => {
    if (quantity.lt(market.rules.stepSize)) {
      [quantity, cost, chapter, openedAt] = [ZERO, ZERO, index, trade.at];
    }
    if (trade.side === 'buy') {
      quantity = quantity.plus(trade.quantity).minus(trade.feeAsset === market.base ? trade.fee : 0);
      cost = cost.plus(trade.price.mul(trade.quantity));
    } else if (quantity.gt(0)) {
      cost = cost.mul(Decimal.max(quantity.minus(trade.quantity), ZERO)).div(quantity);
      quantity = Decimal.max(quantity.minus(trade.quantity), ZERO);
    }
  });
  const left = Decimal.min(quantity, owned);
  if (left.lt(market.rules.stepSize)) return null;
  const ids = new Set(trades.slice(chapter).map((trade) => trade.exchangeOrderId));
  return {
    market: market.id,
    quantity: left,
    entryPrice: cost.div(quantity),
    openedAt,
    orders: orders.filter(({ report }) => ids.has(report.exchangeOrderId)),
  };
}

/**
 * Writes a rebuilt position, and into the journal the orders and trades it comes from, in one transaction.
 *
 * @returns false, and nothing is written, where another process has bought in that market since it was planned
 */
export function applyResync(deps: ResyncDeps, rebuilt: Rebuilt): boolean {
  const { store, clock, mode } = deps;
  const market = store.markets.get(rebuilt.market);
  if (!market) throw new RangeError(`market ${rebuilt.market} is not in the store`);
  const positionId = deps.newPositionId();
  const plan = { base: market.base, ...deps.assume, atrFraction: Number.NaN };

  return store.write(() => {
    if (takenMarkets(store, mode).has(market.id)) return false;
    for (const { report, trades } of rebuilt.orders) {
      if (store.orders.get(report.clientOrderId!) !== undefined) continue;
      store.orders.intend(journalRow(report, trades, positionId, deps));
      for (const trade of trades) store.orders.addFill(toFill(trade, report.clientOrderId!, mode));
      store.orders.advance(report.clientOrderId!, report.state === 'filled' ? 'filled' : 'canceled', {
        at: clock.now(),
      });
    }
    const fill: Fill = {
      tradeId: `resync-${positionId}`,
      clientOrderId: rebuilt.orders[0]!.report.clientOrderId!,
      mode,
      market: market.id,
      side: 'buy',
      price: rebuilt.entryPrice,
      quantity: rebuilt.quantity,
      fee: ZERO,
      feeAsset: market.quote,
      at: rebuilt.openedAt,
    };
    store.positions.save(
      openPosition({
        ...plan,
        ...deps.entryRules,
        id: positionId,
        mode,
        market: market.id,
        fills: [fill],
        openedAt: rebuilt.openedAt,
        rules: market.rules,
      }),
    );
    return true;
  });
}

function journalRow(
  report: OrderReport,
  trades: readonly TradeReport[],
  positionId: string,
  deps: ResyncDeps,
): TradeOrder {
  const at = trades[0]?.at ?? deps.clock.now();
  return {
    clientOrderId: report.clientOrderId!,
    mode: deps.mode,
    market: report.market,
    side: report.side,
    type: 'ioc',
    price: trades[0]?.price ?? ZERO,
    quantity: report.quantity,
    reason: 'resync',
    positionId,
    entry: null,
    trigger: null,
    step: 0,
    state: 'intended',
    exchangeOrderId: report.exchangeOrderId,
    filled: ZERO,
    createdAt: at,
    updatedAt: at,
    createdWallAt: deps.clock.wallNow(),
    detail: 'rebuilt from the exchange',
  };
}

const toFill = (trade: TradeReport, clientOrderId: string, mode: Mode): Fill => ({
  tradeId: trade.tradeId,
  clientOrderId,
  mode,
  market: trade.market,
  side: trade.side,
  price: trade.price,
  quantity: trade.quantity,
  fee: trade.fee,
  feeAsset: trade.feeAsset,
  at: trade.at,
});
