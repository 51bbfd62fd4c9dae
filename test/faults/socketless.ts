import { Readable, Writable } from 'node:stream';

interface Spoken {
  readonly method: string;
  /** with the query */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What an HTTP server reads of a request that came over no socket. */
export class SocketlessRequest extends Readable {
  readonly httpVersionMajor = 1;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly socket: { readonly remoteAddress: string; destroy(): void };

  /** @param onCut the server cuts the connection */
  constructor({ method, path, headers, body }: Spoken, onCut: () => void) {
    super();
    this.method = method;
    this.url = path;
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    this.headers = { host: 'exchange.invalid', ...Object.fromEntries(named), ...length };
    this.socket = { remoteAddress: '127.0.0.1', destroy: onCut };
    if (body !== undefined) this.push(body);
    this.push(null);
  }

  override _read(): void {
    // all of it was pushed
  }
}

export type SentHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What an HTTP server writes to: a tenth of the work of the real thing, whose bytes nobody would read. */
export class SocketlessResponse extends Writable {
  statusCode = 200;
  headersSent = false;
  #headers: SentHeaders = {};
  #body = '';

  constructor(onEnd: (status: number, headers: SentHeaders, body: string) => void) {
    super({ decodeStrings: false });
    // the server's own listeners come first: they note what the request came to
    this.once('finish', () => process.nextTick(onEnd, this.statusCode, this.#headers, this.#body));
  }

  writeHead(status: number, headers: SentHeaders): this {
    this.statusCode = status;
    this.#headers = headers;
    this.headersSent = true;
    return this;
  }

  override _write(part: string | Buffer, _encoding: unknown, done: () => void): void {
    this.#body += String(part);
    done();
  }

  getHeader(): undefined {
    return undefined;
  }

  hasHeader(): boolean {
    return false;
  }

  removeHeader(): void {
    // the server keeps its headers until it sends them
  }
}
