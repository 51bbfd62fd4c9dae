import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anOpenPosition, someRules } from '../../../test/support/builders.ts';
import { realisedPnl } from './book-exit.ts';
import { compareHolding, shrinkToOwned } from './holding.ts';
import { Decimal } from './money.ts';

const rules = someRules();
const d = (value: string | number) => new Decimal(value);

describe('compareHolding', () => {
  it.each([
    ['agrees', '10', '10'],
    ['agrees', '10', '10.009'],
    ['agrees', '10', '9.991'],
    ['short', '10', '9.99'],
    ['surplus', '10', '10.01'],
    ['short', '10', '0'],
    ['surplus', '0', '5'],
  ] as const)('%s: %s booked, %s owned', (verdict, booked, owned) => {
    expect(compareHolding(d(booked), d(owned), rules)).toBe(verdict);
  });
});

describe('shrinkToOwned', () => {
  it('keeps price, stop and levels, and shrinks what is pending', () => {
    const pendingExit = { reason: 'stop_loss', quantity: d(10), decidedAt: 1, triggerPrice: d(1) } as const;
    const shrunk = shrinkToOwned(anOpenPosition({ pendingExit }), d(4), rules, 5);
    expect(shrunk).toMatchObject({ state: 'open', levelsTaken: 0 });
    expect([shrunk.quantity, shrunk.cost, shrunk.entryPrice, shrunk.pendingExit?.quantity].map(String)).toEqual([
      '4',
      '4',
      '1',
      '4',
    ]);
  });

  it('closes what is gone as gone, with no cost lost', () => {
    const closed = shrinkToOwned(anOpenPosition({ fees: d(0) }), d(0), rules, 5);
    expect(closed).toMatchObject({ state: 'closed', closeReason: 'gone', closedAt: 5 });
    expect(realisedPnl(closed).toString()).toBe('0');
  });

  it('leaves the result of what was sold as it was', () => {
    const arb = fc.record({
      sold: fc.integer({ min: 0, max: 9 }),
      gone: fc.integer({ min: 1, max: 10 }),
      price: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(arb, ({ sold, gone, price }) => {
        fc.pre(sold + gone <= 10);
        const position = anOpenPosition({ quantity: d(10 - sold), proceeds: d(sold * price), fees: d(0) });
        const shrunk = shrinkToOwned(position, d(10 - sold - gone), rules, 5);
        expect(realisedPnl(shrunk).toFixed(20)).toBe(realisedPnl(position).toFixed(20));
      }),
    );
  });

  it('refuses to grow a position', () => {
    expect(() => shrinkToOwned(anOpenPosition(), d(10), rules, 5)).toThrow(RangeError);
  });
});
