import { describe, expect, it } from 'vitest';
import { createMarketClock } from '../market-clock.ts';
import { createListenKeys } from './listen-keys.ts';

const HOUR_MS = 3_600_000;

function open() {
  let wall = 0;
  const wallNow = (): number => wall;
  const clock = createMarketClock({ anchor: 1, speed: 600, endAt: null, wallNow });
  const pass = (ms: number): void => {
    wall += ms;
  };
  return { pass, keys: createListenKeys({ wallNow, clock, seed: 1 }) };
}

describe('listen keys', () => {
  it('live for 60 minutes of wall time, and as long again from each extension', () => {
    const { keys, pass } = open();
    const [kept, left] = [keys.create('a', 'k')!, keys.create('a', 'k')!];
    pass(HOUR_MS - 1);
    expect(keys.list('a')).toEqual([kept, left]);
    expect(keys.extend('a', kept)).toBe(true);
    pass(1);
    expect(keys.list('a')).toEqual([kept]);
    expect(keys.extend('a', left)).toBe(false);
    pass(HOUR_MS - 1);
    expect(keys.holderOf(kept)).toBeNull();
  });

  it('number 60 an account at most', () => {
    const { keys, pass } = open();
    const made = Array.from({ length: 60 }, () => keys.create('a', 'k'));
    expect(new Set(made).size).toBe(60);
    expect(keys.create('a', 'k')).toBeNull();
    expect(keys.create('b', 'k')).not.toBeNull();
    expect(keys.remove('a', made[0]!)).toBe(true);
    expect(keys.create('a', 'k')).not.toBeNull();
    pass(HOUR_MS);
    expect(keys.list('a')).toEqual([]);
  });

  it('belong to their account: no other extends or removes them', () => {
    const { keys } = open();
    const key = keys.create('a', 'k')!;
    expect(keys.extend('b', key)).toBe(false);
    expect(keys.remove('b', key)).toBe(false);
    expect(keys.holderOf(key)).toMatchObject({ accountId: 'a', apiKey: 'k', listenKey: key });
  });
});
