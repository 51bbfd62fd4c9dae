import { type DecisionRules, type Gate, gateVerdict, letsThrough, type ModelAnswer } from '@mexc-bot/core';
import { type AnswerRules, answerOf, leastConfidence } from '@mexc-bot/models';
import type { ModelShelf, OnShelf } from './model-shelf.ts';
import type { TokenTrainer } from './token-trainer.ts';

export interface GateDeps extends AnswerRules {
  readonly shelf: ModelShelf;
  readonly trainer: TokenTrainer;
  readonly rules: Pick<DecisionRules, 'gate' | 'exits' | 'adjust'>;
}

/** Asks the feedback model, and, if that lets the token through, the token's own. Every answer is in the verdict. */
export function createGate(deps: GateDeps): Gate {
  const { shelf, rules } = deps;

  return async (request) => {
    const { mode, market, asOf } = request;
    const answers: ModelAnswer[] = [answerOf('feedback', await shelf.feedback(asOf), request, deps)];
    if (letsThrough(answers[0]!, mode, rules.gate)) {
      answers.push(answerOf('token', await ownModel(market, asOf), request, deps));
    }
    return gateVerdict({ ...request, minConfidence: leastConfidence(request, deps) }, answers, rules.gate);
  };

  async function ownModel(market: string, asOf: number): Promise<OnShelf> {
    const found = await shelf.token(market, asOf);
    if (found.state === 'there' || !found.trainable) return found;
    const pooled = await shelf.pooled(asOf);
    if (pooled === null) return found;
    const why = await deps.trainer.train(market, pooled);
    return why === null ? shelf.token(market, asOf) : { ...found, detail: `${found.detail}: ${why}` };
  }
}
