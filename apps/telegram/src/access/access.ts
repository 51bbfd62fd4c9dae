import type { Logger, Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';

export type Role = 'owner' | 'viewer';

export interface Access {
  /** @returns null for a stranger, who gets no answer */
  roleOf(who: { readonly user: number; readonly chat: number }): Role | null;
  /** Whether a code from the server's console may make an owner: only where nobody is named in `.env` or `settings.json`. */
  mayPair(): boolean;
  /** Chats that are told what happens: the owners and their groups, not the viewers. */
  recipients(): readonly number[];
  /** One line of the log a stranger and hour. */
  reportStranger(who: { readonly user: number; readonly chat: number }): void;
}

const SAY_AGAIN_MS = 3_600_000;
const MOST_STRANGERS = 1_000;

/** Ids that may command, from `.env` and `settings.json`. */
export function configuredIds(settings: Pick<Settings, 'secrets' | 'telegram'>): readonly number[] {
  const { owners, viewers } = settings.telegram;
  return [...settings.secrets.telegramAllowedIds, ...owners, ...viewers];
}

/**
 * Who may do what. The user must be named, and so must a group: whoever else is in it is a stranger. An empty list admits nobody.
 */
export function createAccess({
  settings,
  store,
  log,
  wallNow,
}: {
  readonly settings: Pick<Settings, 'secrets' | 'telegram'>;
  readonly store: Pick<Store, 'telegram'>;
  readonly log: Logger;
  readonly wallNow: () => number;
}): Access {
  const configured = new Set(configuredIds(settings));
  const viewers = new Set(settings.telegram.viewers);
  const saidAt = new Map<string, number>();

  // a pairing counts only while nobody is named: who edits the list must not be surprised by an older phone
  const isNamed = (id: number): boolean =>
    configured.size > 0 ? configured.has(id) : store.telegram.paired().includes(id);

  return {
    roleOf({ user, chat }) {
      if (user <= 0 || !isNamed(user)) return null;
      const isOwnChat = chat === user;
      const isNamedGroup = chat < 0 && isNamed(chat);
      if (!isOwnChat && !isNamedGroup) return null;
      return viewers.has(user) ? 'viewer' : 'owner';
    },
    mayPair: () => configured.size === 0,
    recipients: () => {
      const named = configured.size > 0 ? [...configured] : store.telegram.paired();
      return named.filter((id) => !viewers.has(id));
    },
    reportStranger({ user, chat }) {
      const key = `${user} ${chat}`;
      if (wallNow() - (saidAt.get(key) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_MS) return;
      if (saidAt.size >= MOST_STRANGERS) saidAt.clear();
      saidAt.set(key, wallNow());
      log.warn('someone without permission wrote to the bot and got no answer', { user, chat });
    },
  };
}
