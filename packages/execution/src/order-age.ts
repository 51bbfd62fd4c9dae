import type { SteadyClock, TradeOrder } from '@mexc-bot/core';

/** From this age on an order without an end is late, wall ms: a moment of it is everyday. */
const LATE_MS = 15_000;

/**
 * How long ago orders were sent, wall ms. What this process saw itself is measured on a clock that nobody sets: one that is put an hour
 * forward must not end the wait for an order. Of an order of another or an earlier process only the wall tells, at the first look.
 */
export function createOrderAge(clock: SteadyClock) {
  const sentAt = new Map<string, number>();

  const of = ({ clientOrderId, createdWallAt }: TradeOrder): number => {
    let at = sentAt.get(clientOrderId);
    if (at === undefined) {
      at = clock.monotonicNow() - Math.max(clock.wallNow() - createdWallAt, 0);
      sentAt.set(clientOrderId, at);
    }
    return clock.monotonicNow() - at;
  };

  return {
    of,
    late: (order: TradeOrder): boolean => of(order) >= LATE_MS,
    /** Forgets all but these. */
    keep(orders: readonly TradeOrder[]): void {
      const ids = new Set(orders.map((order) => order.clientOrderId));
      for (const id of sentAt.keys()) if (!ids.has(id)) sentAt.delete(id);
    },
  };
}

export type OrderAge = ReturnType<typeof createOrderAge>;
