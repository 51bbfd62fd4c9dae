import { type Decimal, ZERO } from '@mexc-bot/core';
import { balanceOf } from '../account.ts';
import type { BalanceCause, EngineEvent } from '../engine-events.ts';
import type { SimOrder, SimOrderStatus, SimOrderType, SimSide, SimTrade } from '../order.ts';
import { hashText } from '../random.ts';
import type { Push, PushedAccount, PushedOrder, PushedPrivateDeal } from './push.ts';
import type { PrivateChannel } from './topics.ts';

/** One message for the holder of an account. */
export interface PrivatePush {
  readonly accountId: string;
  readonly push: Push & { readonly channel: PrivateChannel };
}

const ORDER_TYPE: Readonly<Record<SimOrderType, PushedOrder['orderType']>> = {
  LIMIT: 1,
  LIMIT_MAKER: 2,
  IMMEDIATE_OR_CANCEL: 3,
  FILL_OR_KILL: 4,
  MARKET: 5,
};
const ORDER_STATUS: Readonly<Record<SimOrderStatus, PushedOrder['status']>> = {
  NEW: 1,
  FILLED: 2,
  PARTIALLY_FILLED: 3,
  CANCELED: 4,
  PARTIALLY_CANCELED: 5,
};
const TRADE_TYPE: Readonly<Record<SimSide, 1 | 2>> = { BUY: 1, SELL: 2 };
/** ENTRUST is MEXC's word for an order. */
const BALANCE_TYPE: Readonly<Record<BalanceCause, string>> = {
  placed: 'ENTRUST_PLACE',
  trade: 'ENTRUST',
  fee: 'TRADE_FEE',
  filled: 'ENTRUST_UNFROZEN',
  canceled: 'ENTRUST_CANCEL',
  deposit: 'DEPOSIT',
  withdrawal: 'WITHDRAW',
};

/** What MEXC tells the account's holder about it; texts and numbers are taken now, the order goes on changing. */
export function privatePush(event: EngineEvent): PrivatePush {
  const { at } = event;
  if (event.kind === 'order') {
    const { order } = event;
    return {
      accountId: order.accountId,
      push: {
        channel: 'spot@private.orders.v3.api.pb',
        symbol: order.symbol,
        time: at,
        body: { privateOrders: pushedOrder(order, event.trade) },
      },
    };
  }
  if (event.kind === 'trade') {
    const { trade } = event;
    return {
      accountId: trade.accountId,
      push: {
        channel: 'spot@private.deals.v3.api.pb',
        symbol: trade.symbol,
        time: at,
        body: { privateDeals: pushedDeal(trade) },
      },
    };
  }
  return {
    accountId: event.account.id,
    push: { channel: 'spot@private.account.v3.api.pb', time: at, body: { privateAccount: pushedAccount(event) } },
  };
}

function pushedOrder(order: SimOrder, trade: SimTrade | null): PushedOrder {
  const amount = order.price.mul(order.quantity);
  const average: Decimal = order.executed.gt(0) ? order.quoteExecuted.div(order.executed) : ZERO;
  return {
    id: order.orderId,
    // where the plan lost the id, it is lost here too
    clientId: order.lostClientId === undefined ? (order.clientOrderId ?? '') : '',
    price: order.price.toString(),
    quantity: order.quantity.toString(),
    amount: amount.toString(),
    avgPrice: average.toDecimalPlaces(order.price.decimalPlaces() + 4).toString(),
    orderType: ORDER_TYPE[order.type],
    tradeType: TRADE_TYPE[order.side],
    isMaker: trade?.isMaker ?? false,
    remainAmount: amount.minus(order.quoteExecuted).toString(),
    remainQuantity: order.quantity.minus(order.executed).toString(),
    lastDealQuantity: (trade?.qty ?? ZERO).toString(),
    cumulativeQuantity: order.executed.toString(),
    cumulativeAmount: order.quoteExecuted.toString(),
    status: ORDER_STATUS[order.status],
    createTime: order.time,
  };
}

function pushedDeal(trade: SimTrade): PushedPrivateDeal {
  return {
    price: trade.price.toString(),
    quantity: trade.qty.toString(),
    amount: trade.price.mul(trade.qty).toString(),
    tradeType: TRADE_TYPE[trade.side],
    isMaker: trade.isMaker,
    isSelfTrade: false,
    tradeId: trade.id,
    clientOrderId: trade.clientOrderId ?? '',
    orderId: trade.orderId,
    feeAmount: trade.fee.toString(),
    feeCurrency: trade.feeAsset,
    time: trade.time,
  };
}

function pushedAccount(event: Extract<EngineEvent, { readonly kind: 'balance' }>): PushedAccount {
  const { asset, change } = event;
  const { free, locked } = balanceOf(event.account, asset);
  return {
    vcoinName: asset,
    coinId: hashText(asset).toString(16).padStart(8, '0').repeat(4),
    balanceAmount: free.toString(),
    balanceAmountChange: (change.free ?? ZERO).toString(),
    frozenAmount: locked.toString(),
    frozenAmountChange: (change.locked ?? ZERO).toString(),
    type: BALANCE_TYPE[event.cause],
    time: event.at,
  };
}
