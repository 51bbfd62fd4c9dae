import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** One price level as it is pushed; quantity 0 takes the level away. */
export interface PushedLevel {
  readonly price: string;
  readonly quantity: string;
}

export interface PushedDeal {
  readonly price: string;
  readonly quantity: string;
  /** 1: a taker bought, 2: a taker sold */
  readonly tradeType: 1 | 2;
  /** ms UTC */
  readonly time: number;
}

export interface PushedBookTicker {
  readonly bidPrice: string;
  readonly bidQuantity: string;
  readonly askPrice: string;
  readonly askQuantity: string;
}

export interface PushedMiniTicker {
  readonly symbol: string;
  readonly price: string;
  /** change since midnight in UTC+8, a fraction */
  readonly rate: string;
  /** change since midnight in the channel's own time zone, a fraction */
  readonly zonedRate: string;
  readonly high: string;
  readonly low: string;
  /** quote */
  readonly volume: string;
  /** base */
  readonly quantity: string;
  readonly lastCloseRate: string;
  readonly lastCloseZonedRate: string;
  readonly lastCloseHigh: string;
  readonly lastCloseLow: string;
}

/** What a push carries: one of the bodies of MEXC's `PushDataV3ApiWrapper`, under its own name. */
export type PushBody =
  | { readonly publicAggreDeals: { readonly deals: readonly PushedDeal[]; readonly eventType: string } }
  | {
      readonly publicSpotKline: {
        readonly interval: string;
        /** seconds */
        readonly windowStart: number;
        readonly openingPrice: string;
        readonly closingPrice: string;
        readonly highestPrice: string;
        readonly lowestPrice: string;
        /** base */
        readonly volume: string;
        /** quote */
        readonly amount: string;
        /** seconds */
        readonly windowEnd: number;
      };
    }
  | {
      readonly publicAggreDepths: {
        readonly asks: readonly PushedLevel[];
        readonly bids: readonly PushedLevel[];
        readonly eventType: string;
        readonly fromVersion: string;
        readonly toVersion: string;
      };
    }
  | {
      readonly publicLimitDepths: {
        readonly asks: readonly PushedLevel[];
        readonly bids: readonly PushedLevel[];
        readonly eventType: string;
        readonly version: string;
      };
    }
  | { readonly publicAggreBookTicker: PushedBookTicker }
  | { readonly publicBookTickerBatch: { readonly items: readonly PushedBookTicker[] } }
  | { readonly publicMiniTicker: PushedMiniTicker }
  | { readonly publicMiniTickers: { readonly items: readonly PushedMiniTicker[] } }
  | { readonly privateAccount: PushedAccount }
  | { readonly privateDeals: PushedPrivateDeal }
  | { readonly privateOrders: PushedOrder };

export interface PushedAccount {
  readonly vcoinName: string;
  readonly coinId: string;
  /** free */
  readonly balanceAmount: string;
  readonly balanceAmountChange: string;
  /** locked */
  readonly frozenAmount: string;
  readonly frozenAmountChange: string;
  readonly type: string;
  readonly time: number;
}

export interface PushedPrivateDeal {
  readonly price: string;
  readonly quantity: string;
  /** quote */
  readonly amount: string;
  readonly tradeType: 1 | 2;
  readonly isMaker: boolean;
  readonly isSelfTrade: boolean;
  readonly tradeId: string;
  readonly clientOrderId: string;
  readonly orderId: string;
  readonly feeAmount: string;
  readonly feeCurrency: string;
  readonly time: number;
}

export interface PushedOrder {
  readonly id: string;
  readonly clientId: string;
  readonly price: string;
  readonly quantity: string;
  /** price × quantity, whatever was filled */
  readonly amount: string;
  readonly avgPrice: string;
  /** 1 limit, 2 post-only, 3 IOC, 4 FOK, 5 market */
  readonly orderType: 1 | 2 | 3 | 4 | 5;
  readonly tradeType: 1 | 2;
  readonly isMaker: boolean;
  readonly remainAmount: string;
  readonly remainQuantity: string;
  readonly lastDealQuantity: string;
  readonly cumulativeQuantity: string;
  readonly cumulativeAmount: string;
  /** 1 new, 2 filled, 3 partially filled, 4 canceled, 5 partially canceled */
  readonly status: 1 | 2 | 3 | 4 | 5;
  readonly createTime: number;
}

export interface Push {
  readonly channel: string;
  /** absent from pushes about no market or many */
  readonly symbol?: string;
  /** market time, ms UTC */
  readonly time: number;
  readonly body: PushBody;
}

interface PushSchema {
  readonly PushDataV3ApiWrapper: { encode(message: object): { finish(): Uint8Array } };
}

// MEXC's schema as the client of the exchange ships it: what that client decodes is what is encoded here. The package exports
// only its entry, so the file is found beside it
const require = createRequire(import.meta.url);
const schema: PushSchema = require(
  join(dirname(dirname(require.resolve('ccxt'))), 'js/src/protobuf/mexc/compiled.cjs'),
);

/** The bytes of one push. */
export function encodePush({ channel, symbol, time, body }: Push): Uint8Array {
  const message = { channel, ...body, ...(symbol === undefined ? {} : { symbol }), createTime: time, sendTime: time };
  return schema.PushDataV3ApiWrapper.encode(message).finish();
}
