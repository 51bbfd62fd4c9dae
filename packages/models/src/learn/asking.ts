import { scaleRow } from '../engines/scaler.ts';
import { FEATURE_SET } from '../features/feature-set.ts';
import { type EngineContent, type ModelFile, predictorFor, type ScoreReading } from '../files/model-file.ts';
import type { Card } from '../judge/card.ts';
import { expectedValue, outcomesOf } from '../judge/outcomes.ts';
import { calibrate } from '../metrics/calibration.ts';
import { confidenceOf } from '../metrics/confidence.ts';
import { correctedScore } from '../pooled/correction.ts';
import { isProven, type StoredCard, storedCardOf } from './stored-card.ts';

/** A model that can be asked. */
export interface Askable {
  readonly version: string;
  readonly card: Card;
  readonly proven: boolean;
  /** @param row every feature of `FEATURE_SET` */
  ask(row: ArrayLike<number>, trade: Trade): Asked;
}

/** What the row of the exit table that a confidence picks promises and risks. */
export interface Trade {
  /** @returns fractions of the entry price */
  termsAt(confidence: number): { readonly target: number; readonly stop: number };
  /** fees and slippage of buying and selling, fraction */
  readonly roundTripCost: number;
}

/** Each null where it is not a number. */
export interface Asked {
  readonly probability: number | null;
  readonly confidence: number | null;
  /** of the trade after costs, fraction of the stake */
  readonly expectedValue: number | null;
}

type Score = (row: ArrayLike<number>) => number;
interface Parts extends ScoreReading {
  readonly score: Score;
  readonly moves: StoredCard['moves'];
}

/** Picks out of a stored row what the model learnt from. @returns null: it has a feature that the suite does not compute */
function picker(names: readonly string[]): ((row: ArrayLike<number>) => Float64Array) | null {
  const places = names.map((name) => FEATURE_SET.names.indexOf(name));
  if (places.includes(-1)) return null;
  return (row) => Float64Array.from(places, (place) => row[place]!);
}

function scoreOf(content: EngineContent, names: readonly string[]): Score | null {
  const pick = picker(names);
  const predictor = predictorFor(content);
  return pick && ((row) => predictor.predict(pick(row)));
}

function parts(score: Score | null, { reading }: ModelFile, stored: StoredCard | null): Parts | null {
  return score === null || reading === null || stored === null ? null : { score, ...reading, moves: stored.moves };
}

function askable(file: ModelFile, card: Card, proven: boolean, { score, ...reading }: Parts): Askable {
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    version: file.version,
    card,
    proven,
    ask(row, { termsAt, roundTripCost }) {
      const value = score(row);
      const confidence = confidenceOf(reading.confidence, value);
      const { target, stop } = termsAt(confidence);
      // the chances are of the label's own target: a level further away is reached less often, so it earns no more here
      const terms = { target: Math.min(target, reading.moves.target), stop, roundTripCost };
      return {
        probability: finite(calibrate(reading.calibration, value)),
        confidence: finite(confidence),
        expectedValue: finite(expectedValue(outcomesOf(reading.outcomes, value), terms)),
      };
    },
  };
}

/** @returns null for a file that holds no model of that kind, or was never judged */
export function askableModel(file: ModelFile): Askable | null {
  if (file.content.kind === 'correction') return null;
  const stored = storedCardOf(file.card);
  const made = parts(scoreOf(file.content, file.features.names), file, stored);
  return made && askable(file, stored!.card, isProven(stored!.card), made);
}

/**
 * A token's model on top of the pooled one. Where the token has too little history to be judged by itself, the pooled model's word
 * and proof stand.
 *
 * @returns null where the two do not belong together
 */
export function askableToken(token: ModelFile, pooled: ModelFile): Askable | null {
  const { content, features } = token;
  if (content.kind !== 'correction' || content.params.prior !== pooled.version) return null;
  if (pooled.content.kind === 'correction') return null;
  const [stored, pooledCard] = [storedCardOf(token.card), storedCardOf(pooled.card)];
  const prior = scoreOf(pooled.content, pooled.features.names);
  const pick = picker(features.names);
  if (stored === null || pooledCard === null || prior === null || pick === null) return null;
  const { correction, scaler } = content.params;
  const scaled = new Float64Array(features.names.length);
  const corrected: Score = (row) => {
    scaleRow(scaler, pick(row), 0, scaled);
    return correctedScore(correction, prior(row), scaled);
  };
  const own = parts(corrected, token, stored);
  if (own !== null) return askable(token, stored.card, isProven(stored.card), own);
  const alone = parts(prior, pooled, pooledCard);
  return alone && askable(token, stored.card, isProven(pooledCard.card), alone);
}
