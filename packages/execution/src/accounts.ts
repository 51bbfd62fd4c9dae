import { type Clock, Decimal, type Mode } from '@mexc-bot/core';
import {
  createMexcMarketData,
  createMexcTrading,
  createPaperTrading,
  type MarketData,
  type Trading,
} from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';

export interface AccountOptions {
  /** base URL of the exchange, or of the simulator */
  readonly restUrl: string;
  readonly timeoutMs: number;
  readonly recvWindowMs: number;
  /** null: nothing can be signed, live mode has no account */
  readonly key: { readonly apiKey: string; readonly apiSecret: string } | null;
  readonly quote: string;
  readonly paper: { readonly balance: number; readonly latencyMs: number };
}

export interface Accounts {
  readonly marketData: MarketData;
  /** null: no account trades in this mode */
  readonly tradingOf: (mode: Mode) => Trading | null;
}

/**
 * The accounts of both modes over one exchange. Test mode gets the paper account, which is built from public data alone and
 * holds no key: there is no way from it to a signed request.
 */
export function createAccounts(options: AccountOptions, store: Store, clock: Clock): Accounts {
  const { restUrl, timeoutMs, recvWindowMs, key, quote } = options;
  const live = key === null ? null : createMexcTrading({ restUrl, timeoutMs, recvWindowMs, clock, ...key });
  const marketData = createMexcMarketData({
    restUrl,
    timeoutMs,
    clock,
    ...(live === null ? {} : { tradableSymbols: () => live.tradableSymbols() }),
  });

  store.paper.deposit(quote, new Decimal(options.paper.balance));
  const paper = createPaperTrading({
    marketData,
    marketOf: (id) => store.markets.get(id),
    book: store.paper,
    clock,
    latencyMs: options.paper.latencyMs,
  });

  const byMode: Record<Mode, Trading | null> = { test: paper, live };
  return { marketData, tradingOf: (mode) => byMode[mode] };
}
