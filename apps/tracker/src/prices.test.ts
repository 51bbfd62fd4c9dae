import { Decimal } from '@mexc-bot/core';
import type { MarketData } from '@mexc-bot/exchange';
import { createManualClock } from '@mexc-bot/runtime';
import { describe, expect, it } from 'vitest';
import { createFakeMarketData } from '../../../test/support/fake-market-data.ts';
import { createBelief } from './prices.ts';

const PEPE = 'PEPEUSDT';
const d = (value: number): Decimal => new Decimal(value);

/** A market held since it stood at 1. */
function aBelief() {
  const { marketData, market, reads } = createFakeMarketData();
  const clock = createManualClock(1_000_000);
  let urgently = 0;
  const askUrgently: MarketData['depth'] = (...asked) => {
    urgently += 1;
    return marketData.depth(...asked);
  };
  const belief = createBelief({ marketData, fallData: { ...marketData, depth: askUrgently }, clock });
  belief.keep(new Map([[PEPE, d(1)]]));
  /** @returns what a look at this bid believes */
  const look = async (bid: number): Promise<number | null> => {
    if (belief.follows(PEPE, d(bid))) return bid;
    return (await belief.confirm(PEPE, d(bid)))?.toNumber() ?? null;
  };
  return { look, market, marketData, reads, clock, belief, urgently: () => urgently };
}

describe('which bids are believed', () => {
  it('does not believe a false bid near the last known price after a real fall that nobody saw', async () => {
    const { look, market } = aBelief();
    // it fell to 0.42 while the tracker was down, and the first bid it hears is three times that
    market.depthBids.set(PEPE, 0.42);
    expect(await look(1.26)).toBe(null);
    expect(await look(0.42)).toBe(0.42);
    expect(await look(1.26)).toBe(0.42);
  });

  it('does not believe it after a silence either', async () => {
    const { look, market, clock } = aBelief();
    await look(1);
    await clock.advance(5_001);
    market.depthBids.set(PEPE, 0.42);
    expect(await look(1.26)).toBe(null);
  });

  it('believes a fall at once that follows a fresh look, without asking the book', async () => {
    const { look, market } = aBelief();
    await look(1);
    market.failing.add('depth');
    expect(await look(0.6)).toBe(0.6);
  });

  it('believes an odd bid that lasts where the book cannot be read', async () => {
    const { look, market, clock } = aBelief();
    market.failing.add('depth');
    await expect(look(0.7)).rejects.toThrow('depth');
    await expect(look(0.7)).rejects.toThrow('depth');
    await clock.advance(900);
    expect(await look(0.69)).toBe(0.69);
  });

  it('believes a fall that goes on from look to look where the book cannot be read', async () => {
    const { look, market, clock } = aBelief();
    market.failing.add('depth');
    await expect(look(0.7)).rejects.toThrow('depth');
    await clock.advance(500);
    await expect(look(0.65)).rejects.toThrow('depth');
    await clock.advance(500);
    expect(await look(0.6)).toBe(0.6);
  });

  it('asks the book once at a time, and waits for no answer longer than for the next price', async () => {
    const { look, marketData, reads, clock } = aBelief();
    Object.assign(marketData, { depth: () => reads.push('depth') && new Promise(() => undefined) });
    void look(0.7);
    expect(await look(0.7)).toBe(null);
    await clock.advance(900);
    expect(await look(0.69)).toBe(0.69);
    expect(reads).toEqual(['depth']);
  });

  it('does not believe what repeats itself once the book has denied it', async () => {
    const { look, market, clock } = aBelief();
    market.depthBids.set(PEPE, 1.6);
    market.failing.add('depth');
    await expect(look(0.7)).rejects.toThrow('depth');
    market.failing.delete('depth');
    await clock.advance(500);
    expect(await look(0.7)).toBe(null);
    market.failing.add('depth');
    await clock.advance(500);
    await expect(look(0.7)).rejects.toThrow('depth');
  });

  it('asks about falls as urgently as an exit is sent, and about rises when there is room', async () => {
    const { look, market, urgently } = aBelief();
    market.failing.add('depth');
    await expect(look(1.9)).rejects.toThrow('depth');
    expect(urgently()).toBe(0);
    await expect(look(0.4)).rejects.toThrow('depth');
    expect(urgently()).toBe(1);
  });

  it('asks about a doubted fall again until the book says something', async () => {
    const { look, market, belief, reads } = aBelief();
    market.failing.add('depth');
    await expect(look(1.9)).rejects.toThrow('depth');
    expect(belief.doubtedFalls()).toEqual([]);
    await expect(look(0.4)).rejects.toThrow('depth');
    expect(belief.doubtedFalls()).toEqual([PEPE]);
    expect(await belief.askAgain(PEPE)).toBe(null);
    market.failing.delete('depth');
    market.depthBids.set(PEPE, 0.39);
    expect((await belief.askAgain(PEPE))?.toNumber()).toBe(0.39);
    expect(belief.doubtedFalls()).toEqual([]);
    expect(await belief.askAgain(PEPE)).toBe(null);
    expect(reads).toHaveLength(4);
  });

  it('never believes an absurd one without the book, however often it comes', async () => {
    const { look, market, clock } = aBelief();
    market.failing.add('depth');
    for (let n = 0; n < 5; n++) {
      await expect(look(0.2)).rejects.toThrow('depth');
      await clock.advance(1_000);
    }
  });
});
