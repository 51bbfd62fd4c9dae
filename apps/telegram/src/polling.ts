import type { Clock } from '@mexc-bot/core';
import type { Logger } from '@mexc-bot/runtime';
import { z } from 'zod';
import { type BotApi, CallFailed, type Incoming } from './bot.ts';

export interface PollingDeps {
  readonly bot: Pick<BotApi, 'dropPending' | 'updates'>;
  readonly clock: Pick<Clock, 'wallNow' | 'sleepWall'>;
  readonly log: Logger;
  /** Called for one update after the other; none waits for the answer to the one before. */
  readonly handle: (incoming: Incoming) => Promise<void>;
  /** What is sent from now on is heard. */
  readonly begun: () => void;
}

const WAIT_SECONDS = 25;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Without an answer for longer than this, what comes next was perhaps meant for another moment. */
const LATE_MS = 60_000;
const MOST_AT_ONCE = 50;
/** Telegram numbers updates anew, at random, after a week without any: a number so far below the last one begins a new row of them. */
const NEW_ROW = 10_000;
/** So many numbers are remembered, of whichever row: what a start finds waiting is dropped, so that none need outlive the process. */
const REMEMBERED = 500;
/** An answer that holds nothing new comes back at once, and perhaps for ever. */
const NOTHING_NEW_PAUSE_MS = 1_000;

const who = { from: z.object({ id: z.int() }), chat: z.object({ id: z.int() }) };
const updateSchema = z.object({ update_id: z.int() });
const textSchema = z.object({ message: z.object({ ...who, text: z.string() }) });
const pressSchema = z.object({
  callback_query: z.object({
    id: z.string(),
    from: who.from,
    data: z.string(),
    message: z.object({ message_id: z.int(), chat: who.chat }),
  }),
});

/**
 * Listens for ever: no fault of Telegram or of the network ends it. What was sent before it began is dropped; an update that
 * comes twice is handled once.
 */
export function createPolling({ bot, clock, log, handle, begun }: PollingDeps): (signal: AbortSignal) => Promise<void> {
  let nextId = 0;
  const taken = new Set<number>();
  let answeredAt = clock.wallNow();
  const underWay = new Set<Promise<void>>();

  async function round(signal: AbortSignal): Promise<void> {
    const found = await bot.updates(nextId, WAIT_SECONDS, signal);
    const late = clock.wallNow() - answeredAt > LATE_MS;
    answeredAt = clock.wallNow();
    const known = found
      .flatMap((raw) => {
        const parsed = updateSchema.safeParse(raw);
        return parsed.success ? [{ id: parsed.data.update_id, raw }] : [];
      })
      .sort((a, b) => a.id - b.id);
    let isNews = false;
    for (const { id, raw } of known) {
      if (id < nextId && id >= nextId - NEW_ROW) continue;
      nextId = id + 1;
      if (!take(id)) continue;
      isNews = true;
      const incoming = toIncoming(raw, late);
      if (incoming === null) continue;
      if (underWay.size >= MOST_AT_ONCE) await Promise.race(underWay);
      const work: Promise<void> = handle(incoming)
        .catch((error: unknown) => log.error('an update could not be handled', { error }))
        .finally(() => underWay.delete(work));
      underWay.add(work);
    }
    if (found.length > 0 && !isNews) await clock.sleepWall(NOTHING_NEW_PAUSE_MS, signal);
  }

  /** @returns false where it was taken before */
  function take(id: number): boolean {
    if (taken.has(id)) return false;
    taken.add(id);
    if (taken.size > REMEMBERED) taken.delete(taken.values().next().value!);
    return true;
  }

  return async (signal) => {
    const persist = createPersistence(clock, log, signal);
    await persist(() => bot.dropPending());
    begun();
    answeredAt = clock.wallNow();
    while (!signal.aborted) await persist(() => round(signal));
    await Promise.all(underWay);
  };
}

/** Tries until it works, later and later, and says what is wrong once. */
function createPersistence(clock: Pick<Clock, 'wallNow' | 'sleepWall'>, log: Logger, signal: AbortSignal) {
  let said: string | null = null;
  return async (attempt: () => Promise<void>): Promise<void> => {
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await attempt();
        if (said !== null) log.info('Telegram can be reached again');
        said = null;
        return;
      } catch (error) {
        if (signal.aborted) return;
        const words = explain(error);
        if (words !== said) log.warn(words, error instanceof CallFailed ? {} : { error });
        said = words;
        const asked =
          error instanceof CallFailed && error.failure.code === 'rate_limited' ? error.failure.retryAfterMs : 0;
        const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10), LONGEST_PAUSE_MS);
        await clock.sleepWall(Math.max(pause, asked), signal);
      }
    }
  };
}

function explain(error: unknown): string {
  if (!(error instanceof CallFailed)) return 'listening to Telegram failed';
  switch (error.status) {
    case 409:
      return 'Another process listens with the same bot token, and Telegram lets only one: end the other one, or give this suite a bot of its own (@BotFather, TELEGRAM_BOT_TOKEN in .env). Alerts are still sent; commands are heard in turns.';
    case 401:
    case 404:
      return 'Telegram does not know the bot token: write the one @BotFather gave to TELEGRAM_BOT_TOKEN in .env, then restart telegram.';
    case 429:
      return 'Telegram asks for a pause';
    default:
      return 'Telegram cannot be reached; trying on';
  }
}

function toIncoming(raw: unknown, late: boolean): Incoming | null {
  const text = textSchema.safeParse(raw);
  if (text.success) {
    const { from, chat, text: words } = text.data.message;
    return { kind: 'text', user: from.id, chat: chat.id, late, text: words };
  }
  const press = pressSchema.safeParse(raw);
  if (!press.success) return null; // a sticker, a change of members: nothing for the suite
  const { id, from, data, message } = press.data.callback_query;
  return {
    kind: 'press',
    user: from.id,
    chat: message.chat.id,
    late,
    pressId: id,
    messageId: message.message_id,
    data,
  };
}
