import { Agent } from 'node:https';
import { Telegram, TelegramError } from 'telegraf';
import { type BotApi, CallFailed } from './bot.ts';
import { type Message, type Messenger, MOST_CAPTION, type SendFailure, type SendResult } from './messenger.ts';

const SEND_MS = 15_000;
const PHOTO_MS = 40_000;
/** how much longer than the long poll itself an answer may take */
const POLL_GRACE_MS = 10_000;

/**
 * Telegram by telegraf's client. Its bot is not used: its polling ends for good at a 409, or when Telegram cannot be reached at
 * the start, and it hands out one batch of updates after the other, so that a slow command would hold up the next.
 *
 * @param apiRoot `https://api.telegram.org`, or a server of one's own
 */
export function createTelegrafMessenger({
  token,
  apiRoot,
  proxy = process.env,
}: {
  readonly token: string;
  readonly apiRoot: string;
  /** where HTTPS_PROXY and NO_PROXY stand */
  readonly proxy?: NodeJS.ProcessEnv;
}): Messenger & BotApi & { close(): void } {
  const agent = new Agent({ keepAlive: true, proxyEnv: proxy });
  const telegram = new Telegram(token, { apiRoot, agent });

  async function attempt<T>(
    timeoutMs: number,
    call: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await call(signal === undefined ? timeout : AbortSignal.any([signal, timeout]));
    } catch (error) {
      const status = error instanceof TelegramError ? error.code : null;
      throw new CallFailed(
        status,
        failureOf(error, (text) => text.replaceAll(token, '[redacted]')),
        error,
      );
    }
  }

  async function send(
    timeoutMs: number,
    call: (signal: AbortSignal) => Promise<{ message_id: number }>,
  ): Promise<SendResult> {
    try {
      return { ok: true, messageId: (await attempt(timeoutMs, call)).message_id };
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      return { ok: false, failure: error.failure };
    }
  }

  const look = ({ silent = false, buttons }: Message) => ({
    parse_mode: 'HTML' as const,
    disable_notification: silent,
    ...(buttons === undefined
      ? {}
      : {
          reply_markup: {
            inline_keyboard: buttons.map((row) => row.map(({ text, data }) => ({ text, callback_data: data }))),
          },
        }),
  });

  return {
    sendText: (chat, message) =>
      send(SEND_MS, (signal) =>
        telegram.callApi(
          'sendMessage',
          { chat_id: chat, text: message.html, link_preview_options: { is_disabled: true }, ...look(message) },
          signalled(signal),
        ),
      ),
    async editText(chat, messageId, message) {
      const result = await send(SEND_MS, async (signal) => {
        await telegram.callApi(
          'editMessageText',
          {
            chat_id: chat,
            message_id: messageId,
            text: message.html,
            link_preview_options: { is_disabled: true },
            ...look(message),
          },
          signalled(signal),
        );
        return { message_id: messageId };
      });
      const same =
        !result.ok && result.failure.code === 'refused' && /message is not modified/.test(result.failure.message);
      return same ? { ok: true, messageId } : result;
    },
    sendPhoto: (chat, png, caption) =>
      caption.html.length > MOST_CAPTION * 2
        ? Promise.resolve({ ok: false, failure: { code: 'refused', message: 'the caption is too long' } })
        : send(PHOTO_MS, (signal) =>
            telegram.callApi(
              'sendPhoto',
              {
                chat_id: chat,
                photo: { source: Buffer.from(png), filename: 'picture.png' },
                caption: caption.html,
                ...look(caption),
              },
              signalled(signal),
            ),
          ),

    name: async () => (await attempt(SEND_MS, (signal) => telegram.callApi('getMe', {}, signalled(signal)))).username,
    dropPending: async () => {
      await attempt(SEND_MS, (signal) =>
        telegram.callApi('deleteWebhook', { drop_pending_updates: true }, signalled(signal)),
      );
    },
    updates: (offset, waitSeconds, signal) =>
      attempt(
        waitSeconds * 1_000 + POLL_GRACE_MS,
        (either) =>
          telegram.callApi(
            'getUpdates',
            { offset, timeout: waitSeconds, allowed_updates: ['message', 'callback_query'] },
            signalled(either),
          ),
        signal,
      ),
    answerPress: async (pressId, text) => {
      await attempt(SEND_MS, (signal) =>
        telegram.callApi('answerCallbackQuery', { callback_query_id: pressId, text }, signalled(signal)),
      );
    },
    setCommands: async (language, commands) => {
      await attempt(SEND_MS, (signal) =>
        telegram.callApi(
          'setMyCommands',
          { commands: [...commands], ...(language === null ? {} : { language_code: language }) },
          signalled(signal),
        ),
      );
    },
    close: () => agent.destroy(),
  };
}

type CallOptions = NonNullable<Parameters<Telegram['callApi']>[2]>;

/** telegraf names the signal of a package that Node's own replaced; its HTTP client takes either. */
const signalled = (signal: AbortSignal): CallOptions => ({ signal }) as unknown as CallOptions;

/** Of a 400: it is about the chat, whatever the message. */
const CHAT_CLOSED =
  /chat not found|upgraded to a supergroup|(?:not enough|have no) rights to send (?:text )?messages?|CHAT_WRITE_FORBIDDEN|PEER_ID_INVALID/i;

/** What an error of the client means for who sends. The token is taken out of its words. */
function failureOf(error: unknown, redact: (text: string) => string): SendFailure {
  const message = redact(error instanceof Error ? error.message : String(error));
  if (!(error instanceof TelegramError)) return { code: 'unreachable', message };
  if (error.code === 429) return { code: 'rate_limited', retryAfterMs: (error.parameters?.retry_after ?? 1) * 1_000 };
  // a token that is not known now may be so again: what was to be said must not be lost over it
  if (error.code >= 500 || [401, 404, 409].includes(error.code)) return { code: 'unreachable', message };
  if (error.code === 403 || CHAT_CLOSED.test(message)) {
    // a group that became a supergroup has another id from then on
    const movedTo = error.parameters?.migrate_to_chat_id;
    return { code: 'chat_closed', message: movedTo === undefined ? message : `${message} (its id is now ${movedTo})` };
  }
  const gone = /message to edit not found|message can't be edited|MESSAGE_ID_INVALID/.test(message);
  return { code: gone ? 'message_gone' : 'refused', message };
}
