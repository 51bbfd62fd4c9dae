import { effectiveStop, type OpenPosition, type TradeOrder } from '@mexc-bot/core';
import type { Evidence, Rebuilt } from '@mexc-bot/execution';
import Table from 'cli-table3';

const PLAIN = { head: [], border: [] };

export function positionTable(positions: readonly OpenPosition[]): string {
  if (positions.length === 0) return 'No open position.';
  const table = new Table({
    head: ['mode', 'market', 'strategy', 'conf.', 'held', 'entry', 'stop', 'peak', 'next level', 'levels', 'selling'],
    style: PLAIN,
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
  });
  for (const position of positions) {
    const { entryPrice, takeProfits, levelsTaken, pendingExit } = position;
    const next = takeProfits[levelsTaken];
    table.push([
      position.mode,
      position.market,
      position.strategy,
      position.confidence.toFixed(2),
      position.quantity.toString(),
      entryPrice.toSignificantDigits(6).toString(),
      effectiveStop(position).toSignificantDigits(6).toString(),
      position.peak.toSignificantDigits(6).toString(),
      next === undefined ? 'trailing' : entryPrice.mul(next).toSignificantDigits(6).toString(),
      `${levelsTaken}/${takeProfits.length}`,
      pendingExit === null ? '' : `${pendingExit.reason} ${pendingExit.quantity}`,
    ]);
  }
  return table.toString();
}

export function rebuiltTable(rows: readonly Rebuilt[], written: boolean): string {
  if (rows.length === 0) return 'The exchange’s history shows no position of ours that the books lack.';
  const table = new Table({
    head: ['market', 'quantity', 'entry', 'opened', 'orders'],
    style: PLAIN,
    colAligns: ['left', 'right', 'right', 'left', 'right'],
  });
  for (const row of rows) {
    const opened = new Date(row.openedAt).toISOString().slice(0, 19).replace('T', ' ');
    table.push([
      row.market,
      row.quantity.toString(),
      row.entryPrice.toSignificantDigits(6).toString(),
      opened,
      row.orders.length,
    ]);
  }
  return `${table}\n${written ? 'Written to the books; the tracker guards them now.' : 'Nothing was written. To take them over: --yes'}`;
}

const described = (order: TradeOrder, wallNow: number): string => {
  const minutes = Math.floor((wallNow - order.createdWallAt) / 60_000);
  return `${order.mode} ${order.side} of ${order.quantity} ${order.market} at ${order.price} (${order.clientOrderId}) has had no answer for ${minutes} minutes`;
};

export const unclearLines = (orders: readonly TradeOrder[], wallNow: number): string[] =>
  orders.map((order) => `! ${described(order, wallNow)}; pnpm tracker resync says more`);

/** What is known of an order without an answer, and what the owner can do. */
export function explanation(order: TradeOrder, evidence: Evidence, wallNow: number): string[] {
  const next = evidence.nothingCame
    ? 'The tracker ends it by itself when some more looks have said the same.'
    : `Nothing proves what became of it, so its market and its money stay reserved. Look it up on the exchange’s own pages; if nothing came of it: pnpm tracker forget ${order.clientOrderId} --yes`;
  return [`! ${described(order, wallNow)}.`, `  The account: ${evidence.words}.`, `  ${next}`];
}
