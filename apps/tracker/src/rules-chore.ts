import type { SteadyClock } from '@mexc-bot/core';
import { type MarketData, QueryFailed } from '@mexc-bot/exchange';
import type { Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import type { Chore } from './chores.ts';

export interface RulesChoreDeps {
  readonly marketData: Pick<MarketData, 'markets'>;
  readonly store: Pick<Store, 'markets' | 'positions' | 'quarantine'>;
  readonly clock: SteadyClock;
  readonly log: Logger;
}

/** Wall ms between two reads where another market begins to refuse: the exchange charges the list of markets dearly. */
const SOONEST_MS = 60_000;
/** Wall ms between two reads where one goes on refusing, perhaps for weeks. */
const EVERY_MS = 10 * 60_000;

/**
 * Reads the rules of held markets anew when one of them refuses orders. The scanner does so too, but it may be stopped, and an exit priced
 * by a grid that changed is refused for ever.
 */
export function createRulesChore({ marketData, store, clock, log }: RulesChoreDeps): Chore {
  /** market time */
  let readAt = Number.NEGATIVE_INFINITY;
  let askedAt = Number.NEGATIVE_INFINITY;

  const isDue = (): boolean => {
    const refusing = (['test', 'live'] as const).flatMap((mode) => store.quarantine.all(mode));
    const isNew = refusing.some(({ at }) => at >= readAt);
    return refusing.length > 0 && clock.monotonicNow() - askedAt >= (isNew ? SOONEST_MS : EVERY_MS);
  };

  return {
    name: 'rules',
    isDue,
    async run() {
      if (!isDue()) return Number.POSITIVE_INFINITY;
      askedAt = clock.monotonicNow();
      try {
        const asOf = clock.now();
        const held = new Set(store.positions.open().map(({ market }) => market));
        store.markets.put(
          (await marketData.markets()).filter(({ id }) => held.has(id)),
          asOf,
        );
        readAt = asOf;
      } catch (error) {
        if (!(error instanceof QueryFailed)) throw error;
        log.warn(`the rules of held markets could not be read: ${error.message}`);
      }
      return Number.POSITIVE_INFINITY;
    },
  };
}
