import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';

interface TransportRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal;
}

/** The part of a fetch response that ccxt reads. */
export interface TransportResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  text(): Promise<string>;
}

export interface Transport {
  /** Sends once: no retry, no redirect. Resolves with the whole body read, so a caller's time-out covers it. */
  fetch(url: string, init: TransportRequest): Promise<TransportResponse>;
  /** Ends every connection; requests under way fail. */
  close(): void;
}

/** An idle connection is dropped before the exchange drops it, so that an order seldom leaves on one that is already dead. */
const IDLE_MS = 4_000;

/** Node's own HTTP client: ccxt's default (undici) costs 20 MB more a process. */
export function createTransport(): Transport {
  const plain = new http.Agent({ keepAlive: true, timeout: IDLE_MS });
  const secure = new https.Agent({ keepAlive: true, timeout: IDLE_MS });

  const send = (url: string, { method, headers, body, signal }: TransportRequest): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const [client, agent] = url.startsWith('https:') ? [https, secure] : [http, plain];
      const request = client.request(url, {
        method,
        agent,
        headers: { ...headers, 'Accept-Encoding': 'gzip' },
        ...(signal && { signal }),
      });
      request.once('response', resolve);
      request.on('error', reject);
      request.end(body);
    });

  return {
    async fetch(url, init) {
      const response = await send(url, init);
      const body = await readBody(response);
      return {
        status: response.statusCode ?? 0,
        statusText: response.statusMessage ?? '',
        headers: response.headers,
        text: () => Promise.resolve(body),
      };
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function readBody(response: http.IncomingMessage): Promise<string> {
  if (response.headers['content-encoding'] !== 'gzip') return text(response);
  const plain = createGunzip();
  // a fault on either side destroys `plain`, which rejects the reading of it
  pipeline(response, plain, () => undefined);
  return text(plain);
}
