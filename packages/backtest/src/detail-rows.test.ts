import { MINUTE_MS, toColumns } from '@mexc-bot/core';
import { expect, it } from 'vitest';
import { candlesFrom } from '../../../test/support/builders.ts';
import type { PreparedMarket } from './data.ts';
import { detailRows } from './detail-rows.ts';

const minutes = (...kept: number[]) => {
  const all = candlesFrom(Array.from({ length: 20 }, () => 1));
  const detail = toColumns(kept.map((minute) => ({ ...all[minute]!, openTime: minute * MINUTE_MS })));
  return { detail } as PreparedMarket;
};
const rowsAt = (minute: number, ...kept: number[]) =>
  detailRows(minutes(...kept), minute * MINUTE_MS, 5 * MINUTE_MS, MINUTE_MS);

it('a candle is made up of all its minutes', () => {
  expect(rowsAt(5, 0, 5, 6, 7, 8, 9, 10, 15)).toEqual([1, 6]);
  expect(rowsAt(0, 0, 1, 2, 3, 4)).toEqual([0, 5]);
});

it('or of none, where a minute without a trade has no row', () => {
  expect(rowsAt(5, 0, 5, 10, 15)).toBeNull();
  expect(rowsAt(5, 0, 5, 6, 8, 9, 10)).toBeNull();
  expect(rowsAt(5, 0, 6, 7, 8, 9)).toBeNull();
  expect(rowsAt(15, 0, 5, 10, 15)).toBeNull();
  expect(detailRows({ detail: null } as PreparedMarket, 0, 5 * MINUTE_MS, MINUTE_MS)).toBeNull();
});
