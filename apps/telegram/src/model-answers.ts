import type { Position } from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';
import type { ModelAnswer } from './cards/card-text.ts';

/** Under the names the scanner records its checks with. */
const CHECKS = { 'feedback.confidence': 'global', 'token.confidence': 'own' } as const;

/** What the models said before a purchase, as the scan that bought recorded it. Empty where none was asked, or it is long ago. */
export function modelAnswers(store: Pick<Store, 'candidates'>): (position: Position) => readonly ModelAnswer[] {
  return ({ id }) => {
    const candidate = store.candidates.ofPosition(id);
    return (candidate?.stages ?? []).flatMap(({ check, value, threshold }): ModelAnswer[] => {
      const model = CHECKS[check as keyof typeof CHECKS];
      if (model === undefined || typeof value !== 'number' || typeof threshold !== 'number') return [];
      return [{ model, confidence: value, minimum: threshold }];
    });
  };
}
