import type { SendFailure } from './messenger.ts';

/** The part of the Bot API that listens and answers; sending is the `Messenger`'s. Every method throws {@link CallFailed}. */
export interface BotApi {
  /** The bot's user name, without @. */
  name(): Promise<string>;
  /** Forgets what people sent while nobody listened, and a webhook, with which nothing can be polled. */
  dropPending(): Promise<void>;
  /** Long polling: what people did, in whatever order and as often as Telegram tells it. */
  updates(offset: number, waitSeconds: number, signal: AbortSignal): Promise<readonly unknown[]>;
  /** Ends the waiting sign on a pressed button, with a word on top of the chat. */
  answerPress(pressId: string, text: string): Promise<void>;
  /** @param language ISO code; null: for everybody whose language has no list of its own */
  setCommands(language: string | null, commands: readonly BotCommand[]): Promise<void>;
}

interface BotCommand {
  readonly command: string;
  readonly description: string;
}

/** A request that did not succeed. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  /** HTTP status; null: no answer, or none that makes sense */
  readonly status: number | null;
  readonly failure: SendFailure;

  constructor(status: number | null, failure: SendFailure, cause: unknown) {
    super('message' in failure ? failure.message : `rate limited for ${failure.retryAfterMs} ms`, { cause });
    this.status = status;
    this.failure = failure;
  }
}

/** Something a person did. */
export type Incoming = {
  readonly user: number;
  readonly chat: number;
  /** sent while Telegram could not be reached, perhaps long ago */
  readonly late: boolean;
} & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'press'; readonly pressId: string; readonly messageId: number; readonly data: string }
);
