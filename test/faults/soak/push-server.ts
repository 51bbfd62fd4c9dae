import type { PriceStreamOptions } from '@mexc-bot/exchange';
import { encodePush } from '../../../apps/simulator/dist/ws/push.js';
import { ack, PONG, parseRequest, REASON, refusalText } from '../../../apps/simulator/dist/ws/requests.js';
import type { InProcessExchange } from '../exchange.ts';
import type { VirtualTime } from '../virtual-time.ts';
import { STREAM_CUT_EVERY_MS, streamTrouble } from './outages.ts';

type OpenSocket = NonNullable<PriceStreamOptions['webSocket']>;

/** The far end of the price stream without its sockets: quotes of what is subscribed to, seldom, and each day's troubles. */
export interface PushServer {
  readonly open: OpenSocket;
  /** connections that were opened, and those that are there */
  counts(): { readonly opened: number; readonly open: number; readonly pushed: number };
}

export function createPushServer(deps: {
  readonly time: VirtualTime;
  readonly exchange: Pick<InProcessExchange, 'bestOf'>;
  readonly startAt: number;
  readonly pushEveryMs: number;
}): PushServer {
  const { time, exchange, startAt, pushEveryMs } = deps;
  const open = new Set<object>();
  let [opened, pushed] = [0, 0];
  const trouble = () => streamTrouble(time.now() - startAt);

  return {
    counts: () => ({ opened, open: open.size, pushed }),
    open(_url, events) {
      const connection = {};
      const channels = new Set<string>();
      let ended = false;
      open.add(connection);
      const end = (why: string): void => {
        if (ended) return;
        ended = true;
        open.delete(connection);
        events.onClose(why);
      };
      const soon = (work: () => void): void => time.at(time.now() + 5, () => void (ended || work()));

      const push = (): void => {
        if (ended) return;
        time.at(time.now() + pushEveryMs, push);
        if (trouble() === 'silent') return;
        for (const channel of channels) {
          const symbol = channel.slice(channel.lastIndexOf('@') + 1);
          const quote = channel.includes('bookTicker') ? exchange.bestOf(symbol) : null;
          if (quote === null) continue;
          const publicAggreBookTicker = {
            bidPrice: quote.bid.toFixed(),
            bidQuantity: quote.bidQuantity.toFixed(),
            askPrice: quote.ask.toFixed(),
            askQuantity: quote.askQuantity.toFixed(),
          };
          pushed += 1;
          const bytes = encodePush({ channel, symbol, time: time.now(), body: { publicAggreBookTicker } });
          events.onBinary(Buffer.from(bytes));
        }
      };
      soon(() => {
        if (trouble() === 'dead') return end('connect ECONNREFUSED');
        opened += 1;
        events.onOpen();
        push();
        time.at(time.now() + STREAM_CUT_EVERY_MS, () => end('closed with 1006'));
      });

      return {
        send(text) {
          const request = parseRequest(text);
          if (request === null) return;
          if (request.kind === 'ping') return soon(() => events.onText(ack(request.id, PONG)));
          const refused = trouble() === 'refused' && request.kind === 'subscribe';
          for (const channel of refused ? [] : request.channels) {
            if (request.kind === 'subscribe') channels.add(channel);
            else channels.delete(channel);
          }
          const answer = refused ? refusalText(request.channels, REASON.blocked) : request.channels.join(',');
          soon(() => events.onText(ack(request.id, answer)));
        },
        close: () => soon(() => end('closed with 1000')),
        terminate: () => soon(() => end('terminated')),
      };
    },
  };
}
