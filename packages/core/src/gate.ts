import { type Check, type Comparison, plainCheck } from './check.ts';
import type { ExchangeSymbol, Mode } from './market.ts';
import type { Regime } from './regime.ts';
import type { Strategy } from './strategy-name.ts';

/** What to do where no model can answer: gather evidence with paper money, ask for it with real money. */
export type MissingPolicy = 'pass' | 'reject';

/** What to do with a model that is not proven: `ask` takes its word all the same. */
export type UnprovenPolicy = MissingPolicy | 'ask';

export interface GatePolicy {
  readonly onMissing: Readonly<Record<Mode, MissingPolicy>>;
  readonly onUnproven: Readonly<Record<Mode, UnprovenPolicy>>;
  /** confidence used where no model can say, 0..1 */
  readonly fallbackConfidence: Readonly<Record<Strategy, number>>;
}

/** A token that a pattern was seen in, as the models are asked about it. */
export interface GateRequest {
  readonly mode: Mode;
  readonly market: ExchangeSymbol;
  readonly strategy: Strategy;
  /** quote per base: what features and returns are measured from */
  readonly price: number;
  /** ATR ÷ close; NaN where unknown */
  readonly atrFraction: number;
  readonly spread: number;
  /** the exact feature vector, and the hash of its set; null: it could not be computed */
  readonly features: Float64Array | null;
  readonly featureSet: string | null;
  readonly regime: Regime;
  /** confidence the regime asks for */
  readonly minConfidence: number;
  /** market time, ms UTC */
  readonly asOf: number;
}

/** What a verdict depends on beside the answers. */
export type GateAsked = Pick<GateRequest, 'mode' | 'strategy' | 'minConfidence'>;

/** Asks the models. It never throws: what could not be asked is an answer too. */
export type Gate = (request: GateRequest) => GateVerdict | Promise<GateVerdict>;

/** What one model said, or why it could not. */
export interface ModelAnswer {
  readonly model: 'feedback' | 'token';
  readonly state: 'proven' | 'unproven' | 'missing' | 'stale';
  /** why it is that */
  readonly detail: string | null;
  readonly version: string | null;
  readonly yes: boolean;
  readonly probability: number | null;
  readonly confidence: number | null;
  /** what the confidence was held against */
  readonly minConfidence: number | null;
  /** of the trade after costs, as a fraction of the stake: above 0 is a yes */
  readonly expectedValue: number | null;
}

/** `advisory`: this strategy does not need a model's yes. */
export type GateReason = 'advisory' | 'model_yes' | 'model_no' | 'model_unproven' | 'model_missing' | 'model_stale';

export interface GateVerdict {
  readonly pass: boolean;
  /** picks the row of the take-profit table, 0..1 */
  readonly confidence: number;
  readonly reason: GateReason;
  /** in the order they were asked */
  readonly answers: readonly ModelAnswer[];
}

/** Strategies that are bought only on a model's yes. */
export const NEEDS_MODEL: Readonly<Record<Strategy, boolean>> = {
  simple: true,
  revival: true,
  aggressive: false,
  momentum_safe: false,
};

/** The verdict where there is no model to ask. */
export function gateWithoutModel(strategy: Strategy, mode: Mode, policy: GatePolicy): GateVerdict {
  const confidence = policy.fallbackConfidence[strategy];
  if (!NEEDS_MODEL[strategy]) return { pass: true, confidence, reason: 'advisory', answers: [] };
  return { pass: policy.onMissing[mode] === 'pass', confidence, reason: 'model_missing', answers: [] };
}

/**
 * Why a token does not get past the models, or null.
 *
 * @param minConfidence what the regime asks for
 */
export function gateRejection(
  verdict: GateVerdict,
  minConfidence: number,
): GateReason | 'confidence_below_minimum' | null {
  if (!verdict.pass) return verdict.reason;
  return verdict.confidence >= minConfidence ? null : 'confidence_below_minimum';
}

/** Every model's answer against its threshold, then the verdict. */
export function gateChecks(verdict: GateVerdict, minConfidence: number): Check[] {
  const against = (check: string, value: number, is: Comparison, threshold: number, passed: boolean): Check => ({
    check,
    value,
    is,
    threshold,
    verdict: passed ? 'pass' : 'fail',
  });
  const answers = verdict.answers.flatMap((answer) => {
    const { model, state, detail, version, yes, confidence, probability, expectedValue } = answer;
    const name = [state, version, detail].filter((part) => part !== null).join(', ');
    const least = answer.minConfidence;
    return [
      plainCheck(`${model}.model`, name, yes),
      ...(probability === null ? [] : [plainCheck(`${model}.probability`, probability.toPrecision(3), yes)]),
      ...(confidence === null || least === null
        ? []
        : [against(`${model}.confidence`, confidence, '>=', least, confidence >= least)]),
      ...(expectedValue === null ? [] : [against(`${model}.expected_value`, expectedValue, '>', 0, expectedValue > 0)]),
    ];
  });
  const { confidence } = verdict;
  return [
    ...answers,
    plainCheck('gate', verdict.reason, verdict.pass),
    against('confidence', confidence, '>=', minConfidence, confidence >= minConfidence),
  ];
}
