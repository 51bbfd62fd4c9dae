import { describe, expect, it } from 'vitest';
import { createMarketClock } from './market-clock.ts';

const clockAt = (speed: number, endAt: number | null = null) => {
  const wall = { time: 5_000 };
  return { wall, clock: createMarketClock({ anchor: 1_000_000, speed, endAt, wallNow: () => wall.time }) };
};

describe('the market clock', () => {
  it('passes speed milliseconds for each of the wall', () => {
    const { wall, clock } = clockAt(300);
    wall.time += 17.5;
    expect(clock.now()).toBe(1_000_000 + 5_250);
  });

  it('never runs backwards, whatever the wall does', () => {
    const { wall, clock } = clockAt(10);
    wall.time += 100;
    expect(clock.now()).toBe(1_001_000);
    wall.time -= 50;
    expect(clock.now()).toBe(1_001_000);
  });

  it('stands still where the recording ends', () => {
    const { wall, clock } = clockAt(600, 1_060_000);
    expect(clock.ended()).toBe(false);
    wall.time += 1_000;
    expect(clock.now()).toBe(1_060_000);
    expect(clock.ended()).toBe(true);
  });

  it.each([0, 0.5, 601, Number.NaN])('refuses the speed %s', (speed) => {
    expect(() => clockAt(speed)).toThrow(/1\.\.600/);
  });
});
