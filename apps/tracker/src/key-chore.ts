import { QueryFailed } from '@mexc-bot/exchange';
import type { KeyWatch } from '@mexc-bot/execution';
import type { Logger } from '@mexc-bot/runtime';
import type { Chore } from './chores.ts';

/** Wall ms between two checks of a key that works, and of one that does not. */
const EVERY_MS = 3 * 60_000;
const LOOK_AGAIN_MS = 20_000;

/** Asks regularly what the API key may do, and at once when it was refused something. A question without an answer changes nothing. */
export function createKeyChore(key: Pick<KeyWatch, 'check' | 'checkIsDue' | 'stop'>, log: Logger): Chore {
  let answered = true;
  return {
    name: 'key',
    // without an answer it waits its time: the exchange may be away for long
    isDue: () => answered && key.checkIsDue(),
    run: async () => {
      try {
        await key.check();
        answered = true;
      } catch (error) {
        if (!(error instanceof QueryFailed)) throw error;
        answered = false;
        log.warn(`the API key could not be checked: ${error.message}`);
        return LOOK_AGAIN_MS;
      }
      return key.stop() === null ? EVERY_MS : LOOK_AGAIN_MS;
    },
  };
}
