import type { Clock, OpenPosition } from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';

/** From then on the owner is told that a held market has no price, wall ms. */
const SILENT_MS = 30_000;

/** Tells the owner of a held market without a price: nothing can be sold there, and no stop is judged. */
export function createPriceNews({ store, clock }: { readonly store: Store; readonly clock: Clock }) {
  const since = new Map<string, number>();
  const told = new Set<string>();
  const seen = new Set<string>();

  const tell = (rank: 'alarm' | 'notice', state: 'missing' | 'back', { mode, market, id }: OpenPosition): void => {
    const at = { at: clock.now(), wallAt: clock.wallNow(), source: 'tracker' };
    store.alerts.addNews({ ...at, mode, rank, kind: 'no_price', market, positionId: id, detail: { state } });
  };

  /** An alarm of before a restart is not over because nobody remembers it. */
  const recall = (positions: readonly OpenPosition[]): void => {
    for (const { id, mode, market } of positions) {
      if (seen.has(id)) continue;
      seen.add(id);
      const last = store.alerts.newest('no_price', market, { mode, positionId: id });
      if (last?.state === 'missing') told.add(id);
    }
  };

  return {
    look(open: readonly OpenPosition[], missing: readonly OpenPosition[]): void {
      recall(open);
      const gone = new Set(missing.map(({ id }) => id));
      for (const position of open) {
        const { id } = position;
        if (!gone.has(id)) {
          since.delete(id);
          if (told.delete(id)) tell('notice', 'back', position);
        } else if (!since.has(id)) since.set(id, clock.wallNow());
        else if (!told.has(id) && clock.wallNow() - since.get(id)! >= SILENT_MS) {
          told.add(id);
          tell('alarm', 'missing', position);
        }
      }
      const held = new Set(open.map(({ id }) => id));
      for (const id of seen) {
        if (held.has(id)) continue;
        for (const known of [since, told, seen]) known.delete(id);
      }
    },
  };
}
