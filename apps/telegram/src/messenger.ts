/** Characters Telegram takes under a picture, after markup. */
export const MOST_CAPTION = 1_024;

/** What a message shows: Telegram's HTML subset, and buttons row by row. */
export interface Message {
  readonly html: string;
  /** delivered without a sound */
  readonly silent?: boolean;
  readonly buttons?: readonly (readonly Button[])[];
}

export interface Button {
  readonly text: string;
  /** comes back when it is pressed, at most 64 bytes */
  readonly data: string;
}

export type SendFailure =
  /** ask again, not before `retryAfterMs` */
  | { readonly code: 'rate_limited'; readonly retryAfterMs: number }
  /** no answer, a broken one or a 5xx: it may have arrived */
  | { readonly code: 'unreachable'; readonly message: string }
  /** nothing can be sent to this chat until its people change that: they blocked the bot, put it out, never began to talk to it */
  | { readonly code: 'chat_closed'; readonly message: string }
  /** Telegram will never take this message as it is */
  | { readonly code: 'refused'; readonly message: string }
  /** an edit of a message that is gone, or too old to be edited */
  | { readonly code: 'message_gone'; readonly message: string };

export type SendResult =
  | { readonly ok: true; readonly messageId: number }
  | { readonly ok: false; readonly failure: SendFailure };

/** What the suite needs of a chat service; Telegram's stands in `telegraf-messenger.ts`, the only file that knows telegraf. */
export interface Messenger {
  sendText(chat: number, message: Message): Promise<SendResult>;
  /** An edit to the same content counts as done. */
  editText(chat: number, messageId: number, message: Message): Promise<SendResult>;
  /** The text under a photo is cut by Telegram at 1,024 characters. */
  sendPhoto(chat: number, png: Uint8Array, caption: Message): Promise<SendResult>;
}
