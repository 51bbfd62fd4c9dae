import { describe, expect, it } from 'vitest';
import { breakEvenMultiple, DEFAULT_EXIT_TABLE, type ExitTable, exitRow, faultsInExitTable } from './levels.ts';
import { Decimal } from './money.ts';
import { stopDistance, stopPrice } from './stop.ts';
import { STRATEGIES } from './strategy-name.ts';

const TAKER_FEE = 0.0005;
const cells = STRATEGIES.flatMap((strategy) =>
  DEFAULT_EXIT_TABLE[strategy].map((row, index) => ({ strategy, index, ...row })),
);
const withRow = (row: ExitTable['simple'][number]): ExitTable => ({
  ...DEFAULT_EXIT_TABLE,
  revival: [row, ...DEFAULT_EXIT_TABLE.revival.slice(1)],
});

describe('the default exit table', () => {
  it('has no fault, even at ten times the taker fee', () => {
    expect(faultsInExitTable(DEFAULT_EXIT_TABLE, TAKER_FEE)).toEqual([]);
    expect(faultsInExitTable(DEFAULT_EXIT_TABLE, 10 * TAKER_FEE)).toEqual([]);
  });

  it.each(cells)('$strategy row $index sells every level above entry plus fees, in rising order', ({ takeProfits }) => {
    const entry = new Decimal('0.00000371');
    const paid = entry.mul(1 + TAKER_FEE);
    let before = paid;
    for (const level of takeProfits) {
      const received = entry.mul(level).mul(1 - TAKER_FEE);
      expect(received.gt(before)).toBe(true);
      before = received;
    }
  });

  it.each(cells)('$strategy row $index stops below entry in any volatility', ({ stopLoss }) => {
    const config = { calmFraction: 0.015, wildFraction: 0.05, calmFactor: 0.8, wildFactor: 1.2 };
    for (const atrFraction of [Number.NaN, 0, 0.01, 0.03, 0.2]) {
      const stop = stopPrice(new Decimal('1.2345'), stopDistance(stopLoss, atrFraction, config), new Decimal('0.0001'));
      expect(stop.gt(0) && stop.lt('1.2345')).toBe(true);
    }
  });

  it('keeps the 0.9 of revival on the gain of simple', () => {
    for (const [index, row] of DEFAULT_EXIT_TABLE.revival.entries()) {
      const simple = DEFAULT_EXIT_TABLE.simple[index]!.takeProfits;
      expect(row.takeProfits).toEqual(simple.map((level) => expect.closeTo(1 + 0.9 * (level - 1), 12)));
    }
  });

  it.each([
    [0, 0],
    [0.8499, 0],
    [0.85, 1],
    [0.8999, 1],
    [0.9, 2],
    [0.9499, 2],
    [0.95, 3],
    [1, 3],
    [Number.NaN, 0],
  ])('confidence %d reads row index %i', (confidence, index) => {
    expect(exitRow(DEFAULT_EXIT_TABLE, 'simple', confidence)).toBe(DEFAULT_EXIT_TABLE.simple[index]);
  });
});

describe('faultsInExitTable', () => {
  it('names the cell of the original revival row, which sold at a loss', () => {
    const faults = faultsInExitTable(withRow({ takeProfits: [0.927, 0.954, 0.981], stopLoss: 0.0225 }), TAKER_FEE);
    expect(faults.map((fault) => fault.path)).toEqual([
      ['revival', 0, 'takeProfits', 0],
      ['revival', 0, 'takeProfits', 1],
      ['revival', 0, 'takeProfits', 2],
    ]);
    expect(faults[0]).toMatchObject({ value: 0.927, allowed: 'above 1.001001: entry plus the round-trip fee' });
  });

  it('refuses a level that only just fails to clear the round trip, and takes one that only just does', () => {
    const edge = breakEvenMultiple(TAKER_FEE).toNumber();
    const at = (level: number) => faultsInExitTable(withRow({ takeProfits: [level], stopLoss: 0.02 }), TAKER_FEE);
    expect(at(edge)).toHaveLength(1);
    expect(at(1.001)).toHaveLength(1);
    expect(at(edge + 1e-9)).toEqual([]);
  });

  it.each([
    [
      [1.03, 1.03],
      ['revival', 0, 'takeProfits', 1],
    ],
    [
      [1.06, 1.03],
      ['revival', 0, 'takeProfits', 1],
    ],
    [
      [1.03, Number.NaN],
      ['revival', 0, 'takeProfits', 1],
    ],
    [
      [1.03, Number.POSITIVE_INFINITY],
      ['revival', 0, 'takeProfits', 1],
    ],
    [[], ['revival', 0, 'takeProfits']],
  ])('refuses levels %j', (takeProfits, path) => {
    expect(faultsInExitTable(withRow({ takeProfits, stopLoss: 0.02 }), TAKER_FEE)).toMatchObject([{ path }]);
  });

  it.each([0, -0.01, 0.5, 2.5, Number.NaN])('refuses the stop loss %d', (stopLoss) => {
    const faults = faultsInExitTable(withRow({ takeProfits: [1.03], stopLoss }), TAKER_FEE);
    expect(faults).toMatchObject([{ path: ['revival', 0, 'stopLoss'], allowed: 'above 0 and under 0.5' }]);
  });

  it('tells every fault at once, a missing row too', () => {
    const table = { ...withRow({ takeProfits: [1], stopLoss: 0 }), simple: DEFAULT_EXIT_TABLE.simple.slice(1) };
    expect(faultsInExitTable(table, TAKER_FEE).map((fault) => fault.path.join('.'))).toEqual([
      'simple',
      'revival.0.takeProfits.0',
      'revival.0.stopLoss',
    ]);
    expect(() => exitRow(table, 'simple', 0.99)).toThrow(RangeError);
  });
});
