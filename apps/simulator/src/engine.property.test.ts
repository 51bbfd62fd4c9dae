import { type Decimal, ZERO } from '@mexc-bot/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Account, openAccount } from './account.ts';
import { createEngine, type Engine, type PlaceEffects } from './engine.ts';
import type { MarketEvent } from './faults/market-events.ts';
import { checkPlan } from './faults/plan.ts';
import { isOpen, ORDER_TYPES, type SimOrder } from './order.ts';
import { createQuotes } from './quotes.ts';
import { createSyntheticMarket } from './synthetic-market.ts';

const market = createSyntheticMarket(7, 25);
const symbols = market.listings.filter(({ status, apiTradable }) => status === '1' && apiTradable).slice(0, 20);

/** What the market does meanwhile; at 0: at once. */
const EVENTS: readonly MarketEvent[] = checkPlan(
  {
    market: [
      { at: 0, kind: 'shock', symbol: '*', factor: 0.9, overSeconds: 600, holdSeconds: 600, recoverOverSeconds: 60 },
      { at: 0, kind: 'shock', symbol: '*', factor: 1.3 },
      ...(['2', '1', '1'] as const).map((status) => ({ at: 0, kind: 'set' as const, symbol: '*', status })),
      { at: 0, kind: 'liquidity', symbol: '*', share: 0.01, forSeconds: 900 },
      { at: 0, kind: 'delist', symbol: symbols[0]!.symbol, as: 'removed-1121' },
      { at: 0, kind: 'deposit', asset: 'MX', amount: '0.3' },
      { at: 0, kind: 'deposit', asset: 'USDT', amount: '-50' },
    ],
  },
  'test',
).market;

type Action =
  | {
      kind: 'place';
      effects: PlaceEffects;
      symbol: number;
      side: 'BUY' | 'SELL';
      type: number;
      offset: number;
      share: number;
    }
  | { kind: 'cancel'; order: number; filledFirst: number }
  | { kind: 'cancelAll' }
  | { kind: 'mx'; on: boolean }
  | { kind: 'event'; event: MarketEvent }
  | { kind: 'wait'; ms: number };

const arbEffects: fc.Arbitrary<PlaceEffects> = fc.oneof(
  fc.record({
    fill: fc.record({ share: fc.constantFrom(0, 0.3, 0.8), restCancelled: fc.boolean() }),
  }),
  fc.record({ matchAfterMs: fc.nat(900_000) }),
  fc.record({ hiddenMs: fc.nat(60_000) }),
);

const arbAction = (): fc.Arbitrary<Action> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('place' as const),
        effects: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: arbEffects }),
        symbol: fc.nat(symbols.length - 1),
        side: fc.constantFrom('BUY' as const, 'SELL' as const),
        type: fc.nat(ORDER_TYPES.length - 1),
        // fractions out of integers: fc.double draws mostly numbers next to zero
        offset: fc.integer({ min: -60, max: 60 }).map((n) => n / 1_000),
        share: fc.integer({ min: 0, max: 110 }).map((n) => n / 100),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('cancel' as const),
        order: fc.nat(50),
        filledFirst: fc.constantFrom(0, 0, 0.4, 1),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.oneof(
        fc.record({ kind: fc.constant('cancelAll' as const) }),
        fc.record({ kind: fc.constant('mx' as const), on: fc.boolean() }),
        fc.record({ kind: fc.constant('event' as const), event: fc.constantFrom(...EVENTS) }),
      ),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(3 * 3_600_000) }) },
  );

const seen = { taker: 0, maker: 0, mx: 0, adjusted: 0 };

it('no account goes below zero, money and coins are conserved to the last decimal, every order is in a legal state', () => {
  fc.assert(
    fc.property(fc.array(arbAction(), { minLength: 5, maxLength: 40 }), (actions) => {
      const quotes = createQuotes(market);
      const engine = createEngine({ quotes, idSeed: 1 });
      const account = openAccount('me', '…', { USDT: '5000', MX: '0.5' });
      engine.ledger.addAccount(account);
      let now = market.startAt;

      for (const action of actions) {
        now += 1_234 + (action.kind === 'wait' ? action.ms : 0);
        if (action.kind === 'wait') engine.advance(now);
        else if (action.kind === 'cancelAll') engine.cancelAll(now, account);
        else if (action.kind === 'mx') account.mxDeduct = action.on;
        else if (action.kind === 'event') engine.schedule([action.event], now);
        else if (action.kind === 'cancel') {
          const order = engine.ledger.orders()[action.order];
          const key = order && { symbol: order.symbol, orderId: order.orderId };
          if (key) engine.cancel(now, account, key, action.filledFirst);
        } else place(action);
        checkBooks(engine, account);
      }
      for (const { isMaker, feeAsset } of engine.ledger.trades()) {
        seen[isMaker ? 'maker' : 'taker'] += 1;
        if (feeAsset === 'MX') seen.mx += 1;
      }
      seen.adjusted += engine.ledger.adjustments().length;

      function place({ effects, symbol, side, type, offset, share }: Extract<Action, { kind: 'place' }>): void {
        const listing = symbols[symbol]!;
        const last = quotes.last(quotes.known(listing.symbol)!, now);
        const balance = account.balances.get(side === 'BUY' ? 'USDT' : listing.base)?.free.toNumber() ?? 0;
        const quantity = (side === 'BUY' ? balance / last : balance) * share;
        const request = {
          symbol: listing.symbol,
          side,
          type: ORDER_TYPES[type],
          price: (last * (1 + offset)).toFixed(listing.priceDecimals),
          quantity: quantity.toFixed(listing.quantityDecimals),
        };
        engine.place(now, account, request, effects);
      }
    }),
    { numRuns: 1_000 },
  );
  // a session in which nothing trades would prove nothing
  expect(seen.taker).toBeGreaterThan(500);
  expect(seen.maker).toBeGreaterThan(50);
  expect(seen.mx).toBeGreaterThan(50);
  expect(seen.adjusted).toBeGreaterThan(50);
});

function checkBooks({ ledger }: Engine, account: Account): void {
  const held = new Map(account.initial);
  const add = (asset: string, amount: Decimal): void => void held.set(asset, (held.get(asset) ?? ZERO).plus(amount));
  for (const { asset, amount } of ledger.adjustments()) add(asset, amount);
  for (const { symbol, side, price, qty, fee, feeAsset } of ledger.trades()) {
    const sign = side === 'BUY' ? 1 : -1;
    add(symbol.slice(0, -4), qty.mul(sign));
    add('USDT', price.mul(qty).mul(-sign));
    add(feeAsset, fee.neg());
  }
  for (const [asset, { free, locked }] of account.balances) {
    expect(free.gte(0) && locked.gte(0)).toBe(true);
    expect(free.plus(locked).toString()).toBe((held.get(asset) ?? ZERO).toString());
  }
  const locked = [...account.balances.values()].reduce((sum, balance) => sum.plus(balance.locked), ZERO);
  expect(locked.toString()).toBe(
    ledger
      .orders()
      .reduce((sum, order) => sum.plus(order.locked), ZERO)
      .toString(),
  );
  for (const order of ledger.orders()) checkOrder(order);
}

function checkOrder(order: SimOrder): void {
  const { status, executed, quantity, quoteExecuted, price, locked, side } = order;
  const partly = executed.gt(0) && executed.lt(quantity);
  const legal = {
    NEW: executed.eq(0),
    PARTIALLY_FILLED: partly,
    FILLED: executed.eq(quantity),
    CANCELED: executed.eq(0),
    PARTIALLY_CANCELED: partly,
  };
  expect(legal[status]).toBe(true);
  expect(isOpen(order) ? locked.gt(0) : locked.eq(0)).toBe(true);
  const atLimit = price.mul(executed);
  expect(side === 'BUY' ? quoteExecuted.lte(atLimit) : quoteExecuted.gte(atLimit)).toBe(true);
  if (isOpen(order) && order.matchAt === undefined) expect(['LIMIT', 'LIMIT_MAKER']).toContain(order.type);
}
