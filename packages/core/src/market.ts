import type { Decimal } from './money.ts';

/** The exchange's own id, `PEPEUSDT`. Unified symbols are never keys: client libraries rename coins. */
export type ExchangeSymbol = string;

/** Paper money or real money. A position keeps the mode it was opened in. */
export type Mode = 'test' | 'live';

export type OrderType = 'limit' | 'market' | 'limit_maker' | 'ioc' | 'fok';

/** What the exchange allows in one market. */
export interface MarketRules {
  /** price grid, quote per base */
  readonly tickSize: Decimal;
  /** quantity grid, base */
  readonly stepSize: Decimal;
  /** smallest order, base; zero where the exchange names none */
  readonly minQuantity: Decimal;
  /** smallest order, quote */
  readonly minNotional: Decimal;
  /** largest order, quote */
  readonly maxNotional: Decimal;
  /** fraction of the notional, charged in quote: 0.0005 is 5 bps */
  readonly takerFeeRate: Decimal;
  /** a buy limit above last × this is refused; absent where the exchange names no such filter */
  readonly bidMultiplierUp?: Decimal;
  /** a sell limit under last × this is refused */
  readonly askMultiplierDown?: Decimal;
}

export interface Market {
  readonly id: ExchangeSymbol;
  readonly base: string;
  readonly quote: string;
  /** `unknown` is a value the adapter did not recognise: never tradable, and said aloud */
  readonly status: 'online' | 'paused' | 'offline' | 'unknown';
  /** the exchange opens this market to orders by API, for anyone and for this key */
  readonly apiTradable: boolean;
  readonly sides: 'both' | 'buy' | 'sell' | 'none';
  readonly orderTypes: readonly OrderType[];
  /** the exchange's own warning label (MEXC: `st`), often followed by delisting */
  readonly riskFlagged: boolean;
  readonly rules: MarketRules;
}

/** 24 h statistics of one market, as numbers: they rank, they do not account. */
export interface Ticker24h {
  readonly market: ExchangeSymbol;
  readonly last: number;
  readonly bid: number;
  readonly ask: number;
  /** quote traded in 24 h; null where the exchange gave none and it could not be derived */
  readonly quoteVolume: number | null;
  /** 0.10 is +10 % in 24 h; null where the exchange gave none */
  readonly change: number | null;
}

/** Best bid and ask, both quote per base, both > 0. */
export interface BookTicker {
  readonly market: ExchangeSymbol;
  readonly bid: Decimal;
  readonly bidQuantity: Decimal;
  /** null, with its quantity: nobody sells. A position can be judged and sold all the same, and nothing can be bought */
  readonly ask: Decimal | null;
  readonly askQuantity: Decimal | null;
}

export interface DepthLevel {
  readonly price: Decimal;
  readonly quantity: Decimal;
}

/** Order book, best price first on both sides. */
export interface Depth {
  readonly bids: readonly DepthLevel[];
  readonly asks: readonly DepthLevel[];
}

/** One closed candle; `volume` in base. */
export interface Candle {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * The market a person means: `pepe`, `PEPE/USDT`, `pepe-usdt` and `PEPEUSDT` are the same one. What was written counts as it is, in
 * either case, before its separators are left out: names have brackets, and letters of every script.
 *
 * @param quote of a market that is named by its base alone
 * @returns undefined where none of `markets` is meant
 */
export function marketMeant(
  word: string,
  markets: readonly ExchangeSymbol[],
  quote: string,
): ExchangeSymbol | undefined {
  for (const form of [(name: string) => name.toUpperCase(), plainName]) {
    const wanted = form(word);
    const found =
      wanted && (markets.find((id) => form(id) === wanted) ?? markets.find((id) => form(id) === wanted + form(quote)));
    if (found) return found;
  }
  return undefined;
}

/** The base a word names, for a hint at the one that is probably meant. */
export function baseMeant(word: string, quote: string): string {
  const plain = plainName(word);
  return plain.endsWith(quote) ? plain.slice(0, -quote.length) : plain;
}

const plainName = (name: string): string => name.toUpperCase().replace(/[/_\s-]/g, '');
