import { Decimal, type Fill, type OpenPosition, type PendingExit, type PositionRules, type Tick } from '@mexc-bot/core';
import { anOpenPosition } from './builders.ts';

const d = (value: string | number) => new Decimal(value);

/** The position engine's default settings. */
export const POSITION_RULES: PositionRules = {
  trailFrom: 0.01,
  confirmMs: 30_000,
  peakDrop: 0.03,
  maxExitSlippage: 0.02,
  breakEvenAfterFirstLevel: false,
  timeStopMs: null,
};

/** How volatility moves the stop, by default. */
export const STOP_CONFIG = { calmFraction: 0.015, wildFraction: 0.05, calmFactor: 0.8, wildFactor: 1.2 } as const;

export const tickAt = (seconds: number, price: string | number): Tick => ({ at: seconds * 1_000, price: d(price) });

/** 100 bought at 1. */
export const aHundred = (over: Partial<OpenPosition> = {}): OpenPosition =>
  anOpenPosition({ bought: d(100), quantity: d(100), cost: d(100), ...over });

export const aPendingExit = (over: Partial<PendingExit> = {}): PendingExit => ({
  reason: 'take_profit',
  quantity: d(50),
  decidedAt: 1_000,
  triggerPrice: d('1.03'),
  ...over,
});

export const aSale = (quantity: string, price: string): Fill => ({
  tradeId: `t${quantity}`,
  clientOrderId: 'mb_2',
  mode: 'test',
  market: 'PEPEUSDT',
  side: 'sell',
  price: d(price),
  quantity: d(quantity),
  fee: d(0),
  feeAsset: 'USDT',
  at: 2_000,
});
