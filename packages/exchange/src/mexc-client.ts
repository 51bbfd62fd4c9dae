import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Clock, RequestBudget, RequestPriority } from '@mexc-bot/core';
import type { mexc } from 'ccxt';
import { ANSWER_WITHIN_MS, ENDPOINT_COSTS, type PublicEndpoint, type SignedEndpoint } from './endpoints.ts';
import { type ErrorAnswer, penaltyOf, RequestFailed } from './errors.ts';
import { retryAfterMs } from './retry-after.ts';
import { createTransport, type Transport } from './transport.ts';

export interface MexcClientOptions {
  /** base URL of the REST API, without a path: `https://api.mexc.com` */
  readonly restUrl: string;
  readonly clock: Clock;
  /** shared with everything else that asks this exchange from this machine */
  readonly budget: RequestBudget;
  /** wall ms until a request without a complete answer is given up */
  readonly timeoutMs: number;
  /** what carries the requests: Node's own HTTP unless given */
  readonly transport?: Transport;
}

export interface MexcKeys {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** how old a signed request may be when it arrives, market ms, at most 60 000 */
  readonly recvWindowMs: number;
}

/** The exchange's clock, as requests are signed by it. */
export interface SigningClock {
  /** best estimate of the exchange's time, ms UTC; unlike market time it may go back */
  now(): number;
  /** Measures it anew, at once. @returns false when the exchange did not tell its time */
  resync(): Promise<boolean>;
}

export interface MexcClient<Endpoint> {
  /**
   * Sends one request, once the budget has room for it; it is signed after that wait.
   *
   * @throws {RequestFailed} it was sent and did not succeed
   * @throws {BudgetRefused} it was not sent
   * @throws what ccxt finds wrong before sending
   */
  call(endpoint: Endpoint, priority: RequestPriority, params?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Requests under way and waiting ones fail. */
  close(): void;
}

/** A client without keys: it cannot sign, so it cannot order. */
export function createPublicClient(options: MexcClientOptions): MexcClient<PublicEndpoint> {
  return createClient(options, {}, options.clock.now);
}

export function createSignedClient(
  options: MexcClientOptions,
  keys: MexcKeys,
  signing: SigningClock,
): MexcClient<SignedEndpoint> {
  const { apiKey, apiSecret, recvWindowMs } = keys;
  return createClient(options, { apiKey, secret: apiSecret, options: { recvWindow: recvWindowMs } }, signing.now);
}

function createClient(
  { restUrl, clock, timeoutMs, budget, transport = createTransport() }: MexcClientOptions,
  credentials: { apiKey?: string; secret?: string; options?: { recvWindow: number } },
  exchangeNow: () => number,
): MexcClient<PublicEndpoint | SignedEndpoint> {
  const base = restUrl.replace(/\/+$/, '');
  const Client = clientClass();
  const client = new Client({
    ...credentials,
    number: String,
    timeout: timeoutMs,
    // the budget paces all processes together; ccxt would pace this one client
    enableRateLimit: false,
    returnResponseHeaders: true,
    // else the last body, perhaps of 3 MB, stays in memory
    enableLastHttpResponse: false,
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
  client.milliseconds = () => Math.floor(exchangeNow());
  client.fetchImplementation = transport.fetch;
  // either would call futures or wallet endpoints when markets are loaded
  client.has.fetchCurrencies = false;
  client.fetchSwapMarkets = async () => [];

  async function send(
    endpoint: PublicEndpoint | SignedEndpoint,
    params: Readonly<Record<string, unknown>>,
  ): Promise<unknown> {
    try {
      return await client[endpoint](params);
    } catch (error) {
      const penalty = penaltyOf(error);
      if (penalty === null || !(error instanceof RequestFailed)) throw error;
      throw new RequestFailed(error.answer, error.cause, budget.penalise(penalty));
    }
  }

  /** The client's own time-out is for orders too, of which a late answer is worth much. */
  async function inTime<T>(request: Promise<T>, limitMs = timeoutMs): Promise<T> {
    if (limitMs >= timeoutMs) return request;
    const ended = new AbortController();
    const late = clock.sleepWall(limitMs, ended.signal).then(() => {
      throw new RequestFailed(null, new Error(`no answer within ${limitMs} ms`));
    });
    try {
      return await Promise.race([request, late]);
    } finally {
      // the one that lost may still fail: that is no news
      for (const each of [request, late]) each.catch(() => undefined);
      ended.abort(null);
    }
  }

  const closing = new AbortController();
  return {
    async call(endpoint, priority, params = {}) {
      await budget.acquire(ENDPOINT_COSTS[endpoint], priority, closing.signal);
      return inTime(send(endpoint, params), ANSWER_WITHIN_MS[endpoint]);
    },
    close() {
      closing.abort(new Error('the client was closed'));
      transport.close();
    },
  };
}

let made: ReturnType<typeof extendedMexc> | undefined;

/** One class for all clients of a process: what V8 learns of one holds for the next. */
const clientClass = (): ReturnType<typeof extendedMexc> => (made ??= extendedMexc(loadMexc()));

function extendedMexc(Mexc: typeof mexc) {
  return class extends Mexc {
    override nonce(): number {
      return this.milliseconds();
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
      const answerOf = (): ErrorAnswer => ({
        ...readAnswer(status, body, response),
        retryAfterMs: retryAfterMs(headers ?? {}, this.milliseconds()),
      });
      try {
        super.handleErrors(status, reason, url, method, headers, body, response, requestHeaders, requestBody);
        this.handleHttpStatusCode(status, reason, url, method, body);
      } catch (cause) {
        throw new RequestFailed(answerOf(), cause);
      }
      if (status < 200 || status >= 300) throw new RequestFailed(answerOf(), undefined);
      return undefined;
    }
  };
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
