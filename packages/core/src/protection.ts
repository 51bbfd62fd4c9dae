import { type AccountGuardCode, type AccountLimits, type AccountRecord, accountStop } from './account-guard.ts';
import { type Check, type Comparison, compares } from './check.ts';
import type { ExchangeSymbol, Market, Mode } from './market.ts';
import { Decimal, floorToStep, roundToTick } from './money.ts';
import { type ApprovedOrder, approve } from './order.ts';
import type { Regime } from './regime.ts';
import { err, ok, type Result } from './result.ts';
import type { Strategy } from './strategy-name.ts';
import { MINUTE_MS } from './time.ts';

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

/** The answer of every protection that was asked, and the order if all of them agreed. */
export interface EntryJudgement {
  readonly checks: readonly Check[];
  readonly result: Result<ApprovedOrder, ProtectionCode>;
}

/** The only maker of a buy order. @see judgeEntry */
export const approveEntry = (
  request: EntryRequest,
  exposure: Exposure,
  limits: ProtectionLimits,
  asOf: number,
): EntryJudgement['result'] => judgeEntry(request, exposure, limits, asOf).result;

/**
 * Every protection is judged here, nowhere else, up to the first that objects.
 *
 * The order is a limit IOC at most `maxSlippage` above the ask. Its fee is charged in quote on top, so stake plus fee fits what
 * is free. What it buys stays above the exchange's minimum even at the position's stop, else it could never be sold there.
 *
 * @param asOf market time, ms UTC
 */
export function judgeEntry(
  request: EntryRequest,
  exposure: Exposure,
  limits: ProtectionLimits,
  asOf: number,
): EntryJudgement {
  const { market, ask } = request;
  const checks: Check[] = [];
  const judged = (result: EntryJudgement['result']): EntryJudgement => ({ checks, result });
  /** comparisons with NaN are false: what is not known passes nothing */
  const passes = (
    check: string,
    value: Check['value'],
    is: Check['is'],
    threshold: Check['threshold'],
    yes: boolean,
  ) => {
    checks.push({ check, value, is, threshold, verdict: yes ? 'pass' : 'fail' });
    return yes;
  };
  const measures = (check: string, value: number, is: Comparison, threshold: number) =>
    passes(check, value, is, threshold, compares(value, is, threshold));

  if (!passes('paused', exposure.paused ? 'yes' : 'no', null, null, !exposure.paused)) return judged(err('paused'));
  if (!passes('regime', request.regime, null, null, request.regime !== 'crash')) return judged(err('regime_crash'));
  const stopped = accountStop(exposure.record, exposure.equity, limits.account, asOf);
  if (stopped !== null) {
    passes(stopped.code, stopped.value, '<', stopped.limit, false);
    return judged(err(stopped.code));
  }
  passes('account_stop', 'none', null, null, true);

  const { occupied, lastExitAt } = exposure;
  const free = !occupied.has(market.id);
  if (!passes('market', free ? 'free' : 'occupied', null, null, free)) return judged(err('market_occupied'));
  if (!measures('open_positions', occupied.size, '<', limits.maxOpenPositions)) {
    return judged(err('max_open_positions'));
  }
  if (
    lastExitAt !== null &&
    !measures('minutes_since_exit', minutes(asOf - lastExitAt), '>=', minutes(limits.cooldownMs))
  ) {
    return judged(err('cooldown'));
  }
  if (!measures('price_age_ms', request.askAgeMs, '<=', limits.maxPriceAgeMs)) return judged(err('price_stale'));
  if (!passes('ask', ask.toString(), '>', 0, ask.isFinite() && ask.gt(0))) return judged(err('price_invalid'));
  const deviation = Math.abs(ask.toNumber() / request.lastClose - 1);
  if (!measures('ask_from_last_close', deviation, '<=', ABSURD_DEVIATION)) return judged(err('price_absurd'));

  const price = roundToTick(ask.mul(1 + limits.maxSlippage), market.rules.tickSize, 'buy');
  const stake = stakeFor(exposure, limits, market);
  if (!passes('stake', stake.toNumber(), '>=', limits.stake.min, stake.gte(limits.stake.min))) {
    return judged(err('insufficient_funds'));
  }
  const quantity = floorToStep(stake.div(price), market.rules.stepSize);
  // at the stop, a sale may be priced under it by the slippage once more
  const worstExit = ask.mul(1 - request.stopLoss).mul(1 - limits.maxSlippage);
  const atStop = quantity.mul(worstExit);
  const { minNotional, minQuantity } = market.rules;
  const sellable = quantity.gt(0) && atStop.gte(minNotional) && quantity.gte(minQuantity);
  if (!passes('value_at_stop', atStop.toNumber(), '>=', minNotional.toNumber(), sellable)) {
    return judged(err('below_exchange_minimum'));
  }

  const { mode, strategy } = request;
  return judged(ok(approve({ mode, market: market.id, side: 'buy', type: 'ioc', price, quantity, reason: strategy })));
}

const minutes = (ms: number): number => ms / MINUTE_MS;

/** Quote to spend without the fee: a share of the equity inside the stake limits, never more than what is free can pay. */
function stakeFor(exposure: Exposure, limits: ProtectionLimits, market: Market): Decimal {
  const affordable = exposure.freeQuote.div(market.rules.takerFeeRate.plus(1));
  const wanted = Decimal.max(exposure.equity.mul(limits.equityFraction), limits.stake.min);
  return Decimal.min(wanted, limits.stake.max, market.rules.maxNotional, affordable);
}
