import {
  type Clock,
  Decimal,
  type KeyPolicy,
  type Mode,
  type RequestBudget,
  type RequestPriority,
} from '@mexc-bot/core';
import {
  createMexcMarketData,
  createMexcTrading,
  createPaperTrading,
  createTransport,
  type MarketData,
  type SigningClock,
  type Trading,
  type Transport,
} from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';
import type { ExecutionLog } from './intent.ts';
import { createKeyWatch, type KeyWatch } from './key-watch.ts';

export interface AccountOptions {
  /** base URL of the exchange, or of the simulator */
  readonly restUrl: string;
  readonly timeoutMs: number;
  readonly recvWindowMs: number;
  /** null: nothing can be signed, live mode has no account */
  readonly key: { readonly apiKey: string; readonly apiSecret: string } | null;
  /** what a key must be to buy with it */
  readonly keyPolicy: KeyPolicy;
  readonly quote: string;
  readonly paper: { readonly balance: number; readonly latencyMs: number };
}

export interface Accounts {
  /** market data of the lowest priority */
  readonly marketData: MarketData;
  /** The same exchange, asked with another priority: what guards positions asks as `exit`. */
  readonly marketDataFor: (priority: RequestPriority) => MarketData;
  /** null: no account trades in this mode */
  readonly tradingOf: (mode: Mode) => Trading | null;
  /** What the API key may do; null where there is no key. */
  readonly key: KeyWatch | null;
  /** Ends every connection; what is under way or waits for the budget fails. */
  readonly closeExchange: () => void;
}

export interface AccountDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly budget: RequestBudget;
  readonly signing: SigningClock;
  readonly log: ExecutionLog;
  /** the process that writes alerts */
  readonly source: string;
  /** what carries the requests: the network unless given */
  readonly transport?: Transport;
}

/**
 * The accounts of both modes over one exchange. Test mode gets the paper account, which is built from public data alone and
 * holds no key: there is no way from it to a signed request.
 */
export function createAccounts(
  options: AccountOptions,
  { store, clock, budget, signing, log, source, transport }: AccountDeps,
): Accounts {
  const { restUrl, timeoutMs, recvWindowMs, key, keyPolicy: policy, quote } = options;
  // one for all: an order finds a connection that some query has opened already
  const client = { restUrl, timeoutMs, clock, budget, transport: transport ?? createTransport() };
  const account = key === null ? null : createMexcTrading({ ...client, recvWindowMs, signing, ...key });
  const watch =
    account === null || key === null
      ? null
      : createKeyWatch(account, { apiKey: key.apiKey, policy, store, clock, log, source });
  const live = watch?.trading ?? null;
  const marketData = createMexcMarketData({
    ...client,
    ...(account === null ? {} : { tradableSymbols: () => account.tradableSymbols() }),
  });

  store.paper.deposit(quote, new Decimal(options.paper.balance));
  const paper = createPaperTrading({
    // sales need the book at once; a paper order reads it only once
    marketData: marketData.for('exit'),
    marketOf: (id) => store.markets.get(id),
    book: store.paper,
    clock,
    latencyMs: options.paper.latencyMs,
  });

  const byMode: Record<Mode, Trading | null> = { test: paper, live };
  return {
    marketData,
    marketDataFor: marketData.for,
    tradingOf: (mode) => byMode[mode],
    key: watch,
    closeExchange() {
      marketData.close();
      account?.close();
    },
  };
}
