import { type Clock, type KeyPolicy, type KeyStatus, keyVerdict } from '@mexc-bot/core';
import { QueryFailed } from '@mexc-bot/exchange';
import type { Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import type { Chore } from './chores.ts';

export interface KeyChoreDeps {
  readonly checkKey: () => Promise<KeyStatus>;
  readonly policy: KeyPolicy;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Wall ms between two checks of a key that works, and of one that does not. */
const EVERY_MS = 3 * 60_000;
const LOOK_AGAIN_MS = 20_000;

/**
 * Asks regularly what the API key may do. A key that is refused, may not trade, or may withdraw stops buys at once and the owner is
 * told; positions are watched on. A question without an answer changes nothing.
 */
export function createKeyChore({ checkKey, policy, store, clock, log }: KeyChoreDeps): Chore {
  return {
    name: 'key',
    run: async () => {
      let status: KeyStatus;
      try {
        status = await checkKey();
      } catch (error) {
        if (!(error instanceof QueryFailed)) throw error;
        log.warn(`the API key could not be checked: ${error.message}`);
        return LOOK_AGAIN_MS;
      }
      const verdict = keyVerdict(status, policy, clock.now());
      const reason = verdict.entries === 'stopped' ? `key_${verdict.code}` : null;
      const words = verdict.entries === 'stopped' ? verdict.reason : verdict.warning;
      store.write(() => {
        const before = store.state.entriesStopped('live');
        if (before !== reason) store.state.stopEntries('live', reason, clock.wallNow());
        if (words !== null) tell(reason === null ? 'notice' : 'alarm', words);
        else if (before !== null) tell('notice', 'The API key works again; buys go on.');
      });
      return reason === null ? EVERY_MS : LOOK_AGAIN_MS;
    },
  };

  function tell(rank: 'alarm' | 'notice', words: string): void {
    const at = { at: clock.now(), wallAt: clock.wallNow(), source: 'tracker', mode: 'live' } as const;
    if (!store.alerts.addNews({ ...at, rank, kind: 'api_key', detail: { words } })) return;
    if (rank === 'alarm') log.error(words);
    else log.warn(words);
  }
}
