import { type AccountGuardCode, type AccountLimits, type AccountRecord, accountStop } from './account-guard.ts';
import type { ExchangeSymbol, Market, Mode } from './market.ts';
import { Decimal, floorToStep, roundToTick } from './money.ts';
import { type ApprovedOrder, approve } from './order.ts';
import type { Regime } from './regime.ts';
import { err, ok, type Result } from './result.ts';
import type { Strategy } from './strategy-name.ts';

export interface ProtectionLimits {
  readonly maxOpenPositions: number;
  /** no new position in a market this long after one closed there, market ms */
  readonly cooldownMs: number;
  /** the ask a buy is priced from is at most this old, wall ms */
  readonly maxPriceAgeMs: number;
  /** quote a position, at least and at most */
  readonly stake: { readonly min: number; readonly max: number };
  /** share of the equity a position aims at, between the stake limits */
  readonly equityFraction: number;
  /** how far above the ask a buy may pay, fraction */
  readonly maxSlippage: number;
  readonly account: AccountLimits;
}

/** What is wanted, and what it was decided on. */
export interface EntryRequest {
  readonly mode: Mode;
  readonly market: Market;
  readonly strategy: Strategy;
  /** quote per base */
  readonly ask: Decimal;
  /** close of the last closed candle, quote per base: a second opinion on the ask, read by another request */
  readonly lastClose: number;
  /** wall ms since the ask was read */
  readonly askAgeMs: number;
  readonly regime: Regime;
  /** widest stop of the position to be, fraction: what is bought must still be sellable there */
  readonly stopLoss: number;
}

/** What the suite holds and has under way, in the request's mode. */
export interface Exposure {
  readonly paused: boolean;
  /** quote that is free, after what unanswered orders may have taken */
  readonly freeQuote: Decimal;
  /** quote value of everything, free or held */
  readonly equity: Decimal;
  /** markets with an open position or an order without a final answer */
  readonly occupied: ReadonlySet<ExchangeSymbol>;
  /** market time of the last exit in the requested market, ms UTC; null: none */
  readonly lastExitAt: number | null;
  readonly record: AccountRecord;
}

export type ProtectionCode =
  | 'paused'
  | 'regime_crash'
  | AccountGuardCode
  | 'market_occupied'
  | 'max_open_positions'
  | 'cooldown'
  | 'price_stale'
  | 'price_invalid'
  | 'price_absurd'
  | 'insufficient_funds'
  | 'below_exchange_minimum';

/** An ask this far from the last closed candle is no price to buy at: wrong, or run away. Fraction. */
const ABSURD_DEVIATION = 0.25;

/**
 * The only maker of a buy order: every protection is judged here, nowhere else.
 *
 * The order is a limit IOC at most `maxSlippage` above the ask. Its fee is charged in quote on top, so stake plus fee fits what
 * is free. What it buys stays above the exchange's minimum even at the position's stop, else it could never be sold there.
 *
 * @param asOf market time, ms UTC
 */
export function approveEntry(
  request: EntryRequest,
  exposure: Exposure,
  limits: ProtectionLimits,
  asOf: number,
): Result<ApprovedOrder, ProtectionCode> {
  const { market } = request;
  if (exposure.paused) return err('paused');
  if (request.regime === 'crash') return err('regime_crash');
  const stopped = accountStop(exposure.record, exposure.equity, limits.account, asOf);
  if (stopped !== null) return err(stopped.code);
  if (exposure.occupied.has(market.id)) return err('market_occupied');
  if (exposure.occupied.size >= limits.maxOpenPositions) return err('max_open_positions');
  if (exposure.lastExitAt !== null && asOf - exposure.lastExitAt < limits.cooldownMs) return err('cooldown');
  if (!(request.askAgeMs <= limits.maxPriceAgeMs)) return err('price_stale');
  if (!(request.ask.isFinite() && request.ask.gt(0))) return err('price_invalid');
  // comparisons with NaN are false: without a second opinion nothing is bought
  if (!(Math.abs(request.ask.toNumber() / request.lastClose - 1) <= ABSURD_DEVIATION)) return err('price_absurd');

  const price = roundToTick(request.ask.mul(1 + limits.maxSlippage), market.rules.tickSize, 'buy');
  const stake = stakeFor(exposure, limits, market);
  if (stake.lt(limits.stake.min)) return err('insufficient_funds');

  const quantity = floorToStep(stake.div(price), market.rules.stepSize);
  // at the stop, a sale may be priced under it by the slippage once more
  const worstExit = request.ask.mul(1 - request.stopLoss).mul(1 - limits.maxSlippage);
  const sellable = quantity.mul(worstExit).gte(market.rules.minNotional) && quantity.gte(market.rules.minQuantity);
  if (quantity.lte(0) || !sellable) return err('below_exchange_minimum');

  return ok(
    approve({
      mode: request.mode,
      market: market.id,
      side: 'buy',
      type: 'ioc',
      price,
      quantity,
      reason: request.strategy,
    }),
  );
}

/** Quote to spend without the fee: a share of the equity inside the stake limits, never more than what is free can pay. */
function stakeFor(exposure: Exposure, limits: ProtectionLimits, market: Market): Decimal {
  const affordable = exposure.freeQuote.div(market.rules.takerFeeRate.plus(1));
  const wanted = Decimal.max(exposure.equity.mul(limits.equityFraction), limits.stake.min);
  return Decimal.min(wanted, limits.stake.max, market.rules.maxNotional, affordable);
}
