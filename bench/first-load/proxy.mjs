/** Stands before the exchange and writes down which candles it was asked for, when, and what it answered. */
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';

export async function startProxy(url) {
  const agent = new Agent({ keepAlive: true });
  /** one a request: path, wall ms it arrived, status; of candles also market, interval, and open times */
  const asked = [];
  const server = createServer((incoming, outgoing) => {
    const { pathname, searchParams } = new URL(incoming.url, url);
    const entry = { pathname, at: performance.now(), status: 0, market: searchParams.get('symbol'), opens: [] };
    entry.interval = searchParams.get('interval');
    asked.push(entry);
    const forwarded = request(`${url}${incoming.url}`, { method: incoming.method, agent }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        entry.status = answer.statusCode;
        const body = Buffer.concat(parts);
        if (pathname === '/api/v3/klines' && answer.statusCode === 200) {
          entry.opens = JSON.parse(body.toString()).map(([open]) => open);
        }
        outgoing.writeHead(answer.statusCode, answer.headers);
        outgoing.end(body);
      });
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}
