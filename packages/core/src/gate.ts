import type { Mode } from './market.ts';
import type { Strategy } from './strategy-name.ts';

/** What to do where no model can answer: gather evidence with paper money, ask for it with real money. */
export type MissingPolicy = 'pass' | 'reject';

export interface GatePolicy {
  readonly onMissing: Readonly<Record<Mode, MissingPolicy>>;
  /** confidence used where no model can say, 0..1 */
  readonly fallbackConfidence: Readonly<Record<Strategy, number>>;
}

export interface GateVerdict {
  readonly pass: boolean;
  /** picks the row of the take-profit table, 0..1 */
  readonly confidence: number;
  /** `advisory`: this strategy does not need a model's yes */
  readonly reason: 'advisory' | 'model_missing';
}

/** Strategies that are bought only on a model's yes. */
const NEEDS_MODEL: Readonly<Record<Strategy, boolean>> = {
  simple: true,
  revival: true,
  aggressive: false,
  momentum_safe: false,
};

/** The verdict where there is no model to ask. */
export function gateWithoutModel(strategy: Strategy, mode: Mode, policy: GatePolicy): GateVerdict {
  const confidence = policy.fallbackConfidence[strategy];
  if (!NEEDS_MODEL[strategy]) return { pass: true, confidence, reason: 'advisory' };
  return { pass: policy.onMissing[mode] === 'pass', confidence, reason: 'model_missing' };
}
