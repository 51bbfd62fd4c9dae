import { type Clock, isFinal, type TradeOrder } from '@mexc-bot/core';
import type { AlertRow, Store } from '@mexc-bot/store';
import type { OrderAge } from './order-age.ts';

/** What the owner is told of orders that did not simply fill; each of it once. */
export function createOrderNews(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly age: OrderAge;
  readonly source: string;
}) {
  const { store, clock, age, source } = deps;
  const tell = (rank: AlertRow['rank'], kind: string, order: TradeOrder, detail: AlertRow['detail']): void => {
    const { mode, market, positionId, clientOrderId } = order;
    const at = { at: clock.now(), wallAt: clock.wallNow(), source };
    const told = { order: clientOrderId, ...detail };
    store.alerts.addNews({ ...at, mode, rank, kind, market, positionId, detail: told });
  };

  return {
    /** Proven never to have existed. */
    absent: (order: TradeOrder) => tell('notice', 'order_absent', order, { side: order.side }),
    /** Told only where the answer, or the end, is late. */
    waiting(order: TradeOrder): void {
      if (isFinal(order.state) || !age.late(order)) return;
      const kind = order.state === 'accepted' ? 'order_unfinished' : 'order_unknown';
      tell('alarm', kind, order, { side: order.side });
    },
  };
}
