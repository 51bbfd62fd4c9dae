import type { IncomingMessage } from 'node:http';
import { type Fields, Refusal } from './chats.ts';

interface Who {
  readonly user: number;
  /** the private chat with that user unless given */
  readonly chat?: number;
}

const MOST_AT_ONCE = 100;

/** The queue of what people did, fetched by long polling. Only one may poll: the newer request ends the older one with 409. */
export function createUpdates() {
  let queue: { readonly update_id: number }[] = [];
  let lastId = 5_000;
  let lastMessage = 1;
  let waiting: { wake(): void; cancel(): void } | null = null;
  const presses = new Set<string>();

  const add = (update: object): number => {
    queue.push({ update_id: ++lastId, ...update });
    waiting?.wake();
    return lastId;
  };
  const chatOf = ({ user, chat = user }: Who) => ({ id: chat, type: chat < 0 ? 'group' : 'private' });
  const from = (user: number) => ({ id: user, is_bot: false, first_name: 'Someone' });

  return {
    say: (who: Who, text: string): number =>
      add({
        message: {
          message_id: ++lastMessage,
          date: Math.floor(Date.now() / 1_000),
          from: from(who.user),
          chat: chatOf(who),
          text,
        },
      }),
    press(who: Who, messageId: number, data: string): number {
      const id = `press${lastId + 1}`;
      presses.add(id);
      return add({
        callback_query: {
          id,
          from: from(who.user),
          chat_instance: '1',
          data,
          message: { message_id: messageId, date: 1, chat: chatOf(who) },
        },
      });
    },
    inject(update: unknown): void {
      const injected = update as { update_id: number };
      lastId = Math.max(lastId, injected.update_id);
      queue.push(injected);
      waiting?.wake();
    },
    isPress: (id: string): boolean => presses.has(id),
    pending: (): number => queue.length,
    drop(): void {
      queue = [];
    },
    release(): void {
      waiting?.wake();
    },

    async poll(fields: Fields, request: IncomingMessage): Promise<unknown> {
      waiting?.cancel();
      const offset = Number(fields.offset ?? 0);
      if (offset > 0) queue = queue.filter((update) => !(update?.update_id < offset));
      if (queue.length === 0 && Number(fields.timeout ?? 0) > 0) {
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(() => resolve(), Number(fields.timeout) * 1_000);
          const mine = {
            wake: () => resolve(),
            cancel: () =>
              reject(
                new Refusal(
                  409,
                  'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
                ),
              ),
          };
          waiting = mine;
          request.socket.once('close', resolve);
          const tidy = (): void => {
            clearTimeout(timer);
            request.socket.off('close', resolve);
            if (waiting === mine) waiting = null;
          };
          mine.wake = () => {
            tidy();
            resolve();
          };
          const { cancel } = mine;
          mine.cancel = () => {
            tidy();
            cancel();
          };
        });
      }
      return queue.slice(0, MOST_AT_ONCE);
    },
  };
}
