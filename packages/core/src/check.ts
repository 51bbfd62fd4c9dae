/** The way from the market to a buy, in order. */
export const STAGES = ['universe', 'hype', 'sentiment', 'strategy', 'ai', 'protections', 'order'] as const;
export type StageName = (typeof STAGES)[number];

export type Comparison = '>=' | '<=' | '>' | '<' | '=';

/** One question asked of a token, and its answer. */
export interface Check {
  /** what was looked at: `quote_volume` */
  readonly check: string;
  /** null: it could not be had */
  readonly value: number | string | null;
  /** how value and threshold must compare; null: the value speaks for itself */
  readonly is: Comparison | null;
  readonly threshold: number | string | null;
  readonly verdict: 'pass' | 'fail';
}

/** A check as it is kept with the token it was asked of. */
export interface Stage extends Check {
  readonly stage: StageName;
}

/** A check that is its own verdict: a reason code, a name. */
export const plainCheck = (check: string, value: string, passed: boolean): Check => ({
  check,
  value,
  is: null,
  threshold: null,
  verdict: passed ? 'pass' : 'fail',
});

/** Comparisons with NaN are false: what is not known passes nothing. */
export function compares(value: number, is: Comparison, threshold: number): boolean {
  if (is === '>=') return value >= threshold;
  if (is === '<=') return value <= threshold;
  if (is === '>') return value > threshold;
  if (is === '<') return value < threshold;
  return value === threshold;
}
