import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
}

/**
 * `drop`: the connection ends without an answer; `hang`: no answer ever; `hang_body`: headers, then silence; `cut_body`: headers and
 * half a body, then the connection ends.
 */
export type Reply =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown }
  | 'drop'
  | 'hang'
  | 'hang_body'
  | 'cut_body';

export interface ScriptedServer {
  readonly url: string;
  readonly requests: SeenRequest[];
  close(): Promise<void>;
}

/** An HTTP server on loopback that answers as `answer` says; a text or Buffer body goes out as it is, all else as JSON. */
export async function startScriptedServer(answer: (request: SeenRequest) => Reply): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  const server = http.createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const request: SeenRequest = {
      method: incoming.method ?? '',
      path: url.pathname,
      search: url.search,
      query: url.searchParams,
      headers: incoming.headers,
    };
    requests.push(request);
    incoming.resume();
    incoming.once('end', () => reply(response, answer(request)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function reply(response: http.ServerResponse, scripted: Reply): void {
  if (scripted === 'hang') return;
  if (scripted === 'drop') {
    response.destroy();
  } else if (scripted === 'hang_body' || scripted === 'cut_body') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"symbol":"PEPEUSDT","orderId":"C02__1"', () => {
      if (scripted === 'cut_body') response.destroy();
    });
  } else {
    const { status = 200, headers = {}, body } = scripted;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  }
}
