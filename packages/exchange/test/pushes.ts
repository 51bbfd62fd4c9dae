import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface MessageType {
  fromObject(fields: object): object;
  encode(message: object): { finish(): Uint8Array };
}

const require = createRequire(import.meta.url);

/** MEXC's own schema, as it ships with ccxt: what the exchange writes with. */
const wrapper = (
  require(join(dirname(dirname(require.resolve('ccxt'))), 'js', 'src', 'protobuf', 'mexc', 'compiled.cjs')) as {
    PushDataV3ApiWrapper: MessageType;
  }
).PushDataV3ApiWrapper;

export const encodePush = (fields: object): Buffer => Buffer.from(wrapper.encode(wrapper.fromObject(fields)).finish());

export const quotesChannel = (market: string): string => `spot@public.aggre.bookTicker.v3.api.pb@100ms@${market}`;
export const dealsChannel = (market: string): string => `spot@public.aggre.deals.v3.api.pb@100ms@${market}`;

export interface QuoteFields {
  readonly bidPrice?: string;
  readonly bidQuantity?: string;
  readonly askPrice?: string;
  readonly askQuantity?: string;
}

/** @param sendTime market ms UTC */
export const quotePush = (market: string, sendTime: number, fields: QuoteFields = {}): Buffer =>
  encodePush({
    channel: quotesChannel(market),
    symbol: market,
    sendTime,
    publicAggreBookTicker: { bidPrice: '1.01', bidQuantity: '5', askPrice: '1.02', askQuantity: '7.5', ...fields },
  });

export interface DealFields {
  readonly price: string;
  readonly quantity: string;
  readonly tradeType: number;
  readonly time: number;
}

export const dealsPush = (market: string, sendTime: number, deals: readonly Partial<DealFields>[] = [{}]): Buffer =>
  encodePush({
    channel: dealsChannel(market),
    symbol: market,
    sendTime,
    publicAggreDeals: {
      deals: deals.map((deal) => ({ price: '1.015', quantity: '3', tradeType: 1, time: sendTime, ...deal })),
      eventType: 'spot@public.aggre.deals.v3.api.pb@100ms',
    },
  });
