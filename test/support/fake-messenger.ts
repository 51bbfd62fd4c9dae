import type { Message, Messenger, SendFailure, SendResult } from '../../apps/telegram/src/messenger.ts';

/** What a chat shows. */
export interface ShownMessage extends Message {
  readonly chat: number;
  readonly messageId: number;
  readonly photo: boolean;
  readonly edits: number;
  /** by the clock given */
  readonly at: number;
}

/** What becomes of a call: it arrives and is answered; it fails; it arrives and the answer is lost. */
export type Fate = 'arrives' | 'answer_lost' | SendFailure;

/** A chat service in memory. `fate` decides each call; messages keep the order in which they arrived. */
export function createFakeMessenger(options: {
  readonly now: () => number;
  readonly fate?: (call: { readonly chat: number; readonly message: Message; readonly edit: boolean }) => Fate;
  /** between the call and its arrival, and between that and its answer: time, or the end of the process */
  readonly pass?: (where: 'before arrival' | 'after arrival') => Promise<void>;
}) {
  const shown: ShownMessage[] = [];
  let ids = 100;

  async function call(chat: number, message: Message, edit: boolean, arrive: () => SendResult): Promise<SendResult> {
    await options.pass?.('before arrival');
    const fate = options.fate?.({ chat, message, edit }) ?? 'arrives';
    if (typeof fate === 'object') return { ok: false, failure: fate };
    const result = arrive();
    await options.pass?.('after arrival');
    return fate === 'arrives' ? result : { ok: false, failure: { code: 'unreachable', message: 'the answer is lost' } };
  }

  const add = (chat: number, message: Message, photo: boolean): SendResult => {
    ids += 1;
    shown.push({ ...message, chat, messageId: ids, photo, edits: 0, at: options.now() });
    return { ok: true, messageId: ids };
  };

  const messenger: Messenger = {
    sendText: (chat, message) => call(chat, message, false, () => add(chat, message, false)),
    sendPhoto: (chat, _png, caption) => call(chat, caption, false, () => add(chat, caption, true)),
    editText: (chat, messageId, message) =>
      call(chat, message, true, () => {
        const index = shown.findIndex((row) => row.chat === chat && row.messageId === messageId);
        const before = shown[index];
        if (before === undefined) return { ok: false, failure: { code: 'message_gone', message: 'not found' } };
        shown[index] = { ...before, ...message, edits: before.edits + 1 };
        return { ok: true, messageId };
      }),
  };
  return {
    messenger,
    shown,
    /** Somebody deletes a message in the app. */
    remove(messageId: number): void {
      shown.splice(
        shown.findIndex((row) => row.messageId === messageId),
        1,
      );
    },
  };
}
