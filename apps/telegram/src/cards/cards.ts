import type { Clock, Position } from '@mexc-bot/core';
import type { PendingAlert, Store, StoredAlert } from '@mexc-bot/store';
import type { Button, Message } from '../messenger.ts';

/** A card as it is to be sent for the first time. */
export interface OpenedCard {
  readonly positionId: string;
  readonly message: Message;
  /** what the card says, to be compared with what it should say */
  readonly shown: string;
  readonly final: boolean;
}

/** A card that says something else than it should, or is not there. */
export interface CardChange extends OpenedCard {
  readonly chat: number;
  /** null: to be sent anew */
  readonly messageId: number | null;
}

/** One message for each trade and chat, edited through its life: what it shows comes from the position alone. */
export interface Cards {
  /** What is to be brought up to date in a chat, the most pressing first; null: nothing now. */
  next(chat: number, pending: readonly PendingAlert[]): CardChange | null;
  /** The card a purchase is told with; null: the alert is no purchase, or the position is gone. */
  opening(alert: StoredAlert): OpenedCard | null;
  opened(chat: number, card: OpenedCard, messageId: number): void;
  shown(change: CardChange, messageId: number): void;
  /** Telegram does not take it. @param gone the message does not exist any more */
  refused(change: CardChange, gone: boolean): void;
}

export interface CardsDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** whether purchases are told at all */
  readonly wanted: boolean;
  readonly render: (position: Position) => string;
  /** under the card of an open position */
  readonly buttons?: (position: Position) => readonly (readonly Button[])[];
}

/** A stop follows the price all the time: the card follows it this often, wall ms. */
const STOP_EDIT_MS = 60_000;
/** Stand for the message of a card that was deleted, and of one Telegram never took. */
const NO_MESSAGE = 0;
const REFUSED = -1;

export function createCards(deps: CardsDeps): Cards {
  const { store, clock } = deps;

  return {
    next(chat, pending) {
      const held = new Set(store.positions.open().map(({ id }) => id));
      const live = store.cards.live(chat);
      let small: CardChange | null = null;
      for (const row of live) {
        const position = store.positions.get(row.positionId);
        if (position === undefined) continue;
        const card = draw(position);
        if (row.messageId === NO_MESSAGE) return { ...card, chat, messageId: null };
        if (card.shown === row.shown) continue;
        const change = { ...card, chat, messageId: row.messageId };
        if (stageOf(card.shown) !== stageOf(row.shown)) return change;
        if (clock.wallNow() - row.wallAt >= STOP_EDIT_MS) small ??= change;
      }
      return small ?? missing(chat, held, pending);
    },

    opening(alert) {
      if (alert.kind !== 'bought' || alert.positionId === undefined) return null;
      const position = store.positions.get(alert.positionId);
      return position === undefined ? null : draw(position);
    },

    opened(chat, card, messageId) {
      save(chat, card, messageId);
    },
    shown(change, messageId) {
      save(change.chat, change, messageId);
    },
    refused(change, gone) {
      // the card of a closed trade is not missed; one of an open trade that was deleted is sent anew
      if (gone || change.messageId !== null) save(change.chat, change, gone ? NO_MESSAGE : change.messageId!);
      else save(change.chat, change, REFUSED);
    },
  };

  /** Positions that are open without a card: told among many others, or bought before this chat was known. */
  function missing(chat: number, held: ReadonlySet<string>, pending: readonly PendingAlert[]): CardChange | null {
    if (!deps.wanted) return null;
    const toldSoon = new Set(pending.map(({ positionId }) => positionId));
    for (const id of held) {
      if (toldSoon.has(id) || store.cards.get(id, chat) !== undefined) continue;
      const card = draw(store.positions.get(id)!);
      return { ...card, chat, messageId: null, message: { ...card.message, silent: true } };
    }
    return null;
  }

  function draw(position: Position): OpenedCard {
    const html = deps.render(position);
    const buttons = position.state === 'open' ? (deps.buttons?.(position) ?? []) : [];
    return {
      positionId: position.id,
      message: { html, ...(buttons.length === 0 ? {} : { buttons }) },
      shown: `${position.state} ${position.levelsTaken} ${position.quantity}\n${html}`,
      final: position.state === 'closed',
    };
  }

  function save(chat: number, { positionId, shown, final }: OpenedCard, messageId: number): void {
    // the position may have been deleted while the message was under way
    if (store.positions.get(positionId) === undefined) return;
    const given = final || messageId === REFUSED;
    store.cards.save({ positionId, chat, messageId, shown, wallAt: clock.wallNow(), final: given });
  }
}

/** What changes seldom and matters most: open or closed, levels, quantity. */
const stageOf = (shown: string): string => shown.split('\n', 1)[0]!;
