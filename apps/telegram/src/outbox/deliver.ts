import type { Clock } from '@mexc-bot/core';
import type { Logger } from '@mexc-bot/runtime';
import type { PendingAlert, Store, StoredAlert } from '@mexc-bot/store';
import type { CardChange, Cards, OpenedCard } from '../cards/cards.ts';
import type { Message, Messenger, SendFailure, SendResult } from '../messenger.ts';
import { type Loudness, RANKS } from './loudness.ts';
import { plain } from './plain.ts';
import { LONGEST_RETRY_MS, type Plan, planNext } from './plan.ts';

export interface OutboxDeps {
  readonly store: Store;
  readonly messenger: Messenger;
  readonly clock: Clock;
  readonly log: Logger;
  /** who is told; may grow while the bot runs */
  readonly chats: () => readonly number[];
  readonly loudness: Loudness;
  /** what becomes of notices at a wall time; null: it is not quiet */
  readonly quiet: (wallAt: number) => 'hold' | 'silent' | null;
  /** Words for alerts, in the order told. */
  readonly present: (alerts: readonly StoredAlert[], form: 'single' | 'lines' | 'counts', wallAt: number) => string;
  /** A note that an alert is told late; empty while it is not. */
  readonly lateness: (alert: StoredAlert, wallAt: number) => string;
  /** What stands under purchases that nobody guards yet. */
  readonly unguarded: (alerts: readonly StoredAlert[]) => string;
  readonly cards: Cards;
}

export interface Outbox {
  /** At most one message. @returns wall ms until there may be something to do */
  step(): Promise<number>;
  /** Delivers until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** The chat was heard: where it was closed to the bot, it is so no longer. */
  reopen(chat: number): void;
}

/** Telegram's limits: a message a second to one chat, twenty a minute to a group. */
const CHAT_GAP_MS = 1_050;
const GROUP_GAP_MS = 3_100;
/** Looking for news this often, wall ms. */
const IDLE_MS = 500;
/** First wait after a failure, wall ms. */
const FIRST_RETRY_MS = 1_000;
/** A pause that an earlier process was asked for is believed up to so long: the clock may have been set back meanwhile. */
const LONGEST_INHERITED_MS = 10 * 60_000;
/** The same of a chat that is closed to the bot. */
const FIRST_CLOSED_MS = 10 * 60_000;
const LONGEST_CLOSED_MS = 60 * 60_000;
/** An answer that does not come by then counts as none. */
const PATIENCE_MS = 90_000;

type Send = Extract<Plan, { do: 'send' }>;

/**
 * Delivers alerts and keeps the cards of trades up to date: one message at a time over all chats, so that a crash repeats one at
 * most. What was sent is settled together with all that follows from it; a message that Telegram refuses is sent as plain text, and
 * then let go: nothing stands in the way of the rest. A chat that is closed to the bot is tried now and then, and loses nothing.
 */
export function createOutbox(deps: OutboxDeps): Outbox {
  const { store, messenger, clock, log, cards } = deps;
  const troubles = new Map<
    number,
    {
      readonly code: SendFailure['code'];
      readonly count: number;
      readonly sinceWall: number;
      readonly untilWall: number;
    }
  >();
  /** when Telegram asked a chat to pause; of an earlier process, when this one first saw it */
  const pausedSince = new Map<number, number>();
  const asPlain = new Set<string>();

  return { step, run, reopen };

  function reopen(chat: number): void {
    if (troubles.get(chat)?.code === 'chat_closed') troubles.delete(chat);
  }

  async function run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      let waitMs: number;
      try {
        waitMs = await step();
        failures = 0;
      } catch (error) {
        failures += 1;
        waitMs = retryMs(failures);
        if (failures === 1) log.error('delivering failed; it is tried again', { error });
      }
      if (waitMs > 0) await clock.sleepWall(waitMs, signal);
    }
  }

  async function step(): Promise<number> {
    let best: { readonly rank: number; readonly act: () => Promise<void> } | null = null;
    let waitMs = IDLE_MS;
    for (const chat of deps.chats()) {
      const blockedMs = freeAt(chat) - clock.wallNow();
      if (blockedMs > 0) {
        waitMs = Math.min(waitMs, blockedMs);
        continue;
      }
      const next = nextIn(chat);
      if (next !== null && (best === null || next.rank < best.rank)) best = next;
    }
    if (best === null) return waitMs;
    await best.act();
    return 0;
  }

  function freeAt(chat: number): number {
    const { sentWallAt, pausedWallAt } = store.outbox.chat(chat);
    const gap = chat < 0 ? GROUP_GAP_MS : CHAT_GAP_MS;
    const now = clock.wallNow();
    const trouble = troubles.get(chat);
    // a clock that was set back must not silence the bot
    const sent = sentWallAt <= now ? sentWallAt : 0;
    const troubled = trouble !== undefined && trouble.sinceWall <= now ? trouble.untilWall : 0;
    return Math.max(sent + gap, pauseOf(chat, pausedWallAt, now), troubled);
  }

  /** @returns wall ms until which the chat pauses; 0: it does not, or the clock was set back meanwhile */
  function pauseOf(chat: number, untilWall: number, now: number): number {
    if (untilWall <= now) return 0;
    const since = pausedSince.get(chat) ?? (untilWall - now > LONGEST_INHERITED_MS ? Number.POSITIVE_INFINITY : now);
    pausedSince.set(chat, since);
    return since <= now ? untilWall : 0;
  }

  function nextIn(chat: number): { readonly rank: number; readonly act: () => Promise<void> } | null {
    const rules = { loudness: deps.loudness, quiet: deps.quiet(clock.wallNow()) };
    let pending = store.outbox.pending(chat);
    let plan = planNext(pending, rules, clock.wallNow());
    if (plan?.do === 'skip') {
      store.outbox.settle(chat, plan.ids, 'skipped', clock.wallNow());
      pending = store.outbox.pending(chat);
      plan = planNext(pending, rules, clock.wallNow());
    }
    if (plan?.do === 'send') {
      const send = plan;
      const waiting = pending;
      return { rank: RANKS[plan.rank], act: () => tell(chat, send, waiting) };
    }
    const change = cards.next(chat, pending);
    return change && { rank: Object.keys(RANKS).length, act: () => showCard(change) };
  }

  async function tell(chat: number, plan: Send, pending: readonly PendingAlert[]): Promise<void> {
    const { ids } = plan;
    const alerts = store.alerts.byIds(ids);
    const now = clock.wallNow();
    if (alerts.length === 0) return store.outbox.settle(chat, ids, 'skipped', now); // deleted meanwhile
    const card = plan.form === 'single' ? cards.opening(alerts[0]!) : null;
    const { message, isPlain } = worded(chat, plan, alerts, card);

    const attempts = Math.max(...pending.filter(({ id }) => ids.includes(id)).map((row) => row.attempts));
    store.outbox.trying(chat, ids, now + retryMs(attempts + 1));
    const result = await answerOf(messenger.sendText(chat, message));

    if (result.ok) {
      succeeded(chat, () => {
        store.outbox.settle(chat, ids, 'delivered', clock.wallNow());
        if (card !== null) cards.opened(chat, card, result.messageId);
      });
    } else if (!mustWait(chat, result.failure)) refused(chat, ids, isPlain, result.failure);
  }

  function worded(
    chat: number,
    { ids, form, silent, unguarded }: Send,
    alerts: readonly StoredAlert[],
    card: OpenedCard | null,
  ): { readonly message: Message; readonly isPlain: boolean } {
    const now = clock.wallNow();
    // the note goes with the card's first edit
    const text = card === null ? deps.present(alerts, form, now) : card.message.html + deps.lateness(alerts[0]!, now);
    const left = alerts.filter(({ id }) => unguarded.includes(id));
    const html = left.length === 0 ? text : `${text}\n${deps.unguarded(left)}`;
    const buttons = card?.message.buttons;
    const message: Message = { html, silent, ...(buttons === undefined ? {} : { buttons }) };
    const isPlain = ids.some((id) => asPlain.has(`${chat} ${id}`));
    return { message: isPlain ? plain(message) : message, isPlain };
  }

  function refused(chat: number, ids: readonly number[], wasPlain: boolean, { code, ...why }: SendFailure): void {
    const keys = ids.map((id) => `${chat} ${id}`);
    store.outbox.sent(chat, clock.wallNow());
    if (!wasPlain) {
      for (const key of keys) asPlain.add(key);
      store.outbox.trying(chat, ids, clock.wallNow());
      return;
    }
    for (const key of keys) asPlain.delete(key);
    log.warn(`Telegram takes no message in chat ${chat}; what it was is in the activity`, {
      code,
      alerts: ids,
      ...why,
    });
    store.outbox.settle(chat, ids, 'refused', clock.wallNow());
  }

  async function showCard(change: CardChange): Promise<void> {
    const { chat, messageId, message } = change;
    const sent = messageId === null ? messenger.sendText(chat, message) : messenger.editText(chat, messageId, message);
    const result = await answerOf(sent);
    if (result.ok) succeeded(chat, () => cards.shown(change, result.messageId));
    else if (!mustWait(chat, result.failure)) {
      cards.refused(change, result.failure.code === 'message_gone');
      store.outbox.sent(chat, clock.wallNow());
    }
  }

  function succeeded(chat: number, and: () => void): void {
    store.write(() => {
      and();
      store.outbox.sent(chat, clock.wallNow());
    });
    troubles.delete(chat);
  }

  /** @returns false where waiting does not help */
  function mustWait(chat: number, failure: SendFailure): boolean {
    if (failure.code === 'rate_limited') {
      pausedSince.set(chat, clock.wallNow());
      store.outbox.pause(chat, Math.ceil(clock.wallNow() + failure.retryAfterMs));
      return true;
    }
    const { code } = failure;
    if (code !== 'unreachable' && code !== 'chat_closed') return false;
    const before = troubles.get(chat);
    const count = before?.code === code ? before.count + 1 : 1;
    if (count === 1) {
      log.warn(
        code === 'unreachable'
          ? `Telegram cannot be reached: ${failure.message}`
          : `chat ${chat} takes nothing from the bot: ${failure.message}; what is to be told waits`,
      );
    }
    const waitMs = code === 'unreachable' ? retryMs(count) : closedMs(count);
    const sinceWall = clock.wallNow();
    troubles.set(chat, { code, count, sinceWall, untilWall: sinceWall + waitMs });
    return true;
  }

  async function answerOf(sent: Promise<SendResult>): Promise<SendResult> {
    const enough = new AbortController();
    const late = clock
      .sleepWall(PATIENCE_MS, enough.signal)
      .then((): SendResult => ({ ok: false, failure: { code: 'unreachable', message: 'no answer' } }));
    try {
      return await Promise.race([sent, late]);
    } finally {
      enough.abort();
    }
  }
}

const retryMs = (failures: number): number => Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
const closedMs = (failures: number): number => Math.min(FIRST_CLOSED_MS * 2 ** (failures - 1), LONGEST_CLOSED_MS);
