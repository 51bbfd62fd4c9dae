import {
  adjustments,
  type DecisionRules,
  exitRow,
  type GateRequest,
  type ModelAnswer,
  type StopConfig,
  stopDistance,
} from '@mexc-bot/core';
import { FEATURE_SET } from '../features/feature-set.ts';
import { type TradeCosts, tradeCost } from '../judge/costs.ts';
import type { Askable, Trade } from './asking.ts';

/** A model that may be asked, or why there is none. */
export type AskableOrNot =
  | { readonly state: 'there'; readonly model: Askable }
  | {
      readonly state: 'missing' | 'stale';
      /** a reason code, and what is wrong where it is not plain */
      readonly detail: string;
    };

/** What an answer is judged by. */
export interface AnswerRules extends TradeCosts {
  readonly rules: Pick<DecisionRules, 'exits' | 'adjust'>;
  readonly stop: StopConfig;
  /** confidence that a yes needs, at least; a regime may ask for more */
  readonly minConfidence: number;
}

/** Confidence that a yes needs in the mood of the request. */
export const leastConfidence = ({ minConfidence }: Pick<GateRequest, 'minConfidence'>, rules: AnswerRules): number =>
  Math.max(minConfidence, rules.minConfidence);

/** Asks one model about a token; what could not be asked is an answer too. */
export function answerOf(
  name: ModelAnswer['model'],
  found: AskableOrNot,
  request: GateRequest,
  rules: AnswerRules,
): ModelAnswer {
  const silent = {
    model: name,
    yes: false,
    probability: null,
    confidence: null,
    minConfidence: null,
    expectedValue: null,
  };
  if (found.state !== 'there') return { ...silent, state: found.state, detail: found.detail, version: null };
  const { model } = found;
  const { version } = model;
  if (request.features === null || request.featureSet !== FEATURE_SET.hash) {
    return { ...silent, state: 'missing', detail: 'no_features', version };
  }
  const asked = model.ask(request.features, tradeOf(request, rules));
  const minConfidence = leastConfidence(request, rules);
  if (asked.confidence === null || asked.expectedValue === null) {
    return { ...silent, ...asked, minConfidence, state: 'missing', detail: 'no_number', version };
  }
  const yes = asked.confidence >= minConfidence && asked.expectedValue > 0;
  const doubts = model.card.state === 'judged' ? model.card.doubts.join(', ') : 'prior alone';
  const detail = model.proven ? null : doubts;
  return { model: name, state: model.proven ? 'proven' : 'unproven', detail, version, yes, ...asked, minConfidence };
}

function tradeOf({ strategy, atrFraction, spread, regime }: GateRequest, { rules, ...costs }: AnswerRules): Trade {
  const widened = adjustments(regime, rules.adjust).stop;
  return {
    termsAt: (confidence) => {
      const { takeProfits, stopLoss } = exitRow(rules.exits, strategy, confidence);
      return { target: takeProfits[0]! - 1, stop: stopDistance(stopLoss * widened, atrFraction, costs.stop) };
    },
    roundTripCost: tradeCost(costs, spread),
  };
}
