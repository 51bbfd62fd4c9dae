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
import type { OpenPosition, PositionRules } from './position.ts';
import { forceExit, type StepResult, step } from './step.ts';

const d = (value: string | number) => new Decimal(value);
const market = someRules();

/** Steps through prices one second apart; every decided sale is filled at once unless `fill` says otherwise. */
function walk(start: OpenPosition, prices: readonly (string | number)[], over: Partial<PositionRules> = {}) {
  const exits: string[] = [];
  let position = start;
  prices.forEach((price, second) => {
    const result: StepResult = step(position, at(second + 10, price), { ...rules, ...over }, market);
    position = result.position;
    if (result.exit === null) return;
    exits.push(`${result.exit.reason} ${result.exit.quantity}`);
    position = applyExitFill(position, sold(result.exit.quantity.toString(), String(price)), market);
  });
  return { exits, position };
}

describe('the hard stop', () => {
  it('sells everything at or under it, at once', () => {
    const { exit, position } = step(aPosition(), at(1, '0.975'), rules, market);
    expect(exit).toEqual({ reason: 'stop_loss', quantity: d(100), decidedAt: 1_000, triggerPrice: d('0.975') });
    expect(position.pendingExit).toBe(exit);
  });

  it('does nothing a tick above it, and hands back the same position', () => {
    const position = aPosition();
    const result = step(position, at(1, '0.9751'), rules, market);
    expect(result.exit).toBeNull();
    expect(result.position).toBe(position);
  });

  it('is judged before a level the same price has reached', () => {
    const lifted = aPosition({ hardStop: d('1.05'), peak: d('1.1') });
    expect(step(lifted, at(1, '1.04'), rules, market).exit).toMatchObject({ quantity: d(100), reason: 'break_even' });
  });

  it('is judged before the trailing stop, which would wait', () => {
    const trailing = aPosition({ peak: d('1.2'), trailingStop: d('1.17'), levelsTaken: 3 });
    expect(step(trailing, at(1, '0.9'), rules, market).exit).toMatchObject({ reason: 'stop_loss' });
  });

  it('is decided even where the exchange would refuse the sale now', () => {
    const small = aPosition({ quantity: d('0.5') });
    expect(step(small, at(1, '0.9'), rules, market).exit).toMatchObject({ reason: 'stop_loss', quantity: d('0.5') });
  });

  it('sells nothing of what is less than a quantity step', () => {
    const dust = aPosition({ quantity: d('0.009') });
    expect(step(dust, at(1, '0.9'), rules, market)).toEqual({ position: dust, exit: null });
    expect(step(aPosition({ quantity: d(0) }), at(1, '5'), rules, market).exit).toBeNull();
  });
});

describe('the trailing stop', () => {
  it('starts when the price is up by trailFrom, at the stop distance under the peak', () => {
    expect(walk(aPosition(), ['1.0099']).position.trailingStop).toBeNull();
    const { position } = walk(aPosition(), ['1.01']);
    expect(position.trailingStop?.toString()).toBe('0.9847');
    expect(position.peak.toString()).toBe('1.01');
  });

  it('follows the peak up and never down', () => {
    const { position } = walk(aPosition({ takeProfits: [9] }), ['1.2', '1.18', '1.4', '1.38']);
    expect(position.peak.toString()).toBe('1.4');
    expect(position.trailingStop?.toString()).toBe('1.365');
  });

  const armed = aPosition({ peak: d('1.02'), trailingStop: d('0.9945') });

  it('sells only after the price stayed at or under it for confirmMs', () => {
    const first = step(armed, at(100, '0.9945'), rules, market);
    expect(first.exit).toBeNull();
    expect(first.position.breachedSince).toBe(100_000);
    const later = step(first.position, at(129.999, '0.99'), rules, market);
    expect(later.exit).toBeNull();
    expect(step(later.position, at(130, '0.99'), rules, market).exit).toMatchObject({
      reason: 'trailing_stop',
      quantity: d(100),
    });
  });

  it('starts its wait anew when the price came back above it', () => {
    const breached = step(armed, at(100, '0.99'), rules, market).position;
    const back = step(breached, at(110, '0.9946'), rules, market).position;
    expect(back.breachedSince).toBeNull();
    const again = step(back, at(120, '0.99'), rules, market).position;
    expect(step(again, at(140, '0.99'), rules, market).exit).toBeNull();
    expect(step(again, at(150, '0.99'), rules, market).exit).toMatchObject({ reason: 'trailing_stop' });
  });

  it('does not wait longer because the clock was set back', () => {
    const breached = step(armed, at(100_000, '0.99'), rules, market).position;
    const setBack = step(breached, at(100, '0.99'), rules, market).position;
    expect(step(setBack, at(130, '0.99'), rules, market).exit).toMatchObject({ reason: 'trailing_stop' });
  });

  it('sells at once where no confirmation is asked for', () => {
    expect(step(armed, at(1, '0.99'), { ...rules, confirmMs: 0 }, market).exit).toMatchObject({
      reason: 'trailing_stop',
    });
  });
});

describe('take-profit levels', () => {
  it('sell their share of what is left, one after the other, and the rest trails', () => {
    const { exits, position } = walk(aPosition(), ['1.03', '1.04', '1.06', '1.09', '1.2']);
    expect(exits).toEqual(['take_profit 50', 'take_profit 15', 'take_profit 7']);
    expect(position.quantity.toString()).toBe('28');
    expect(position.levelsTaken).toBe(3);
  });

  it('sell their sum in one exit when one price passes several', () => {
    const { exits, position } = walk(aPosition(), ['1.09']);
    expect(exits).toEqual(['take_profit 72']);
    expect(position.levelsTaken).toBe(3);
  });

  it('are taken once, also when the price crosses them again', () => {
    expect(walk(aPosition(), ['1.03', '1.02', '1.03', '1.035']).exits).toEqual(['take_profit 50']);
  });

  it('add to a level that is still pending, never more than is held', () => {
    const waiting = aPosition({ levelsTaken: 1, pendingExit: aPending() });
    const { exit, position } = step(waiting, at(5, '1.06'), rules, market);
    expect(exit).toMatchObject({ reason: 'take_profit', quantity: d(65), triggerPrice: d('1.06') });
    expect(position.levelsTaken).toBe(2);
    expect(step(position, at(6, '1.07'), rules, market).exit).toBeNull();
  });

  it('sell all when the leg alone would be under the minimum', () => {
    const small = aPosition({ quantity: d('1.5') });
    expect(step(small, at(1, '1.03'), rules, market).exit).toMatchObject({ quantity: d('1.5') });
  });

  it('judge the minimum where the order may be placed at worst, not at the bid', () => {
    // the leg is 1.03 coins: worth 1.06 at the bid, 1.008 on the last rung 5 % under it, 0.997 on one 6 % under it
    const two = aPosition({ quantity: d('2.06'), hardStop: d('1.029'), stopDistance: 0.0001 });
    expect(step(two, at(1, '1.03'), rules, market).exit?.quantity.toString()).toBe('1.03');
    const wide = { ...rules, maxExitSlippage: 0.06 };
    expect(step(two, at(1, '1.03'), wide, market).exit?.quantity.toString()).toBe('2.06');
  });

  it('sell all when the rest could not be sold at the stop', () => {
    // 1.04 would stay: worth 1.018 here at worst, but 0.992 at the stop that now trails at 1.0042
    const small = aPosition({ quantity: d('2.08') });
    expect(step(small, at(1, '1.03'), rules, market).exit?.quantity.toString()).toBe('2.08');
    const enough = aPosition({ quantity: d('2.1') });
    expect(step(enough, at(1, '1.03'), rules, market).exit?.quantity.toString()).toBe('1.05');
  });

  it('wait where all that is held is under the minimum, and are taken when the price allows it', () => {
    const tiny = aPosition({ quantity: d('1') });
    const early = step(tiny, at(1, '1.03'), rules, market);
    expect(early.exit).toBeNull();
    expect(early.position.levelsTaken).toBe(0);
    expect(step(early.position, at(2, '1.06'), rules, market).exit).toMatchObject({ quantity: d('1') });
  });
});

describe('after the last level', () => {
  const trailing = aPosition({ quantity: d(28), levelsTaken: 3, peak: d('1.2'), stopDistance: 0.06 });

  it('everything is sold peakDrop under the peak, at once', () => {
    expect(step(trailing, at(1, '1.1641'), rules, market).exit).toBeNull();
    expect(step(trailing, at(1, '1.164'), rules, market).exit).toMatchObject({
      reason: 'trailing_take_profit',
      quantity: d(28),
    });
  });

  it('the peak goes on rising', () => {
    expect(walk(trailing, ['1.5', '1.4551', '1.455']).exits).toEqual(['trailing_take_profit 28']);
  });

  it('but not before it', () => {
    expect(
      step({ ...trailing, levelsTaken: 2, takeProfits: [1, 1.1, 1.3] }, at(1, '1.164'), rules, market).exit,
    ).toBeNull();
  });
});

describe('the time stop', () => {
  it('sells everything at its age, and never when off', () => {
    const hour = { ...rules, timeStopMs: 3_600_000 };
    expect(step(aPosition(), at(3_600.999, '1'), hour, market).exit).toBeNull();
    expect(step(aPosition(), at(3_601, '1'), hour, market).exit).toMatchObject({
      reason: 'time_stop',
      quantity: d(100),
    });
    expect(step(aPosition(), at(9_999_999, '1'), rules, market).exit).toBeNull();
  });
});

describe('the break-even stop', () => {
  const on = { breakEvenAfterFirstLevel: true };

  it('lifts the hard stop to entry plus the round-trip fee after the first level', () => {
    const { position, exits } = walk(aPosition(), ['1.029', '1.03', '1.0012'], on);
    expect(position.hardStop.toString()).toBe('1.0011');
    expect(exits).toEqual(['take_profit 50']);
    expect(walk(position, ['1.0011'], on).exits).toEqual(['break_even 50']);
  });

  it('does not lift before the first level, nor when off', () => {
    expect(walk(aPosition(), ['1.029'], on).position.hardStop.toString()).toBe('0.975');
    expect(walk(aPosition(), ['1.03']).position.hardStop.toString()).toBe('0.975');
  });

  it('switched on while the price is under it, waits until the price is above: the lift itself never sells', () => {
    const taken = aPosition({ levelsTaken: 1, peak: d('1.03') });
    const under = step(taken, at(1, '1'), { ...rules, ...on }, market);
    expect(under.exit).toBeNull();
    expect(under.position.hardStop.toString()).toBe('0.975');
    expect(step(under.position, at(2, '1.01'), { ...rules, ...on }, market).position.hardStop.toString()).toBe(
      '1.0011',
    );
  });

  it('never lowers a stop that stands higher', () => {
    const high = aPosition({ hardStop: d('1.05'), levelsTaken: 3, peak: d('1.1'), trailingStop: d('1.0725') });
    expect(step(high, at(1, '1.1'), { ...rules, ...on }, market).position).toBe(high);
  });

  it('stays when the option is switched off again', () => {
    const lifted = aPosition({ hardStop: d('1.0011'), levelsTaken: 1 });
    expect(step(lifted, at(1, '1.02'), rules, market).position.hardStop.toString()).toBe('1.0011');
  });
});

describe('a price that makes no sense', () => {
  it.each(['0', '-1', 'NaN', 'Infinity'])('of %s throws and decides nothing', (price) => {
    expect(() => step(aPosition(), at(1, price), rules, market)).toThrow(RangeError);
    expect(() => forceExit(aPosition(), at(1, price), market)).toThrow(RangeError);
  });

  it('throws for a tick without a time', () => {
    expect(() => step(aPosition(), { at: Number.NaN, price: d(1) }, rules, market)).toThrow(RangeError);
  });
});
