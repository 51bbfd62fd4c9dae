import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from '@mexc-bot/core';
import { QueryFailed } from '@mexc-bot/exchange';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { describe, expect, it } from 'vitest';
import { aMarket, anOpenPosition, someRules } from '../../../test/support/builders.ts';
import { createFakeMarketData } from '../../../test/support/fake-market-data.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createChores } from './chores.ts';
import { createKeyChore } from './key-chore.ts';
import { createRulesChore } from './rules-chore.ts';

describe('chores', () => {
  it('run at once, then when they are due; one that fails is tried again and keeps no other back', async () => {
    const clock = createManualClock(0);
    const ran: string[] = [];
    let broken = true;
    const chores = createChores(
      [
        {
          name: 'broken',
          run: async () => {
            ran.push('broken');
            if (broken) throw new Error('out of order');
            return 1_000;
          },
        },
        { name: 'slow', run: async () => ran.push('slow') && 60_000 },
      ],
      clock,
    );
    await expect(chores()).rejects.toThrow('out of order');
    broken = false;
    await chores();
    await chores();
    expect(ran).toEqual(['broken', 'slow', 'broken']);
    clock.jump(-3_600_000);
    await clock.advance(60_000);
    await chores();
    expect(ran).toEqual(['broken', 'slow', 'broken', 'broken', 'slow']);
  });
});

it('rules of held markets are read anew when one refuses orders, at most once a minute, and nothing is said of the others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chores-'));
  const store = openStore(join(folder, 'bot.db'));
  try {
    const clock = createManualClock(1_000);
    const { marketData, market, reads } = createFakeMarketData();
    store.markets.sync([aMarket(), aMarket({ id: 'DOGEUSDT' })], 0);
    store.positions.save(anOpenPosition());
    const coarser = someRules({ tickSize: new Decimal('0.01') });
    market.markets = [aMarket({ rules: coarser }), aMarket({ id: 'NEWUSDT', rules: coarser })];
    const chores = createChores([createRulesChore({ marketData, store, clock, log: silentLog })], clock);
    const refuse = (id = 'PEPEUSDT') => {
      const at = { at: clock.now(), failures: 1, retryWallAt: 0 };
      store.quarantine.put({ mode: 'test', market: id, reason: 'price scale', ...at });
    };
    await chores();
    expect(reads).toEqual([]);
    refuse();
    market.failing.add('markets');
    await chores();
    market.failing.clear();
    await chores();
    expect(reads).toHaveLength(1);
    await clock.advance(60_000);
    await chores();
    expect(String(store.markets.get('PEPEUSDT')?.rules.tickSize)).toBe('0.01');
    expect(store.markets.ids()).toEqual(['DOGEUSDT', 'PEPEUSDT']);
    expect([...store.markets.listed()]).toHaveLength(2);
    await clock.advance(60_000);
    await chores();
    expect(reads).toHaveLength(2);
    refuse('DOGEUSDT');
    await clock.advance(1);
    await chores();
    expect(reads).toHaveLength(3);
    await clock.advance(9 * 60_000);
    await chores();
    expect(reads).toHaveLength(3);
    await clock.advance(60_000);
    await chores();
    expect(reads).toHaveLength(4);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

it('the key is checked every three minutes, at once when it was refused something, and not at once where nobody answers', async () => {
  const clock = createManualClock(0);
  const key = { due: false, answers: true, checks: 0 };
  const chore = createKeyChore(
    {
      check: async () => {
        key.checks += 1;
        if (!key.answers) throw new QueryFailed('network', 'scripted');
        key.due = false;
      },
      checkIsDue: () => key.due,
      stop: () => null,
    },
    silentLog,
  );
  const chores = createChores([chore], clock);
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      await chores();
      await clock.advance(1_000);
    }
    return key.checks;
  };
  expect(await pass(170)).toBe(1);
  key.due = true;
  expect(await pass(5)).toBe(2);
  Object.assign(key, { due: true, answers: false });
  expect(await pass(41)).toBe(5);
});
