import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Clock } from '@mexc-bot/core';
import type { mexc } from 'ccxt';
import { type ErrorAnswer, RequestFailed } from './errors.ts';
import { createTransport } from './transport.ts';

export interface MexcClientOptions {
  /** base URL of the REST API, without a path: `https://api.mexc.com` */
  readonly restUrl: string;
  /** market time signs requests and paces them */
  readonly clock: Clock;
  /** wall ms until a request without a complete answer is given up */
  readonly timeoutMs: number;
}

export interface MexcKeys {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** how old a signed request may be when it arrives, market ms, at most 60 000 */
  readonly recvWindowMs: number;
}

/** ccxt's raw methods, one per endpoint: they keep decimal strings and MEXC's own ids, which the unified ones do not. */
export type PublicApi = Pick<
  mexc,
  | 'spotPublicGetTime'
  | 'spotPublicGetExchangeInfo'
  | 'spotPublicGetDefaultSymbols'
  | 'spotPublicGetTicker24hr'
  | 'spotPublicGetTickerBookTicker'
  | 'spotPublicGetDepth'
  | 'spotPublicGetKlines'
>;

export type SignedApi = Pick<
  mexc,
  | 'spotPrivatePostOrder'
  | 'spotPrivateDeleteOrder'
  | 'spotPrivateGetOrder'
  | 'spotPrivateGetOpenOrders'
  | 'spotPrivateGetMyTrades'
  | 'spotPrivateGetAccount'
  | 'spotPrivateGetSelfSymbols'
>;

export interface MexcClient<Api> {
  readonly api: Api;
  close(): void;
}

/** A client without keys: it cannot sign, so it cannot order. */
export function createPublicClient(options: MexcClientOptions): MexcClient<PublicApi> {
  return createClient(options, {});
}

export function createSignedClient(options: MexcClientOptions, keys: MexcKeys): MexcClient<SignedApi> {
  const { apiKey, apiSecret, recvWindowMs } = keys;
  return createClient(options, { apiKey, secret: apiSecret, options: { recvWindow: recvWindowMs } });
}

/** Market ms per unit of ccxt's weights: 20 units a second. */
const UNIT_MS = 50;

function createClient(
  { restUrl, clock, timeoutMs }: MexcClientOptions,
  credentials: { apiKey?: string; secret?: string; options?: { recvWindow: number } },
): MexcClient<PublicApi & SignedApi> {
  const Mexc = loadMexc();
  const transport = createTransport();

  class Client extends Mexc {
    override nonce(): number {
      return Math.floor(clock.now());
    }

    /** The exchange counts requests in its own time, whose speed may change while we run. */
    override throttle(cost?: number): Promise<void> {
      this.throttler.config.refillRate = clock.speed() / UNIT_MS;
      return super.throttle(cost);
    }

    override async fetch(url: string, method?: string, headers?: unknown, body?: unknown): Promise<unknown> {
      try {
        return await super.fetch(url, method, headers, body);
      } catch (cause) {
        throw cause instanceof RequestFailed ? cause : new RequestFailed(null, cause);
      }
    }

    /** Keeps what ccxt's exception classes lose: the HTTP status and MEXC's code. */
    override handleErrors(
      status: number,
      reason: string,
      url: string,
      method: string,
      headers: Parameters<mexc['handleErrors']>[4],
      body: string,
      response: unknown,
      requestHeaders: unknown,
      requestBody: unknown,
    ): undefined {
      try {
        super.handleErrors(status, reason, url, method, headers, body, response, requestHeaders, requestBody);
        this.handleHttpStatusCode(status, reason, url, method, body);
      } catch (cause) {
        throw new RequestFailed(readAnswer(status, body, response), cause);
      }
      if (status < 200 || status >= 300) throw new RequestFailed(readAnswer(status, body, response), undefined);
      return undefined;
    }
  }

  const base = restUrl.replace(/\/+$/, '');
  const client = new Client({
    ...credentials,
    number: String,
    timeout: timeoutMs,
    returnResponseHeaders: true,
    options: { ...credentials.options, maxRetriesOnFailure: 0 },
    // every section, so that no call can leave for another host
    urls: {
      api: {
        spot: { public: base, private: base },
        spot2: { public: base, private: base },
        contract: { public: base, private: base },
        broker: { private: base },
      },
    },
  });
  client.milliseconds = () => Math.floor(clock.now());
  client.fetchImplementation = transport.fetch;
  // either would call futures or wallet endpoints when markets are loaded
  client.has.fetchCurrencies = false;
  client.fetchSwapMarkets = async () => [];

  return { api: client, close: () => transport.close() };
}

const require = createRequire(import.meta.url);

/**
 * The one file of ccxt that speaks to MEXC: 27 MB and 0.1 s, where all of ccxt is 100 MB and 0.4 s. The package exports only the
 * whole, so the file is reached by its path beside it.
 */
function loadMexc(): typeof mexc {
  const root = dirname(dirname(require.resolve('ccxt')));
  const { default: Mexc } = require(join(root, 'js', 'src', 'mexc.js')) as { default: typeof mexc };
  return Mexc;
}

/** How much of a body without a code is kept for the owner to read. */
const EXCERPT_LENGTH = 200;

function readAnswer(status: number, body: string, response: unknown): ErrorAnswer {
  const fields = typeof response === 'object' && response !== null ? (response as Record<string, unknown>) : {};
  const { code: rawCode, msg, message } = fields;
  const code = rawCode === undefined || rawCode === null || rawCode === '' ? Number.NaN : Number(rawCode);
  const words = [msg, message].find((value) => typeof value === 'string');
  const excerpt = body.replaceAll(/\s+/g, ' ').slice(0, EXCERPT_LENGTH);
  return { status, code: Number.isInteger(code) ? code : null, text: typeof words === 'string' ? words : excerpt };
}
