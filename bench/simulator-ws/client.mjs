import { once } from 'node:events';

export const bookTickerOf = (symbol) => `spot@public.aggre.bookTicker.v3.api.pb@100ms@${symbol}`;

/** A client that counts what comes and reads no more than that. */
export async function connect(url, channels) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
  socket.binaryType = 'arraybuffer';
  const client = { socket, pushes: 0, bytes: 0 };
  socket.onmessage = ({ data }) => {
    if (typeof data === 'string') return;
    client.pushes += 1;
    client.bytes += data.byteLength;
  };
  await once(socket, 'open');
  socket.send(JSON.stringify({ method: 'SUBSCRIPTION', params: channels }));
  return client;
}
