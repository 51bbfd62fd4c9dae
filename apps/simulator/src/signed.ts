import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from './account.ts';
import { authRefusal } from './auth.ts';
import type { Engine } from './engine.ts';
import { REFUSED } from './exchange-error.ts';
import { actionOf } from './gate.ts';
import type { MarketClock } from './market-clock.ts';
import { refuse } from './public-routes.ts';
import type { Quotes } from './quotes.ts';

/** One API key and the account it opens. */
export interface KeyedAccount {
  readonly secret: string;
  readonly account: Account;
}

export interface PrivateRoutesDeps {
  readonly quotes: Quotes;
  readonly engine: Engine;
  readonly clock: MarketClock;
  /** by API key */
  readonly keys: ReadonlyMap<string, KeyedAccount>;
}

export type Parameters = ReadonlyMap<string, string>;

/** A request whose key and signature were found right. */
export interface SignedContext {
  readonly account: Account;
  readonly parameters: Parameters;
  /** market time, ms UTC; the engine has been advanced to it */
  readonly now: number;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}
export type SignedHandler = (context: SignedContext) => unknown;

/** Wraps an endpoint that only the holder of a key may use. */
export function signedBy({ engine, clock, keys }: Omit<PrivateRoutesDeps, 'quotes'>) {
  return (handler: SignedHandler) => (request: FastifyRequest, reply: FastifyReply) => {
    const contentType = request.headers['content-type'] ?? '';
    if (request.method !== 'GET' && !contentType.startsWith('application/json')) {
      return refuse(reply, REFUSED.invalidContentType());
    }
    const { parameters, query, body, apiKey } = request.passage!;
    if (parameters === null) return refuse(reply, REFUSED.missing('body'));
    const skewMs = actionOf(request, 'clock-skew')?.ms ?? 0;
    const raw = { apiKey, query, body };
    const refusal = authRefusal(raw, parameters, (key) => keys.get(key)?.secret, clock, skewMs);
    if (refusal) return refuse(reply, refusal);
    const now = clock.now();
    engine.advance(now);
    return handler({ account: keys.get(apiKey!)!.account, parameters, now, request, reply });
  };
}

/** A time or a limit; the fallback where it is absent, null where it is not a whole number. */
export function whole(parameters: Parameters, name: string, fallback: number): number | null {
  const text = parameters.get(name);
  if (text === undefined || text === '') return fallback;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
