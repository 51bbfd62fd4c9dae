import { readFileSync } from 'node:fs';
import {
  type ApprovedOrder,
  type Clock,
  Decimal,
  type Depth,
  type Market,
  type Penalty,
  type RequestBudget,
  type RequestCost,
  type RequestPriority,
} from '@mexc-bot/core';

export const NOW = 1_700_000_000_000;

/** A clock that stands still; waits end at once and are written down. */
export function aClock(
  overrides: { now?: () => number; speed?: () => number; sleepWall?: Clock['sleepWall'] } = {},
): Clock & { waitedMs: number[] } {
  const waitedMs: number[] = [];
  return {
    now: overrides.now ?? (() => NOW),
    wallNow: () => NOW,
    speed: overrides.speed ?? (() => 1),
    sleep: async (ms) => {
      waitedMs.push(ms);
    },
    sleepWall: overrides.sleepWall ?? (async () => undefined),
    waitedMs,
  };
}

/** A budget with room for everything, unless `acquire` is scripted; what is taken and reported is written down. */
export function aBudget(acquire: RequestBudget['acquire'] = async () => undefined) {
  const taken: { readonly cost: RequestCost; readonly priority: RequestPriority }[] = [];
  const penalties: Penalty[] = [];
  const budget: RequestBudget = {
    async acquire(cost, priority, signal) {
      await acquire(cost, priority, signal);
      taken.push({ cost, priority });
    },
    penalise(penalty) {
      penalties.push(penalty);
      return penalty.retryAfterMs ?? 1_000;
    },
  };
  return { ...budget, taken, penalties };
}

export function anOrder(overrides: Partial<ApprovedOrder> = {}): ApprovedOrder {
  return {
    mode: 'live',
    market: 'PEPEUSDT',
    side: 'buy',
    type: 'ioc',
    price: new Decimal('1.05'),
    quantity: new Decimal(100),
    reason: 'simple',
    ...overrides,
  } as ApprovedOrder;
}

export function aMarket(overrides: Partial<Market> = {}): Market {
  return {
    id: 'PEPEUSDT',
    base: 'PEPE',
    quote: 'USDT',
    status: 'online',
    apiTradable: true,
    sides: 'both',
    orderTypes: ['limit', 'market', 'limit_maker'],
    riskFlagged: false,
    rules: {
      tickSize: new Decimal('0.01'),
      stepSize: new Decimal('0.1'),
      minQuantity: new Decimal(0),
      minNotional: new Decimal(1),
      maxNotional: new Decimal(2_000_000),
      takerFeeRate: new Decimal('0.0005'),
    },
    ...overrides,
  };
}

type Side = readonly (readonly [number | string, number | string])[];

export function aDepth(bids: Side, asks: Side): Depth {
  const levels = (side: Side) =>
    side.map(([price, quantity]) => ({ price: new Decimal(price), quantity: new Decimal(quantity) }));
  return { bids: levels(bids), asks: levels(asks) };
}

/** Answers MEXC really gave; the file names its sources. */
export const recorded = JSON.parse(
  readFileSync(new URL('../src/fixtures/recorded.json', import.meta.url), 'utf8'),
) as Readonly<{
  exchangeInfo: readonly Record<string, unknown>[];
  ticker: Record<string, unknown>;
  depth: Record<string, unknown>;
  klines: readonly (readonly unknown[])[];
  order: Record<string, unknown>;
  trade: Record<string, unknown>;
}>;
