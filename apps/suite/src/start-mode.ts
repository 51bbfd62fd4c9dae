import type { Mode } from '@mexc-bot/core';
import type { Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';

/**
 * Whose money a start means: what the books keep, and of new books what the settings say. Books that were begun before they kept
 * it, and scanned for paper money, go on so: an edit of the settings must not make it real.
 */
export function startMode(store: Store, settings: Pick<Settings, 'mode'>): Mode {
  const kept = store.state.mode();
  if (kept !== null) return kept;
  return store.scans.last()?.mode === 'test' ? 'test' : settings.mode;
}
