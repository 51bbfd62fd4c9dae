import {
  adjustments,
  type DecisionRules,
  exitRow,
  type Gate,
  type GateRequest,
  gateVerdict,
  letsThrough,
  type ModelAnswer,
  type StopConfig,
  stopDistance,
} from '@mexc-bot/core';
import { FEATURE_SET, type Trade } from '@mexc-bot/models';
import type { ModelShelf, OnShelf } from './model-shelf.ts';
import type { TokenTrainer } from './token-trainer.ts';

export interface GateDeps {
  readonly shelf: ModelShelf;
  readonly trainer: TokenTrainer;
  readonly rules: Pick<DecisionRules, 'gate' | 'exits' | 'adjust'>;
  readonly stop: StopConfig;
  /** confidence that a yes needs, at least; a regime may ask for more */
  readonly minConfidence: number;
  /** of one fill, fraction */
  readonly takerFee: number;
  /** against the price seen, a side, fraction */
  readonly slippage: number;
}

/** Asks the feedback model, and, if that lets the token through, the token's own. Every answer is in the verdict. */
export function createGate(deps: GateDeps): Gate {
  const { shelf, rules } = deps;

  return async (request) => {
    const { mode, market, asOf } = request;
    const answers: ModelAnswer[] = [answerOf('feedback', await shelf.feedback(asOf), request)];
    if (letsThrough(answers[0]!, mode, rules.gate)) {
      answers.push(answerOf('token', await ownModel(market, asOf), request));
    }
    return gateVerdict({ ...request, minConfidence: leastOf(request) }, answers, rules.gate);
  };

  async function ownModel(market: string, asOf: number): Promise<OnShelf> {
    const found = await shelf.token(market, asOf);
    if (found.state === 'there' || !found.trainable) return found;
    const pooled = await shelf.pooled(asOf);
    if (pooled === null) return found;
    const why = await deps.trainer.train(market, pooled);
    return why === null ? shelf.token(market, asOf) : { ...found, detail: `${found.detail}: ${why}` };
  }

  function answerOf(name: ModelAnswer['model'], found: OnShelf, request: GateRequest): ModelAnswer {
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
    const asked = model.ask(request.features, tradeOf(request));
    const minConfidence = leastOf(request);
    if (asked.confidence === null || asked.expectedValue === null) {
      return { ...silent, ...asked, minConfidence, state: 'missing', detail: 'no_number', version };
    }
    const yes = asked.confidence >= minConfidence && asked.expectedValue > 0;
    const doubts = model.card.state === 'judged' ? model.card.doubts.join(', ') : 'prior alone';
    const detail = model.proven ? null : doubts;
    return { model: name, state: model.proven ? 'proven' : 'unproven', detail, version, yes, ...asked, minConfidence };
  }

  function leastOf({ minConfidence }: GateRequest): number {
    return Math.max(minConfidence, deps.minConfidence);
  }

  function tradeOf({ strategy, atrFraction, spread, regime }: GateRequest): Trade {
    const widened = adjustments(regime, rules.adjust).stop;
    const toCross = Number.isFinite(spread) ? spread : 0;
    return {
      termsAt: (confidence) => {
        const { takeProfits, stopLoss } = exitRow(rules.exits, strategy, confidence);
        return { target: takeProfits[0]! - 1, stop: stopDistance(stopLoss * widened, atrFraction, deps.stop) };
      },
      // a token whose spread is wider than the usual slippage costs that
      roundTripCost: 2 * deps.takerFee + Math.max(2 * deps.slippage, toCross),
    };
  }
}
