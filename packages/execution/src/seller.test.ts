import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_EXIT_TABLE, Decimal, type OpenPosition, type OrderType, ZERO } from '@mexc-bot/core';
import { type PlaceOutcome, QueryFailed, type RejectCode } from '@mexc-bot/exchange';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aMarket, anOpenPosition, anOrder } from '../../../test/support/builders.ts';
import { createFakeTrading } from '../../../test/support/fake-trading.ts';
import { POSITION_RULES, STOP_CONFIG } from '../../../test/support/position-rig.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createExecutor } from './executor.ts';
import { createSeller } from './seller.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seller-'));
  store = openStore(join(folder, 'bot.db'));
  store.markets.sync([aMarket()], 0);
  store.orders.intend(anOrder());
  store.orders.advance('mb_1', 'filled', { at: 0 });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A seller over ten coins that are to be sold at a stop of 0.97. */
function aSeller(position: Partial<OpenPosition> = {}) {
  const quantity = position.quantity ?? new Decimal(10);
  const pendingExit = { reason: 'stop_loss', quantity, decidedAt: 5, triggerPrice: new Decimal('0.97') } as const;
  store.positions.save(anOpenPosition({ pendingExit, ...position }));
  const account = createFakeTrading();
  const clock = createManualClock(1_000_000);
  const holding = { free: new Decimal(10), locked: ZERO };
  let reads = 0;
  let refused = 0;
  account.trading.balances = async () => {
    reads += 1;
    return new Map([['PEPE', { asset: 'PEPE', ...holding }]]);
  };
  let ids = 1;
  const shared = {
    store,
    tradingOf: () => account.trading,
    clock: { ...clock, sleepWall: (ms: number) => clock.advance(ms) },
    log: silentLog,
    source: 'tracker',
  };
  const executor = createExecutor({
    ...shared,
    entryRules: { table: DEFAULT_EXIT_TABLE, stop: STOP_CONFIG },
    newClientOrderId: () => `mb_${++ids}`,
    settleAfterMs: 2_000,
    absentAfterMs: 30_000,
  });
  const suspected: string[] = [];
  const onRulesRefused = (market: string) => void suspected.push(market);
  const seller = createSeller({ ...shared, executor, rules: POSITION_RULES, onRulesRefused });
  const take = account.trading.placeOrder;
  const refuse = (code: RejectCode, when: (order: { type: OrderType; quantity: Decimal }) => boolean = () => true) => {
    account.trading.placeOrder = (order, id): Promise<PlaceOutcome> => {
      if (!when(order)) return take(order, id);
      refused += 1;
      return Promise.resolve({ outcome: 'rejected', code, detail: 'scripted' });
    };
  };
  const sell = (bid = 0.97) => seller.sell('p1', new Decimal(bid));
  /** as the tracker does: on every price, here four a second */
  const pass = async (seconds: number) => {
    for (let price = 0; price < seconds * 4; price++) {
      await sell();
      await clock.advance(250);
    }
  };
  return { sell, pass, refuse, holding, account, clock, suspected, reads: () => reads, refused: () => refused };
}

const sales = () => store.orders.ofPosition('p1').filter((order) => order.side === 'sell');
const told = () => store.alerts.recent(99).filter(({ kind }) => kind === 'exit_refused');
const position = () => store.positions.get('p1')!;

describe('a refused exit', () => {
  it.each(['other', 'below_minimum', 'key', 'above_maximum', 'no_liquidity'] as const)(
    'for %s is told at the second refusal, once, and tried again later and later',
    async (code) => {
      const { pass, refuse, refused } = aSeller();
      refuse(code);
      await pass(1);
      expect([refused(), told()]).toEqual([1, []]);
      await pass(60);
      expect(told()).toMatchObject([
        { rank: 'alarm', market: 'PEPEUSDT', positionId: 'p1', detail: { reason: `${code}: scripted` } },
      ]);
      expect(refused()).toBeLessThan(8);
    },
  );

  it.each([
    ['below_minimum', true],
    ['above_maximum', true],
    ['price_out_of_range', true],
    ['unexpected', true],
    ['key', false],
    ['insufficient_funds', false],
    ['rate_limited', false],
  ] as const)('for %s puts the rules of its market in doubt: %s', async (code, doubted) => {
    const { sell, refuse, suspected } = aSeller();
    refuse(code);
    await sell();
    expect(suspected).toEqual(doubted ? ['PEPEUSDT'] : []);
  });

  it('is tried again though the machine’s clock is set back meanwhile', async () => {
    const { sell, refuse, clock } = aSeller();
    refuse('other');
    await sell();
    clock.jump(-3_600_000);
    await clock.advance(1_000);
    await sell();
    expect(sales()).toHaveLength(2);
  });

  it('after a time without a buyer waits no longer than any first refusal', async () => {
    const { pass, refuse, refused, account } = aSeller();
    account.script.fillShare = 0;
    await pass(20);
    refuse('other');
    await pass(5);
    expect(refused()).toBe(3);
  });

  it('for being asked to wait is told only when it goes on', async () => {
    const { pass, refuse } = aSeller();
    refuse('rate_limited');
    await pass(6);
    expect(told()).toEqual([]);
    await pass(3);
    expect(told()).toHaveLength(1);
  });

  it.each(['insufficient_funds', 'other', 'below_minimum', 'above_maximum', 'order_type_not_allowed'] as const)(
    'for %s is no reason to sell for less: it never met a book',
    async (code) => {
      const { pass, refuse, sell } = aSeller();
      refuse(code);
      await pass(20);
      refuse(code, () => false);
      await pass(20);
      await sell();
      expect(sales().at(-1)).toMatchObject({ step: 0, state: 'filled' });
      expect(sales().at(-1)?.price.toString()).toBe('0.97');
    },
  );

  it.each(['no_liquidity', 'price_out_of_range'] as const)('for %s is a step down the ladder', async (code) => {
    const { pass, refuse } = aSeller();
    refuse(code);
    await pass(8);
    expect(sales().map(({ step }) => step)).toEqual([0, 1, 2, 3]);
  });
});

describe('a sale of more coins than are free', () => {
  it('sells what is free at once, and tells the owner where the rest is', async () => {
    const { sell, pass, refuse, refused, holding } = aSeller();
    Object.assign(holding, { free: new Decimal('6.505'), locked: new Decimal('3.495') });
    refuse('insufficient_funds', ({ quantity }) => quantity.gt(holding.free));
    await sell();
    expect(sales().map(({ quantity, state }) => [quantity.toString(), state])).toEqual([
      ['10', 'rejected'],
      ['6.5', 'filled'],
    ]);
    expect(position()).toMatchObject({ state: 'open', pendingExit: { reason: 'stop_loss' } });

    Object.assign(holding, { free: new Decimal('0.005') });
    await pass(30);
    expect(position().quantity.toString()).toBe('3.5');
    expect(refused()).toBeLessThan(8);
    expect(told().map(({ detail }) => detail.reason)).toEqual([
      'insufficient_funds: scripted (0.005 free, 3.495 set aside)',
    ]);

    Object.assign(holding, { free: new Decimal('3.5'), locked: ZERO });
    await pass(60);
    expect(position().state).toBe('closed');
  });

  it('sells nothing smaller while the account says that all is there, or cannot be read', async () => {
    const { sell, pass, refuse, account } = aSeller();
    refuse('insufficient_funds');
    await sell();
    account.trading.balances = () => Promise.reject(new QueryFailed('network', 'scripted'));
    await pass(5);
    expect(sales().every(({ quantity }) => quantity.eq(10))).toBe(true);
    expect(told()).toHaveLength(1);
  });

  it('asks for the account once a refusal, however many prices come meanwhile', async () => {
    const { sell, refuse, reads } = aSeller();
    refuse('insufficient_funds');
    await Promise.all([sell(), sell(), sell()]);
    expect(reads()).toBe(1);
  });
});

describe('a market that does not take every type of order', () => {
  it.each<[string, OrderType[], string[]]>([
    ['market orders', ['market'], ['market', 'ioc']],
    ['IOC orders', ['ioc'], ['ioc', 'market']],
    ['neither', ['ioc', 'market'], ['ioc', 'market', 'limit']],
  ])('without %s is sold in with the next best, and not asked again', async (_, refused, types) => {
    const { sell, refuse, account } = aSeller();
    account.script.fillShare = 0;
    if (refused.length === 1 && refused[0] === 'market') for (let rung = 0; rung < 3; rung++) await sell();
    const before = sales().length;
    account.script.fillShare = 1;
    refuse('order_type_not_allowed', ({ type }) => refused.includes(type));
    for (const _type of types) await sell();
    expect(
      sales()
        .slice(before)
        .map(({ type }) => type),
    ).toEqual(types);
    expect(position().state).toBe('closed');
  });

  it('that takes none is asked three times, then later and later, and the owner is told', async () => {
    const { pass, refuse, refused } = aSeller();
    refuse('order_type_not_allowed');
    await pass(5);
    expect(refused()).toBeLessThanOrEqual(9);
    expect(told()).toHaveLength(1);
    expect(told()[0]?.detail.reason).toContain('order_type_not_allowed');
  });
});

it('what is worth selling at the bid is sold on every rung: the last does not offer it for less than the minimum', async () => {
  const { sell, account } = aSeller({ quantity: new Decimal('1.06') });
  account.script.fillShare = 0;
  for (let rung = 0; rung < 4; rung++) await sell();
  expect(sales().map(({ type, price }) => [type, price.toString()])).toEqual([
    ['ioc', '0.97'],
    ['ioc', '0.9603'],
    ['ioc', '0.9506'],
    ['market', '0.9434'],
  ]);
});
