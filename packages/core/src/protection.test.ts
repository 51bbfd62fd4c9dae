import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aMarket, someRules } from '../../../test/support/builders.ts';
import { Decimal, ZERO } from './money.ts';
import { approveEntry, type EntryRequest, type Exposure, type ProtectionLimits } from './protection.ts';

const request: EntryRequest = {
  mode: 'test',
  market: aMarket(),
  strategy: 'simple',
  ask: new Decimal('1.2345'),
  askAgeMs: 100,
  lastClose: 1.2345,
  stopLoss: 0.06,
  regime: 'neutral',
};
const exposure: Exposure = {
  paused: false,
  freeQuote: new Decimal(100),
  equity: new Decimal(100),
  occupied: new Set(),
  lastExitAt: null,
  record: { stoppedAt: [], realisedToday: ZERO, highWaterMark: null },
};
const limits: ProtectionLimits = {
  maxOpenPositions: 2,
  cooldownMs: 60_000,
  maxPriceAgeMs: 5_000,
  stake: { min: 5, max: 50 },
  equityFraction: 0.1,
  maxSlippage: 0.005,
  account: {
    stopGuard: { stops: 2, withinMs: 1_000, pauseMs: 60_000 },
    dailyLossFraction: 0.1,
    dailyLossQuote: null,
    maxDrawdown: 0.2,
  },
};
const NOW = 1_000_000;
const aMark = (equity: number) => ({ equity: new Decimal(equity), at: 0, lastEquity: new Decimal(equity), lastAt: 0 });

describe('approveEntry', () => {
  it.each([
    ['paused', {}, { paused: true }],
    ['regime_crash', { regime: 'crash' }, {}],
    ['stop_loss_guard', {}, { record: { ...exposure.record, stoppedAt: [NOW - 900, NOW - 100] } }],
    ['daily_loss_limit', {}, { record: { ...exposure.record, realisedToday: new Decimal(-12) } }],
    ['max_drawdown', {}, { record: { ...exposure.record, highWaterMark: aMark(125) } }],
    ['market_occupied', {}, { occupied: new Set(['PEPEUSDT']) }],
    ['max_open_positions', {}, { occupied: new Set(['AUSDT', 'BUSDT']) }],
    ['cooldown', {}, { lastExitAt: NOW - 59_999 }],
    ['price_stale', { askAgeMs: 5_001 }, {}],
    ['price_stale', { askAgeMs: Number.NaN }, {}],
    ['price_invalid', { ask: new Decimal(0) }, {}],
    ['price_absurd', { ask: new Decimal(2) }, {}],
    ['price_absurd', { ask: new Decimal('0.9') }, {}],
    ['price_absurd', { lastClose: Number.NaN }, {}],
    ['price_invalid', { ask: new Decimal(Number.NaN) }, {}],
    ['insufficient_funds', {}, { freeQuote: new Decimal('4.9') }],
    ['below_exchange_minimum', { market: aMarket({ rules: someRules({ minNotional: new Decimal(9.9) }) }) }, {}],
    ['below_exchange_minimum', { market: aMarket({ rules: someRules({ stepSize: new Decimal(100) }) }) }, {}],
  ] as const)('refuses with %s', (code, overRequest, overExposure) => {
    expect(approveEntry({ ...request, ...overRequest }, { ...exposure, ...overExposure }, limits, NOW)).toEqual({
      ok: false,
      error: code,
    });
  });

  it('lets a market trade again once the cooldown is over', () => {
    expect(approveEntry(request, { ...exposure, lastExitAt: NOW - 60_000 }, limits, NOW).ok).toBe(true);
  });

  it('aims at a share of the equity between the stake limits', () => {
    const stakeAt = (equity: number) => {
      const result = approveEntry(
        request,
        { ...exposure, equity: new Decimal(equity), freeQuote: new Decimal(10_000) },
        limits,
        NOW,
      );
      return result.ok ? result.value.price.mul(result.value.quantity).toNumber() : Number.NaN;
    };
    expect(stakeAt(10)).toBeCloseTo(5, 1);
    expect(stakeAt(200)).toBeCloseTo(20, 1);
    expect(stakeAt(5_000)).toBeCloseTo(50, 1);
  });

  it('never spends more than is free with the fee, never pays above the slippage, and stays on the grid and sellable', () => {
    const arb = fc.record({
      ask: fc.integer({ min: 10, max: 99_999 }),
      tickPlaces: fc.integer({ min: 0, max: 12 }),
      stepsPerQuote: fc.integer({ min: 0, max: 6 }),
      free: fc.double({ min: 1, max: 200, noNaN: true }),
      equity: fc.double({ min: 0, max: 10_000, noNaN: true }),
      fee: fc.constantFrom('0', '0.0005', '0.002'),
      minNotional: fc.constantFrom('1', '5'),
    });
    let approvedRuns = 0;
    fc.assert(
      fc.property(arb, (row) => {
        const tickSize = new Decimal(10).pow(-row.tickPlaces);
        // a step worth between a millionth of a quote and one
        const worth = tickSize.mul(row.ask).mul(new Decimal(10).pow(row.stepsPerQuote)).log(10).floor();
        const rules = someRules({
          tickSize,
          stepSize: new Decimal(10).pow(worth.neg()),
          takerFeeRate: new Decimal(row.fee),
          minNotional: new Decimal(row.minNotional),
        });
        const ask = tickSize.mul(row.ask);
        const freeQuote = new Decimal(row.free);
        const result = approveEntry(
          { ...request, ask, lastClose: ask.toNumber(), market: aMarket({ rules }) },
          { ...exposure, freeQuote, equity: new Decimal(row.equity) },
          limits,
          NOW,
        );
        if (!result.ok) return;
        approvedRuns += 1;
        const { price, quantity } = result.value;
        const notional = price.mul(quantity);
        expect(notional.mul(rules.takerFeeRate.plus(1)).lte(freeQuote)).toBe(true);
        expect(notional.lte(limits.stake.max)).toBe(true);
        expect(price.gte(ask) && price.lte(ask.mul(1.005))).toBe(true);
        expect(price.mod(rules.tickSize).eq(0) && quantity.mod(rules.stepSize).eq(0)).toBe(true);
        expect(
          quantity
            .mul(ask)
            .mul(1 - request.stopLoss)
            .gte(rules.minNotional),
        ).toBe(true);
      }),
      { numRuns: 1_000 },
    );
    expect(approvedRuns).toBeGreaterThan(100);
  });
});
