import { type Calibration, calibrate, fitPlatt } from '../metrics/calibration.ts';

/** How a score becomes the chances of the three outcomes; fitted on out-of-fold predictions. */
export interface OutcomeModel {
  readonly target: Calibration;
  /** of the stop, among rows that do not reach the target */
  readonly stopOtherwise: Calibration;
  /** mean return before costs of rows that reach neither, fraction */
  readonly neitherReturn: number;
}

/** Chances of the three outcomes; their sum is 1. */
export interface Outcomes {
  readonly target: number;
  readonly stop: number;
  readonly neither: number;
  readonly neitherReturn: number;
}

/** What a trade would gain and lose; fractions of the entry price, all ≥ 0. */
export interface TradeTerms {
  readonly target: number;
  readonly stop: number;
  /** fees and slippage of buying and selling */
  readonly roundTripCost: number;
}

/**
 * @param scores out of fold
 * @param moves 1 the target, −1 the stop, 0 neither; one a score
 * @param returns before costs, one a score
 */
export function fitOutcomes(scores: Float64Array, moves: Int8Array, returns: Float64Array): OutcomeModel {
  const missed = Array.from(moves.keys()).filter((row) => moves[row] !== 1);
  const neither = missed.filter((row) => moves[row] === 0);
  return {
    target: fitPlatt(
      scores,
      Uint8Array.from(moves, (move) => Number(move === 1)),
    ),
    stopOtherwise: fitPlatt(
      Float64Array.from(missed, (row) => scores[row]!),
      Uint8Array.from(missed, (row) => Number(moves[row] === -1)),
    ),
    neitherReturn: neither.length === 0 ? 0 : neither.reduce((sum, row) => sum + returns[row]!, 0) / neither.length,
  };
}

export function outcomesOf({ target, stopOtherwise, neitherReturn }: OutcomeModel, score: number): Outcomes {
  const chance = calibrate(target, score);
  const stop = (1 - chance) * calibrate(stopOtherwise, score);
  return { target: chance, stop, neither: 1 - chance - stop, neitherReturn };
}

/** Mean return after costs that the outcomes promise, fraction; NaN for a score that was not a number. */
export function expectedValue(outcomes: Outcomes, { target, stop, roundTripCost }: TradeTerms): number {
  const gain = outcomes.target * target + outcomes.neither * outcomes.neitherReturn;
  return gain - outcomes.stop * stop - roundTripCost;
}
