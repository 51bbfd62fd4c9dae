import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export interface SocketEvents {
  onOpen(): void;
  onText(text: string): void;
  onBinary(bytes: Buffer): void;
  /** Once, whoever ended it; nothing follows. */
  onClose(why: string): void;
}

export interface StreamSocket {
  /** Only between `onOpen` and the end. */
  send(text: string): void;
  /** Says goodbye; the other side answers it, if it still can. */
  close(): void;
  /** Ends it without a word. */
  terminate(): void;
}

/** Events come after the call has returned. */
export type OpenSocket = (url: string, events: SocketEvents) => StreamSocket;

/** A push is a few hundred bytes. */
const LARGEST_MESSAGE = 1 << 20;

/** The package is loaded by whoever opens the first socket: not every process that asks the exchange needs one. */
export const openWebSocket: OpenSocket = (url, events) => {
  const { WebSocket } = require('ws') as typeof import('ws');
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: LARGEST_MESSAGE });
  let why = '';
  socket.on('open', () => events.onOpen());
  socket.on('message', (data, isBinary) => {
    const bytes = data as Buffer; // `nodebuffer`, the default
    if (isBinary) events.onBinary(bytes);
    else events.onText(bytes.toString('utf8'));
  });
  socket.on('error', (error) => {
    why = error.message;
  });
  socket.on('close', (code, reason) => events.onClose(why || `closed with ${code} ${reason.toString('utf8')}`.trim()));
  return {
    send: (text) => socket.send(text),
    close: () => socket.close(1000),
    terminate: () => socket.terminate(),
  };
};
