import type { RequestCost } from '@mexc-bot/core';

/**
 * ccxt's raw methods, one per endpoint: they keep decimal strings and MEXC's own ids, which the unified ones do not. With what a
 * request takes from the limits of an IP address: MEXC's documented weights, the larger one where its pages differ.
 */
export const ENDPOINT_COSTS = {
  spotPublicGetTime: { orders: 0, weight: 1 },
  spotPublicGetDefaultSymbols: { orders: 0, weight: 1 },
  spotPublicGetExchangeInfo: { orders: 0, weight: 10 },
  spotPublicGetTicker24hr: { orders: 0, weight: 40 },
  spotPublicGetTickerBookTicker: { orders: 0, weight: 2 },
  spotPublicGetDepth: { orders: 0, weight: 1 },
  spotPublicGetKlines: { orders: 0, weight: 1 },

  spotPrivatePostOrder: { orders: 1, weight: 1 },
  spotPrivateDeleteOrder: { orders: 1, weight: 1 },
  spotPrivateGetOrder: { orders: 0, weight: 2 },
  spotPrivateGetOpenOrders: { orders: 0, weight: 3 },
  spotPrivateGetAllOrders: { orders: 0, weight: 10 },
  spotPrivateGetMyTrades: { orders: 0, weight: 10 },
  spotPrivateGetAccount: { orders: 0, weight: 10, account: 1 },
  spotPrivateGetSelfSymbols: { orders: 0, weight: 1 },
} as const satisfies Readonly<Record<string, RequestCost>>;

/** What waits for these wants the price of now: a later answer is of no use, and the next is asked for sooner. Wall ms. */
export const ANSWER_WITHIN_MS: Readonly<Partial<Record<keyof typeof ENDPOINT_COSTS, number>>> = {
  spotPublicGetTickerBookTicker: 3_000,
  spotPublicGetDepth: 3_000,
};

type Endpoint = keyof typeof ENDPOINT_COSTS;
export type PublicEndpoint = Extract<Endpoint, `spotPublic${string}`>;
export type SignedEndpoint = Extract<Endpoint, `spotPrivate${string}`>;
