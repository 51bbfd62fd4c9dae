import { describe, expect, it } from 'vitest';
import { someRules } from '../../../test/support/builders.ts';
import {
  aPendingExit as aPending,
  aHundred as aPosition,
  tickAt as at,
  POSITION_RULES as rules,
  aSale as sold,
} from '../../../test/support/position-rig.ts';
import { applyExitFill } from './book-exit.ts';
import { Decimal } from './money.ts';
import { forceExit, step } from './step.ts';

const d = (value: string | number) => new Decimal(value);
const market = someRules();

describe('what an order left of a leg', () => {
  const levelled = step(aPosition({ quantity: d(10) }), at(1, '1.03'), rules, market).position;

  it('stays pending while the exchange takes it', () => {
    const left = applyExitFill(levelled, sold('3', '1.03'), market);
    expect(step(left, at(2, '1.03'), rules, market).position.pendingExit?.quantity.toString()).toBe('2');
  });

  it('trails when the exchange would not take it, instead of dragging the rest along', () => {
    const left = applyExitFill(levelled, sold('4.5', '1.03'), market);
    const { position, exit } = step(left, at(2, '1.03'), rules, market);
    expect(exit).toBeNull();
    expect(position.pendingExit).toBeNull();
    expect(position.levelsTaken).toBe(1);
    expect(position.quantity.toString()).toBe('5.5');
  });

  it('stays pending when it is all that is held', () => {
    const all = aPosition({ quantity: d('0.5'), pendingExit: aPending({ quantity: d('0.5'), reason: 'stop_loss' }) });
    expect(step(all, at(2, '0.9'), rules, market).position.pendingExit).toBe(all.pendingExit);
  });
});

describe('a pending exit', () => {
  it('of a level becomes one of everything when the stop is hit', () => {
    const waiting = aPosition({ levelsTaken: 1, pendingExit: aPending() });
    const { exit, position } = step(waiting, at(5, '0.97'), rules, market);
    expect(exit).toEqual({ reason: 'stop_loss', quantity: d(100), decidedAt: 5_000, triggerPrice: d('0.97') });
    expect(position.pendingExit).toBe(exit);
  });

  it('of everything is not changed any more, while peak and trailing stop still move', () => {
    const pendingExit = aPending({ reason: 'stop_loss', quantity: d(100) });
    const { exit, position } = step(aPosition({ pendingExit }), at(5, '1.5'), rules, market);
    expect(exit).toBeNull();
    expect(position.pendingExit).toBe(pendingExit);
    expect(position.levelsTaken).toBe(0);
    expect(position.peak.toString()).toBe('1.5');
    expect(position.trailingStop?.toString()).toBe('1.4625');
  });

  it('is told once', () => {
    const { position } = step(aPosition(), at(5, '0.97'), rules, market);
    expect(step(position, at(6, '0.96'), rules, market)).toEqual({ position, exit: null });
  });
});

describe('a forced exit', () => {
  it('sells everything, over a pending level too', () => {
    const waiting = aPosition({ quantity: d('100.009'), pendingExit: aPending() });
    const { exit, position } = forceExit(waiting, at(7, '1'), market);
    expect(exit).toEqual({ reason: 'forced', quantity: d(100), decidedAt: 7_000, triggerPrice: d(1) });
    expect(position.pendingExit).toBe(exit);
  });

  it('changes nothing where everything is being sold, or nothing can be', () => {
    const selling = aPosition({ pendingExit: aPending({ quantity: d(100), reason: 'stop_loss' }) });
    expect(forceExit(selling, at(7, '1'), market)).toEqual({ position: selling, exit: null });
    expect(forceExit(aPosition({ quantity: d('0.009') }), at(7, '1'), market).exit).toBeNull();
  });
});
