import { Decimal } from './money.ts';
import { STRATEGIES, type Strategy } from './strategy-name.ts';

/** One row of the exit table. */
export interface ExitRow {
  /** multiples of the average entry price, strictly rising */
  readonly takeProfits: readonly number[];
  /** fraction under the entry price, before volatility */
  readonly stopLoss: number;
}

/** Four rows per strategy: for a confidence under 0.85, under 0.90, under 0.95, and above. */
export type ExitTable = Readonly<Record<Strategy, readonly ExitRow[]>>;

const ROWS = 4;

const row = (stopLoss: number, ...takeProfits: readonly number[]): ExitRow => ({ takeProfits, stopLoss });

/**
 * The original's levels and stops, its factor applied to the multiple for aggressive and momentum_safe. Revival takes its 0.9
 * of the gain: applied to the multiple, the first "take-profit" would lie under the entry price.
 */
export const DEFAULT_EXIT_TABLE: ExitTable = {
  simple: [
    row(0.025, 1.03, 1.06, 1.09),
    row(0.035, 1.05, 1.1, 1.2),
    row(0.035, 1.05, 1.1, 1.2),
    row(0.05, 1.1, 1.2, 1.3, 1.4),
  ],
  aggressive: [
    row(0.03, 1.236, 1.272, 1.308),
    row(0.042, 1.26, 1.32, 1.44),
    row(0.042, 1.26, 1.32, 1.44),
    row(0.06, 1.32, 1.44, 1.56, 1.68),
  ],
  revival: [
    row(0.0225, 1.027, 1.054, 1.081),
    row(0.0315, 1.045, 1.09, 1.18),
    row(0.0315, 1.045, 1.09, 1.18),
    row(0.045, 1.09, 1.18, 1.27, 1.36),
  ],
  momentum_safe: [
    row(0.021, 1.059, 1.091, 1.143),
    row(0.028, 1.1025, 1.155, 1.26),
    row(0.028, 1.1025, 1.155, 1.26),
    row(0.04, 1.155, 1.26, 1.365, 1.47),
  ],
};

/**
 * @param confidence 0..1; NaN reads as no confidence at all: a bought position needs its row whatever went wrong
 * @throws {RangeError} the table lacks the row
 */
export function exitRow(table: ExitTable, strategy: Strategy, confidence: number): ExitRow {
  const index = confidence >= 0.95 ? 3 : confidence >= 0.9 ? 2 : confidence >= 0.85 ? 1 : 0;
  const found = table[strategy][index];
  if (!found) throw new RangeError(`the exit table of ${strategy} has no row ${index + 1}`);
  return found;
}

/** Price multiple at which a sale pays back entry and both taker fees: (1 + f) / (1 − f). */
export function breakEvenMultiple(takerFeeRate: Decimal | number): Decimal {
  const fee = new Decimal(takerFeeRate);
  return fee.plus(1).div(new Decimal(1).minus(fee));
}

/** A cell of the exit table that cannot be traded, in words for its owner. */
export interface ExitTableFault {
  /** from the table's root: `['simple', 0, 'takeProfits', 1]` */
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  /** what the cell may hold */
  readonly allowed: string;
}

/** @returns every faulty cell; empty when the table may be traded */
export function faultsInExitTable(table: ExitTable, takerFeeRate: Decimal | number): readonly ExitTableFault[] {
  const breakEven = breakEvenMultiple(takerFeeRate).toNumber();
  return STRATEGIES.flatMap((strategy) => {
    const rows = table[strategy];
    const inRows = rows.flatMap((cells, index) => faultsInRow([strategy, index], cells, breakEven));
    return rows.length === ROWS
      ? inRows
      : [{ path: [strategy], value: rows.length, allowed: `${ROWS} rows` }, ...inRows];
  });
}

function faultsInRow(path: readonly (string | number)[], cells: ExitRow, breakEven: number): ExitTableFault[] {
  const { takeProfits, stopLoss } = cells;
  const faults: ExitTableFault[] = [];
  if (takeProfits.length === 0) {
    faults.push({ path: [...path, 'takeProfits'], value: takeProfits, allowed: 'at least one level' });
  }
  takeProfits.forEach((level, index) => {
    const at = [...path, 'takeProfits', index];
    const before = takeProfits[index - 1];
    // written so that NaN is a fault
    if (!(level > breakEven && Number.isFinite(level))) {
      faults.push({ path: at, value: level, allowed: `above ${breakEven.toFixed(6)}: entry plus the round-trip fee` });
    } else if (before !== undefined && level <= before) {
      faults.push({ path: at, value: level, allowed: `above the level before it, ${before}` });
    }
  });
  if (!(stopLoss > 0 && stopLoss < 0.5)) {
    faults.push({ path: [...path, 'stopLoss'], value: stopLoss, allowed: 'above 0 and under 0.5' });
  }
  return faults;
}
