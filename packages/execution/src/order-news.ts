import type { Clock, TradeOrder } from '@mexc-bot/core';
import type { AlertRow, Store } from '@mexc-bot/store';
import type { OrderAge } from './order-age.ts';

/** From this age on the owner is told of an order without an answer, wall ms: a moment of it is everyday. */
const SILENT_ORDER_MS = 15_000;

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
    /** Told only where the answer is late. */
    waiting(order: TradeOrder): void {
      const waits = order.state === 'unknown' || order.state === 'intended';
      if (!waits || age.of(order) < SILENT_ORDER_MS) return;
      tell('alarm', 'order_unknown', order, { side: order.side });
    },
  };
}
