import { expect, it } from 'vitest';
import { createTurns } from './in-turn.ts';

it('runs what is asked for one after the other, and tells each caller how his own ended', async () => {
  const inTurn = createTurns();
  const order: string[] = [];
  const step = (name: string, fails = false) =>
    inTurn(async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const [a, b, c] = await Promise.allSettled([step('a'), step('b', true), step('c')]);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(a).toMatchObject({ status: 'fulfilled', value: 'a' });
  expect(b).toMatchObject({ status: 'rejected', reason: { message: 'b' } });
  expect(c).toMatchObject({ status: 'fulfilled', value: 'c' });
});
