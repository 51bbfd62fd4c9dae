import { effectiveStop, type OpenPosition } from '@mexc-bot/core';
import type { Rebuilt } from '@mexc-bot/execution';
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
