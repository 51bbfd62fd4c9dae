import { Decimal, type ExchangeSymbol, type Market, type OrderType, type Side } from '@mexc-bot/core';
import { z } from 'zod';
import { decimal, malformed, nonNegative, parseWire } from './wire.ts';

/** MEXC's order types by ours; there is no time in force on spot, IOC and FOK are types. */
export const WIRE_ORDER_TYPE: Readonly<Record<OrderType, string>> = {
  limit: 'LIMIT',
  market: 'MARKET',
  limit_maker: 'LIMIT_MAKER',
  ioc: 'IMMEDIATE_OR_CANCEL',
  fok: 'FILL_OR_KILL',
};
const ORDER_TYPE = new Map(Object.entries(WIRE_ORDER_TYPE).map(([ours, theirs]) => [theirs, ours as OrderType]));

export const WIRE_SIDE: Readonly<Record<Side, string>> = { buy: 'BUY', sell: 'SELL' };

const STATUS: Readonly<Record<string, Market['status']>> = { '1': 'online', '2': 'paused', '3': 'offline' };
const SIDES: Readonly<Record<string, Market['sides']>> = { '1': 'both', '2': 'buy', '3': 'sell', '4': 'none' };

/** The documents say string, the wire sends an int, ccxt makes strings of ints. */
const intOrText = z.union([z.string(), z.number()]).transform(String);
const decimals = intOrText
  .pipe(z.string().regex(/^\d{1,2}$/))
  .transform((text): Decimal => new Decimal(10).pow(-Number(text)));
const flag = z.union([z.boolean(), z.string()]).nullish();

const percentPriceFilter = z.object({
  filterType: z.literal('PERCENT_PRICE_BY_SIDE'),
  bidMultiplierUp: decimal.optional(),
  askMultiplierDown: decimal.optional(),
});

const symbolRow = z.object({
  symbol: z.string().min(1),
  status: intOrText.nullish(),
  baseAsset: z.string().min(1),
  quoteAsset: z.string().min(1),
  baseAssetPrecision: decimals,
  quoteAssetPrecision: decimals,
  /** the smallest quantity, not a step; "0": none */
  baseSizePrecision: nonNegative,
  /** the smallest notional */
  quoteAmountPrecision: nonNegative,
  maxQuoteAmount: nonNegative,
  takerCommission: nonNegative,
  orderTypes: z.array(z.string()),
  permissions: z.array(z.string()).nullish(),
  isSpotTradingAllowed: flag,
  tradeSideType: intOrText.nullish(),
  st: flag,
  filters: z.array(z.unknown()).nullish(),
});

export interface ParsedMarkets {
  readonly markets: readonly Market[];
  /** rows left out, with the reason: they are not tradable, and nobody should wonder why */
  readonly dropped: readonly { readonly symbol: string; readonly why: string }[];
}

const marketList = z.object({ symbols: z.custom<unknown[]>(Array.isArray, 'not a list') });

/**
 * `GET /exchangeInfo`. One row that makes no sense costs only its own market; an answer without a single good row is refused.
 * The body is consumed: each row is let go once it is read, for all of them together are the most a scanner ever holds.
 *
 * @param apiSymbols markets the exchange opens to orders by API, for anyone and for this key
 */
export function parseMarkets(body: unknown, apiSymbols: ReadonlySet<ExchangeSymbol>): ParsedMarkets {
  const { symbols } = parseWire('exchangeInfo', marketList, body);
  const markets = new Map<ExchangeSymbol, Market>();
  const dropped: { symbol: string; why: string }[] = [];
  for (const [i, row] of symbols.entries()) {
    symbols[i] = null;
    const parsed = symbolRow.safeParse(row);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      dropped.push({ symbol: symbolOf(row), why: `${issue?.path.join('.')}: ${issue?.message}` });
    } else if (markets.has(parsed.data.symbol)) {
      dropped.push({ symbol: parsed.data.symbol, why: 'listed twice' });
    } else {
      markets.set(parsed.data.symbol, toMarket(parsed.data, apiSymbols));
    }
  }
  if (markets.size === 0) throw malformed('exchangeInfo', `no usable market among ${symbols.length}`);
  return { markets: [...markets.values()], dropped };
}

function toMarket(row: z.infer<typeof symbolRow>, apiSymbols: ReadonlySet<ExchangeSymbol>): Market {
  const spot = row.permissions?.includes('SPOT') ?? false;
  const filter = row.filters?.map((raw) => percentPriceFilter.safeParse(raw)).find((parsed) => parsed.success)?.data;
  return {
    id: row.symbol,
    base: row.baseAsset,
    quote: row.quoteAsset,
    status: STATUS[row.status ?? ''] ?? 'unknown',
    apiTradable: isTrue(row.isSpotTradingAllowed) && spot && apiSymbols.has(row.symbol),
    sides: SIDES[row.tradeSideType ?? ''] ?? 'none',
    orderTypes: row.orderTypes.flatMap((type) => ORDER_TYPE.get(type) ?? []),
    // a label in words nobody has seen is taken for a warning
    riskFlagged: !(row.st === null || row.st === undefined || isFalse(row.st)),
    rules: {
      tickSize: row.quoteAssetPrecision,
      stepSize: row.baseAssetPrecision,
      minQuantity: row.baseSizePrecision,
      minNotional: row.quoteAmountPrecision,
      maxNotional: row.maxQuoteAmount,
      takerFeeRate: row.takerCommission,
      ...(filter?.bidMultiplierUp && { bidMultiplierUp: filter.bidMultiplierUp }),
      ...(filter?.askMultiplierDown && { askMultiplierDown: filter.askMultiplierDown }),
    },
  };
}

/** `GET /defaultSymbols` and `GET /selfSymbols`. */
export function parseApiSymbols(what: string, body: unknown): ReadonlySet<ExchangeSymbol> {
  return new Set(parseWire(what, z.object({ data: z.array(z.string()) }), body).data);
}

const isTrue = (value: boolean | string | null | undefined): boolean =>
  value === true || value === 'true' || value === '1';
const isFalse = (value: boolean | string): boolean => value === false || ['false', '0', ''].includes(String(value));

function symbolOf(row: unknown): string {
  const symbol = typeof row === 'object' && row !== null && 'symbol' in row ? row.symbol : undefined;
  return typeof symbol === 'string' ? symbol : '(no symbol)';
}
