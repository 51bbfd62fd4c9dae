import type { Card } from '../judge/card.ts';
import type { OutcomeModel } from '../judge/outcomes.ts';
import type { Calibration } from '../metrics/calibration.ts';

/** What is kept in a model's `card.json`. */
export interface StoredCard {
  readonly card: Card;
  /** how its scores become the chances of target, stop and neither; null: it was never judged */
  readonly outcomes: OutcomeModel | null;
  /** the gain and the loss those chances are of, fractions */
  readonly moves: { readonly target: number; readonly stop: number };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const areNumbers = (...values: readonly unknown[]): boolean => values.every((value) => Number.isFinite(value));
const isCalibration = (value: unknown): value is Calibration =>
  isObject(value) && areNumbers(value.slope, value.offset);

const isOutcomes = (value: unknown): value is OutcomeModel =>
  isObject(value) &&
  isCalibration(value.target) &&
  isCalibration(value.stopOtherwise) &&
  areNumbers(value.neitherReturn);

/** @returns null for anything that a gate could not work with */
export function storedCardOf(value: unknown): StoredCard | null {
  if (!isObject(value) || !isObject(value.card) || !isObject(value.moves)) return null;
  const { card, outcomes, moves } = value;
  const isCard = (card.state === 'judged' || card.state === 'not_trained') && areNumbers(card.trainedAt);
  const isWhole = isCard && areNumbers(moves.target, moves.stop) && (outcomes === null || isOutcomes(outcomes));
  return isWhole ? (value as unknown as StoredCard) : null;
}

export const isProven = (card: Card): boolean => card.state === 'judged' && card.proven === true;
