import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A message of MEXC's protobuf stream, as far as prices go. */
export interface Push {
  readonly channel: string;
  /** '' where the message names none */
  readonly symbol: string;
  /** market ms UTC; 0 where the message names none */
  readonly sentAt: number;
  /** null: some other kind of message */
  readonly body:
    | { readonly kind: 'quotes'; readonly quote: QuoteText }
    | { readonly kind: 'deals'; readonly deals: readonly DealText[] }
    | null;
}

/** Decimals as they came, unchecked; '' where one is missing. */
export interface QuoteText {
  readonly bidPrice: string;
  readonly bidQuantity: string;
  readonly askPrice: string;
  readonly askQuantity: string;
}

export interface DealText {
  readonly price: string;
  readonly quantity: string;
  /** 1: a taker bought, 2: a taker sold */
  readonly tradeType: number;
  /** market ms UTC */
  readonly time: Whole;
}

/** @returns null when the bytes are no such message */
export type DecodePush = (bytes: Uint8Array) => Push | null;

/** 64 bits as protobufjs has them. */
type Whole = number | { toNumber(): number };
export const toNumber = (whole: Whole): number => (typeof whole === 'number' ? whole : whole.toNumber());

interface Message {
  readonly channel: string;
  readonly symbol: string | null;
  readonly createTime: Whole | null;
  readonly sendTime: Whole | null;
  readonly publicAggreBookTicker: QuoteText | null;
  readonly publicAggreDeals: { readonly deals: readonly DealText[] } | null;
}
interface Schema {
  readonly PushDataV3ApiWrapper: { decode(bytes: Uint8Array): Message };
}

const require = createRequire(import.meta.url);

/**
 * Reads with MEXC's own schema, which ships with ccxt and is reached by its path, as the package does not export it. ccxt's client
 * loads the same file, so in a process that has one it costs nothing.
 */
export function createDecoder(): DecodePush {
  const root = dirname(dirname(require.resolve('ccxt')));
  const { PushDataV3ApiWrapper } = require(join(root, 'js', 'src', 'protobuf', 'mexc', 'compiled.cjs')) as Schema;

  const tryDecode = (bytes: Uint8Array): Message | null => {
    try {
      return PushDataV3ApiWrapper.decode(bytes);
    } catch {
      return null; // protobufjs throws whatever it stumbles over
    }
  };

  return (bytes) => {
    const message = tryDecode(bytes);
    if (message === null) return null;
    const { channel, symbol, createTime, sendTime, publicAggreBookTicker: quote, publicAggreDeals } = message;
    const deals = publicAggreDeals?.deals;
    return {
      channel,
      symbol: symbol ?? '',
      sentAt: toNumber(sendTime ?? createTime ?? 0),
      body: quote ? { kind: 'quotes', quote } : deals ? { kind: 'deals', deals } : null,
    };
  };
}
