import type { Card } from '../judge/card.ts';

/** What is kept in a model's `card.json`. */
export interface StoredCard {
  readonly card: Card;
  /** the gain and the loss that its outcomes are of, fractions */
  readonly moves: { readonly target: number; readonly stop: number };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const areNumbers = (...values: readonly unknown[]): boolean => values.every((value) => Number.isFinite(value));

/** @returns null for anything that a gate could not work with */
export function storedCardOf(value: unknown): StoredCard | null {
  if (!isObject(value) || !isObject(value.card) || !isObject(value.moves)) return null;
  const { card, moves } = value;
  const isCard = (card.state === 'judged' || card.state === 'not_trained') && areNumbers(card.trainedAt);
  return isCard && areNumbers(moves.target, moves.stop) ? (value as unknown as StoredCard) : null;
}

export const isProven = (card: Card): boolean => card.state === 'judged' && card.proven === true;
