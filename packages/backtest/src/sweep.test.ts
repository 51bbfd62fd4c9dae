import { DAY_MS } from '@mexc-bot/core';
import { describe, expect, it } from 'vitest';
import { STEP_MS, syntheticMarkets, testSettings } from '../../../test/support/synthetic-markets.ts';
import { prepareData } from './data.ts';
import { partsAt } from './sweep.ts';

const data = prepareData(syntheticMarkets(3, 2, 1_440, 0.006), '5m');
const start = data.start;
const end = start + data.length * STEP_MS;
const parts = (from: number | null, until: number | null) => partsAt(data, testSettings({ from, until }), 0.6);

describe('the time is split', () => {
  it('by its share of the candles that there are', () => {
    expect(parts(null, null)).toEqual({ split: start + 864 * STEP_MS, choiceMs: 3 * DAY_MS, judgementMs: 2 * DAY_MS });
  });

  it('whatever was asked for beyond them', () => {
    expect(parts(start - 700 * DAY_MS, end + 365 * DAY_MS)).toEqual(parts(null, null));
    expect(parts(start - DAY_MS, null)).toEqual(parts(null, null));
  });

  it('on the grid of the candles', () => {
    const { split } = parts(start + 10 * STEP_MS + 1, end - 10 * STEP_MS - 1);
    expect((split - start) % STEP_MS).toBe(0);
    expect(split).toBe(start + 11 * STEP_MS + Math.round((1_440 - 22) * 0.6) * STEP_MS);
  });
});
