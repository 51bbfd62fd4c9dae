import {
  type Candle,
  Decimal,
  type Market,
  type MarketRules,
  type OpenPosition,
  type TradeOrder,
} from '@mexc-bot/core';
import type { CandidateRow, ScanRow } from '@mexc-bot/store';

const decimal = (text: string) => new Decimal(text);

export function someRules(over: Partial<MarketRules> = {}): MarketRules {
  return {
    tickSize: decimal('0.0001'),
    stepSize: decimal('0.01'),
    minQuantity: decimal('0'),
    minNotional: decimal('1'),
    maxNotional: decimal('2000000'),
    takerFeeRate: decimal('0.0005'),
    ...over,
  };
}

export function aMarket(over: Partial<Market> = {}): Market {
  const id = over.id ?? 'PEPEUSDT';
  return {
    id,
    base: id.replace(/USDT$/, ''),
    quote: 'USDT',
    status: 'online',
    apiTradable: true,
    sides: 'both',
    orderTypes: ['limit', 'market', 'limit_maker', 'ioc', 'fok'],
    riskFlagged: false,
    rules: someRules(),
    ...over,
  };
}

export function anOrder(over: Partial<TradeOrder> = {}): TradeOrder {
  return {
    clientOrderId: 'mb_1',
    mode: 'test',
    market: 'PEPEUSDT',
    side: 'buy',
    type: 'ioc',
    price: decimal('1.005'),
    quantity: decimal('10'),
    reason: 'simple',
    positionId: 'p1',
    entry: { base: 'PEPE', strategy: 'simple', confidence: 0.8, atrFraction: 0.02 },
    trigger: null,
    step: 0,
    state: 'intended',
    exchangeOrderId: null,
    filled: decimal('0'),
    createdAt: 1_000,
    updatedAt: 1_000,
    createdWallAt: 1_000,
    detail: null,
    ...over,
  };
}

export function anOpenPosition(over: Partial<OpenPosition> = {}): OpenPosition {
  return {
    id: 'p1',
    mode: 'test',
    market: 'PEPEUSDT',
    base: 'PEPE',
    strategy: 'simple',
    confidence: 0.8,
    openedAt: 1_000,
    entryPrice: decimal('1'),
    bought: decimal('10'),
    quantity: decimal('10'),
    cost: decimal('10'),
    proceeds: decimal('0'),
    fees: decimal('0.005'),
    takeProfits: [1.03, 1.06, 1.09],
    scaleOut: [0.5, 0.3, 0.2],
    levelsTaken: 0,
    stopLoss: 0.025,
    stopDistance: 0.025,
    hardStop: decimal('0.975'),
    trailingStop: null,
    breachedSince: null,
    peak: decimal('1'),
    pendingExit: null,
    lastExitReason: null,
    state: 'open',
    ...over,
  };
}

/** Candles of 5 minutes from `closes`; each opens where the one before closed. */
export function candlesFrom(closes: readonly number[], volumes: readonly number[] = closes.map(() => 100)): Candle[] {
  return closes.map((close, i) => {
    const open = closes[i - 1] ?? close;
    return {
      openTime: i * 300_000,
      open,
      high: Math.max(open, close),
      low: Math.min(open, close),
      close,
      volume: volumes[i]!,
    };
  });
}

export function aScanRow(over: Partial<ScanRow> = {}): ScanRow {
  return {
    mode: 'test',
    at: 1_000,
    wallAt: 1_000,
    durationMs: 10,
    seen: 3,
    hype: 2,
    classified: 1,
    bought: 0,
    regime: 'neutral',
    covered: 2,
    funnel: {},
    ...over,
  };
}

export function aCandidate(over: Partial<CandidateRow> = {}): CandidateRow {
  return {
    market: 'PEPEUSDT',
    price: 1,
    strategy: null,
    confidence: null,
    measures: { gain: 0.01 },
    decision: 'rejected',
    reason: 'no_pattern',
    candleAt: null,
    stages: [],
    features: null,
    featureSet: null,
    positionId: null,
    ...over,
  };
}
