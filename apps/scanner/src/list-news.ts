import type { Clock } from '@mexc-bot/core';
import type { AlertRow, Store } from '@mexc-bot/store';

/**
 * Tells the owner what a read of the market list means to him: that the list is not believed, and that a market he holds was halted.
 * Each is told once, and once more when it is over.
 */
export function createListNews({ store, clock }: { readonly store: Store; readonly clock: Clock }) {
  const halted = new Set<string>();
  let wasCollapsed = false;

  const tell = (rank: AlertRow['rank'], kind: string, rest: Pick<AlertRow, 'detail' | 'mode' | 'market'>): void => {
    store.alerts.addNews({ ...rest, at: clock.now(), wallAt: clock.wallNow(), source: 'scanner', rank, kind });
  };

  return {
    /** @param read tradable markets before and now, and whether the list is believed */
    look(read: { readonly before: number; readonly now: number; readonly collapsed: boolean }): void {
      const { before, now, collapsed } = read;
      if (collapsed) tell('alarm', 'universe', { mode: null, detail: { state: 'collapsed', before } });
      else if (wasCollapsed) tell('notice', 'universe', { mode: null, detail: { state: 'believed', tradable: now } });
      wasCollapsed = collapsed;
      // a list that is not believed says nothing about one market either
      if (!collapsed) lookAtHeld();
    },
  };

  function lookAtHeld(): void {
    const online = new Set(
      store.markets.listed().flatMap(({ market }) => (market.status === 'online' ? [market.id] : [])),
    );
    for (const { mode, market } of store.positions.open()) {
      const key = `${mode} ${market}`;
      if (!online.has(market)) {
        halted.add(key);
        tell('alarm', 'held_market_halted', { mode, market, detail: { state: 'halted' } });
      } else if (halted.delete(key)) {
        tell('notice', 'held_market_halted', { mode, market, detail: { state: 'online' } });
      }
    }
  }
}
