import type http from 'node:http';
import https from 'node:https';
import { json } from 'node:stream/consumers';
import { Decimal, type ExchangeSymbol, type RequestBudget } from '@mexc-bot/core';
import type { Logger } from '@mexc-bot/runtime';
import { z } from 'zod';

/** A person waits for the answer: without prices it says less, and says it now. */
const PATIENCE_MS = 2_000;
/** Two commands in one breath ask once. */
const FRESH_MS = 1_000;
/** MEXC's weight of the book ticker. */
const COST = { orders: 0, weight: 2 } as const;

/** An `import` of it asks for everything it has, also for a WebSocket and with it Node's second HTTP client: 3 MB. */
const plainHttp = process.getBuiltinModule('node:http');

const positive = z.string().refine((text) => Number(text) > 0);
const rowSchema = z.object({ symbol: z.string(), bidPrice: positive });

/**
 * Best bids for people to read; nothing is decided by them. The exchange's client would cost this process 27 MB for one public
 * request.
 *
 * @returns a function that gives the bids it got, none where the exchange does not answer in time
 */
export function createBids({
  restUrl,
  budget,
  log,
  wallNow = Date.now,
}: {
  readonly restUrl: string;
  readonly budget: RequestBudget;
  readonly log: Logger;
  readonly wallNow?: () => number;
}): (markets: readonly ExchangeSymbol[]) => Promise<ReadonlyMap<ExchangeSymbol, Decimal>> {
  let read: { readonly at: number; readonly bids: ReadonlyMap<ExchangeSymbol, Decimal> } = {
    at: -FRESH_MS,
    bids: new Map(),
  };

  return async (markets) => {
    const wanted = new Set(markets);
    const [first] = markets;
    if (first === undefined) return new Map();
    const isFresh = wallNow() - read.at < FRESH_MS;
    if (isFresh && markets.every((market) => read.bids.has(market))) return read.bids;
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      await budget.acquire(COST, 'data', signal);
      // one market alone, or all of them in one request
      const query = wanted.size === 1 ? `?symbol=${encodeURIComponent(first)}` : '';
      const answer = await get(`${restUrl}/api/v3/ticker/bookTicker${query}`, signal);
      const rows = (Array.isArray(answer) ? answer : [answer]).flatMap((row) => {
        const parsed = rowSchema.safeParse(row);
        return parsed.success && wanted.has(parsed.data.symbol) ? [parsed.data] : [];
      });
      const bids = new Map(rows.map((row) => [row.symbol, new Decimal(row.bidPrice)]));
      read = { at: wallNow(), bids };
      return bids;
    } catch (error) {
      log.warn('prices could not be read; the answer goes without', { error });
      return new Map();
    }
  };
}

async function get(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const request = (url.startsWith('https:') ? https : plainHttp).get(url, { signal }, resolve);
    request.on('error', reject);
  });
  if (response.statusCode !== 200) {
    response.resume();
    throw new Error(`the exchange answered ${response.statusCode}`);
  }
  return json(response);
}
