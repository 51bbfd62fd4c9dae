import { DAY_MS } from '@mexc-bot/core';
import type { AccountSample } from '../record/trading-record.ts';

/** The deepest fall of the equity under its highest value before. */
export interface Drawdown {
  /** 0.1 is 10 % of that highest value */
  readonly fraction: number;
  readonly quote: number;
  /** when it was highest, and when deepest under that */
  readonly from: number;
  readonly until: number;
}

/** @returns null where the equity never fell */
export function maxDrawdown(samples: readonly AccountSample[]): Drawdown | null {
  let deepest: Drawdown | null = null;
  let [peak, peakAt] = [Number.NEGATIVE_INFINITY, 0];
  for (const { at, equity } of samples) {
    if (equity > peak) [peak, peakAt] = [equity, at];
    const quote = peak - equity;
    const fraction = peak > 0 ? quote / peak : 0;
    if (fraction > (deepest?.fraction ?? 0)) deepest = { fraction, quote, from: peakAt, until: at };
  }
  return deepest;
}

export interface Exposure {
  /** share of the time in which anything was held */
  readonly timeShare: number;
  /** mean share of the equity that was held, over time */
  readonly heldShare: number;
}

/** Each sample holds until the next one. */
export function exposureOf(samples: readonly AccountSample[]): Exposure {
  let [time, holding, shares] = [0, 0, 0];
  for (const [index, { at, equity, held }] of samples.entries()) {
    const next = samples[index + 1];
    if (next === undefined) break;
    const ms = next.at - at;
    time += ms;
    if (held > 0) holding += ms;
    if (equity > 0) shares += ms * (held / equity);
  }
  return time === 0 ? { timeShare: 0, heldShare: 0 } : { timeShare: holding / time, heldShare: shares / time };
}

/**
 * Returns from one UTC midnight to the next, for figures that need returns at an even pace; the first and the last day may be parts.
 *
 * @returns one a day of the span, days on which nothing happened too
 */
export function dailyReturns(samples: readonly AccountSample[]): Float64Array {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) return new Float64Array();
  const dayOf = (at: number): number => Math.floor(at / DAY_MS);
  const start = dayOf(first.at);
  // what happens on the stroke of midnight still belongs to the day that ends
  const days = Math.max(1, Math.ceil(last.at / DAY_MS) - start);
  const closes = new Float64Array(days).fill(Number.NaN);
  for (const { at, equity } of samples.slice(1)) closes[Math.max(0, Math.ceil(at / DAY_MS) - 1 - start)] = equity;
  let before = first.equity;
  return closes.map((close) => {
    const equity = Number.isNaN(close) ? before : close;
    const result = before > 0 ? equity / before - 1 : 0;
    before = equity;
    return result;
  });
}
