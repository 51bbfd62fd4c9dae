import type { AddressInfo } from 'node:net';
import type { Clock } from '@mexc-bot/core';
import { afterEach, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { quotePush } from '../../test/pushes.ts';
import { createPriceStream, type PriceStream } from './price-stream.ts';

const wall: Clock = {
  now: () => Date.now(),
  wallNow: () => Date.now(),
  speed: () => 1,
  sleep: (ms, signal) => wall.sleepWall(ms, signal),
  sleepWall: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

const servers: WebSocketServer[] = [];
const streams: PriceStream[] = [];
afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.close()));
  await Promise.all(
    servers.splice(0).map((server) => {
      for (const client of server.clients) client.terminate();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

async function aServer(onText: (socket: WebSocket, text: string) => void, port = 0): Promise<WebSocketServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port, path: '/ws' });
  servers.push(server);
  server.on('connection', (socket) => {
    socket.on('message', (data) => onText(socket, String(data)));
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return server;
}

const portOf = (server: WebSocketServer): number => (server.address() as AddressInfo).port;

function streamFrom(port: number): PriceStream {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const stream = createPriceStream({ url: `ws://127.0.0.1:${port}/ws`, clock: wall, log, staleAfterMs: 5_000 });
  streams.push(stream);
  return stream;
}

it('speaks to a real WebSocket server, comes back when it does, and leaves with a goodbye', async () => {
  const quoteOnSubscription = (socket: WebSocket, text: string): void => {
    const { method } = JSON.parse(text) as { method: string };
    if (method === 'SUBSCRIPTION') socket.send(quotePush('PEPEUSDT', Date.now()));
  };
  const server = await aServer(quoteOnSubscription);
  const port = portOf(server);
  const stream = streamFrom(port);
  const nextTick = (): Promise<string> =>
    new Promise((resolve) => {
      const leave = stream.onTick(({ bid }) => {
        leave();
        resolve(bid.toString());
      });
    });

  const first = nextTick();
  stream.watch(['PEPEUSDT']);
  expect(await first).toBe('1.01');

  const again = nextTick();
  for (const client of server.clients) client.terminate();
  expect(await again).toBe('1.01');
  expect(stream.health()).toMatchObject({ connections: 1, topics: 2, reconnects: 1 });

  const goodbye = new Promise<number>((resolve) => {
    for (const client of server.clients) client.once('close', resolve);
  });
  await stream.close();
  expect(await goodbye).toBe(1_000);
});

it('takes a refused handshake for a failure, and ends in the middle of one', async () => {
  const server = await aServer(() => undefined);
  const refused = streamFrom(portOf(server));
  const url = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  refused.watch(['PEPEUSDT']);
  await wall.sleepWall(50);
  expect(refused.health().connections).toBe(0);

  const opening = streamFrom(url);
  opening.watch(['PEPEUSDT']);
  await opening.close();
  expect(opening.health().connections).toBe(0);
});
