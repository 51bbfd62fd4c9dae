import type { Clock, ExchangeSymbol, UniverseRejection } from '@mexc-bot/core';
import type { Logger } from '@mexc-bot/runtime';
import type { AlertRow, MarketChanges, Store } from '@mexc-bot/store';
import type { Universe } from './tradable-markets.ts';

/** What a rejection means for somebody who holds the token; others only mean that nothing more is bought. */
const TROUBLE: Readonly<Partial<Record<UniverseRejection, string>>> = {
  not_online: 'halted',
  no_api_trading: 'closed_to_api',
  one_sided: 'one_sided',
  no_limit_orders: 'no_limit_orders',
  risk_flagged: 'risk_flagged',
};
/** More names than these say nothing more. */
const NAMES = 20;

/** What a new list of markets changes, as activity; and as an alarm what it changes for markets we hold, or for all of them. */
export function createMarketNews({ store, clock, log }: { store: Store; clock: Clock; log: Logger }) {
  const now = () => ({ at: clock.now(), wallAt: clock.wallNow(), source: 'scanner' });

  return (news: { universe: Universe; changes: MarketChanges; before: number }): void => {
    const { universe, changes, before } = news;
    tellCollapse(universe, before);
    if (universe.collapsed) return; // what is missing from a list that is not believed is no news
    tellList('markets_listed', changes.appeared);
    tellList('markets_delisted', changes.vanished);
    tellHeld(universe);
  };

  function tellCollapse({ collapsed, tradable }: Universe, before: number): void {
    const kind = 'universe_collapsed';
    if (!collapsed && store.alerts.newest(kind, null)?.state !== 'collapsed') return;
    if (collapsed) {
      log.error(
        `tradable markets fell from ${before} to ${tradable.size}: the list is not believed, nothing is bought`,
      );
    }
    const detail = collapsed ? { state: 'collapsed', before } : { state: before === 0 ? 'believed' : 'recovered' };
    const rank = collapsed ? 'alarm' : 'notice';
    if (store.alerts.addNews({ ...now(), mode: null, rank, kind, detail })) {
      store.activity.add({ ...now(), mode: null, kind, detail: { ...detail, now: tradable.size } });
    }
  }

  function tellList(kind: string, markets: readonly ExchangeSymbol[]): void {
    if (markets.length === 0) return;
    const detail = { count: markets.length, markets: markets.slice(0, NAMES) };
    store.activity.add({ ...now(), mode: null, kind, detail });
    log.info(`${kind}: ${markets.length}`, { markets: detail.markets });
  }

  function tellHeld({ tradable, rejected }: Universe): void {
    const held = new Map(store.positions.open().map((position) => [position.market, position]));
    for (const { id, market, mode } of held.values()) {
      const rejection = rejected.get(market);
      const listed = tradable.has(market) || rejection !== undefined;
      const state = !listed ? 'delisted' : ((rejection && TROUBLE[rejection]) ?? 'tradable');
      const kind = 'held_market';
      // that all is well is news only to somebody who heard that it was not
      if (state === 'tradable' && (store.alerts.newest(kind, market)?.state ?? state) === state) continue;
      const rank: AlertRow['rank'] = state === 'tradable' ? 'notice' : 'alarm';
      const row = { ...now(), mode, kind, market, positionId: id, detail: { state } };
      if (!store.alerts.addNews({ ...row, rank })) continue;
      store.activity.add(row);
      log.warn(`${market}, which is held in ${mode} mode, is ${state}`);
    }
  }
}
