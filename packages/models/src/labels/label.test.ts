import { HOUR_MS } from '@mexc-bot/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flat, mapColumns, walk, without } from '../../test/candles.ts';
import { firstCandles } from '../features/lookahead.ts';
import { LABEL_HORIZON_MS, type Label, labelAt } from './label.ts';

const rule = { horizonMs: LABEL_HORIZON_MS, target: 0.03, stop: 0.025 };
const start = Date.UTC(2026, 0, 1);
const at = start + HOUR_MS;
/** candles 12 to 83 lie within the horizon */
const [FIRST, LAST] = [12, 83];

function marketWith(change: (candles: ReturnType<typeof flat>) => void) {
  const candles = flat(200);
  change(candles);
  return labelAt(candles, at, 1, rule) as Label;
}

describe('the feedback label', () => {
  it.each([
    [1.05, { up: true, down: false }],
    [1.0499, { up: false, down: false }],
    [0.95, { up: false, down: true }],
  ])('of a close of %f after six hours', (close, expected) => {
    const label = marketWith((candles) => {
      candles.close[LAST] = close;
    });
    expect(label).toMatchObject({ state: 'labelled', ...expected });
    expect(label.return).toBeCloseTo(close - 1, 12);
  });

  it('counts nothing from before the decision and nothing from after the horizon', () => {
    const label = marketWith(({ high, low, close }) => {
      for (const outside of [FIRST - 1, LAST + 1]) {
        high[outside] = 9;
        low[outside] = 0.1;
        close[outside] = 9;
      }
    });
    expect(label).toEqual({
      state: 'labelled',
      return: 0,
      up: false,
      down: false,
      best: 0,
      worst: 0,
      barrier: 'neither',
      barrierReturn: 0,
    });
  });

  it('between two candles, ends with the last one that closed by the horizon', () => {
    const candles = walk(200, 2);
    const late = labelAt(candles, at + 100_000, 1, rule) as Label;
    expect(late.return).toBe(candles.close[LAST]! - 1);
    const from = labelAt(
      mapColumns(candles, (column) => column.slice(FIRST + 1)),
      at + 100_000,
      1,
      rule,
    );
    expect(from).toEqual(late);
  });

  it('keeps the best and the worst price', () => {
    const label = marketWith(({ high, low }) => {
      high[20] = 1.2;
      low[30] = 0.7;
    });
    expect(label.best).toBeCloseTo(0.2, 12);
    expect(label.worst).toBeCloseTo(-0.3, 12);
  });
});

describe('the triple barrier', () => {
  it('takes the side that is touched first', () => {
    const target = marketWith(({ high, low }) => {
      high[20] = 1.03;
      low[21] = 0.5;
    });
    expect(target).toMatchObject({ barrier: 'up', barrierReturn: 0.03 });
    const stop = marketWith(({ high, low }) => {
      low[19] = 0.975;
      high[20] = 2;
    });
    expect(stop.barrier).toBe('down');
    expect(stop.barrierReturn).toBeCloseTo(-0.025, 12);
  });

  it('counts a candle that spans both as the stop', () => {
    const label = marketWith(({ high, low }) => {
      high[20] = 1.5;
      low[20] = 0.9;
    });
    expect(label.barrier).toBe('down');
  });

  it('leaves at the open where the price gapped through the stop', () => {
    const label = marketWith(({ open, low }) => {
      open[20] = 0.8;
      low[20] = 0.7;
    });
    expect(label.barrierReturn).toBeCloseTo(-0.2, 12);
  });

  it('is one of three, consistent with best and worst, and never better than the target', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 0, max: 120 }), (seed, index) => {
        const candles = walk(200, seed);
        const label = labelAt(candles, candles.openTime[index]!, candles.open[index]!, rule) as Label;
        expect(label.barrier === 'neither').toBe(label.best < rule.target && label.worst > -rule.stop);
        expect(label.barrierReturn).toBeLessThanOrEqual(rule.target);
        expect(label.worst).toBeLessThanOrEqual(label.return);
        expect(label.best).toBeGreaterThanOrEqual(label.return);
        if (label.barrier === 'down') expect(label.barrierReturn).toBeLessThanOrEqual(-rule.stop + 1e-12);
      }),
    );
  });
});

describe('a label that cannot be given', () => {
  const candles = walk(200, 4);

  it('waits until the last candle of the horizon is known', () => {
    expect(labelAt(firstCandles(candles, LAST), at, 1, rule)).toEqual({ state: 'not_yet' });
    expect(labelAt(firstCandles(candles, LAST + 1), at, 1, rule)).toMatchObject({ state: 'labelled' });
    expect(labelAt(flat(0), at, 1, rule)).toEqual({ state: 'not_yet' });
  });

  it('says vanished where the candles ended and the time is over', () => {
    const ended = firstCandles(candles, 40);
    expect(labelAt(ended, at, 1, rule, { knownUntil: at + LABEL_HORIZON_MS })).toEqual({ state: 'vanished' });
    expect(labelAt(ended, at, 1, rule, { knownUntil: at + HOUR_MS })).toEqual({ state: 'not_yet' });
  });

  it('says gap where a hole hides the end, but lives with a short one', () => {
    expect(
      labelAt(
        without(candles, (i) => i > 60 && i < 100),
        at,
        1,
        rule,
      ),
    ).toEqual({ state: 'gap' });
    const short = labelAt(
      without(candles, (i) => i > 75 && i < 100),
      at,
      1,
      rule,
    ) as Label;
    expect(short.return).toBe(candles.close[75]! - 1);
  });
});
