import type { Mode } from '@mexc-bot/core';
import { QueryFailed } from '@mexc-bot/exchange';
import type { KeyWatch } from '@mexc-bot/execution';
import type { Logger } from '@mexc-bot/runtime';

/**
 * Nothing is bought with real money before the API key was judged since this process began, by this process or the tracker: what it
 * may do can have changed meanwhile, or it is another key.
 */
export function createKeyJudged(key: Pick<KeyWatch, 'check' | 'judgedWallAt'> | null, log: Logger) {
  // whether it has changed, not whether it is later: a clock that was set back makes old verdicts look new
  const before = key?.judgedWallAt() ?? null;
  return async (mode: Mode): Promise<boolean> => {
    if (mode === 'test' || key === null || key.judgedWallAt() !== before) return true;
    try {
      await key.check();
      return true;
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
      log.warn(`nothing is bought before the API key was checked: ${error.message}`);
      return false;
    }
  };
}
