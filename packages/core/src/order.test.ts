import { expect, it } from 'vitest';
import { isFinal, mayBecome, type OrderState } from './order.ts';

const STATES: readonly OrderState[] = ['intended', 'unknown', 'accepted', 'filled', 'canceled', 'rejected', 'absent'];

it('never leaves a final state', () => {
  for (const from of STATES.filter(isFinal)) for (const to of STATES) expect(mayBecome(from, to)).toBe(false);
});

it('never calls an order that the exchange has accepted rejected or absent', () => {
  expect(mayBecome('accepted', 'rejected')).toBe(false);
  expect(mayBecome('accepted', 'absent')).toBe(false);
});

it('reaches an end from every state that is not one', () => {
  for (const from of STATES.filter((state) => !isFinal(state))) {
    expect(STATES.some((to) => isFinal(to) && mayBecome(from, to))).toBe(true);
  }
});
