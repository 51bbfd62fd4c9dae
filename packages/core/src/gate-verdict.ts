import {
  type GateAsked,
  type GatePolicy,
  type GateReason,
  type GateVerdict,
  type ModelAnswer,
  NEEDS_MODEL,
} from './gate.ts';

/** How an answer is taken: `counts` is the model's own yes or no, the others are what the policy says of a model that cannot say. */
type Taken = { readonly as: 'counts' | 'pass' | 'reject'; readonly reason: GateReason };

function taken({ state, yes }: ModelAnswer, mode: GateAsked['mode'], policy: GatePolicy): Taken {
  const counted: Taken = { as: 'counts', reason: yes ? 'model_yes' : 'model_no' };
  switch (state) {
    case 'proven':
      return counted;
    case 'unproven': {
      const as = policy.onUnproven[mode];
      return as === 'ask' ? counted : { as, reason: 'model_unproven' };
    }
    case 'missing':
    case 'stale':
      return { as: policy.onMissing[mode], reason: state === 'missing' ? 'model_missing' : 'model_stale' };
  }
}

/** Whether the next model is asked after this answer. */
export function letsThrough(answer: ModelAnswer, mode: GateAsked['mode'], policy: GatePolicy): boolean {
  const { as, reason } = taken(answer, mode, policy);
  return as === 'pass' || reason === 'model_yes';
}

/**
 * The verdict on what the models answered. Every one of them must let the token through; the confidence is that of the last one whose
 * word counts, and the strategy's own where none does.
 *
 * A strategy that needs no model is never refused: what is under the minimum counts as the minimum, and picks the lowest row.
 *
 * @param answers in the order they were asked
 */
export function gateVerdict(asked: GateAsked, answers: readonly ModelAnswer[], policy: GatePolicy): GateVerdict {
  const { strategy, mode, minConfidence } = asked;
  const all = answers.map((answer) => ({ answer, ...taken(answer, mode, policy) }));
  const said = all.findLast(({ as, answer }) => as === 'counts' && answer.confidence !== null)?.answer.confidence;
  const confidence = said ?? policy.fallbackConfidence[strategy];
  if (!NEEDS_MODEL[strategy]) {
    const picked = said === undefined || said === null ? confidence : Math.max(said, minConfidence);
    return { pass: true, confidence: picked, reason: 'advisory', answers };
  }
  const refusing = all.find(({ answer }) => !letsThrough(answer, mode, policy));
  if (refusing !== undefined) return { pass: false, confidence, reason: refusing.reason, answers };
  if (all.length === 0) {
    return { pass: policy.onMissing[mode] === 'pass', confidence, reason: 'model_missing', answers };
  }
  const reason = all.some(({ as }) => as === 'counts') ? 'model_yes' : all[0]!.reason;
  return { pass: true, confidence, reason, answers };
}
