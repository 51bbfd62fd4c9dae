import type { EngineName } from '../engine.ts';
import type { Interval } from '../metrics/clusters.ts';
import type { ReliabilityBin } from '../metrics/reliability.ts';
import type { Overlap } from '../splits/purge.ts';
import type { TrainingFault } from './training-set.ts';

/** Whose model, made of what. */
export interface CardHead {
  /** `feedback`, `pooled` or an exchange symbol */
  readonly scope: string;
  readonly engine: EngineName;
  readonly exchange: string;
  /** hash of the feature set */
  readonly features: string;
  /** ms UTC */
  readonly trainedAt: number;
}

/** Why a model is not proven. */
export type Doubt =
  /** it does not rank better than ATR % alone, at the lower bound */
  | 'not_better_than_atr'
  /** after costs its best tenth does not earn, at the lower bound: no trade is as good */
  | 'not_better_than_no_trade'
  /** too few days for an interval to mean anything */
  | 'too_few_days'
  /** so good an AUC on a market, at the lower bound, is a leak until shown otherwise */
  | 'suspect_leak';

/** What is to be looked into before a figure is believed. */
export type CardWarning =
  /** an AUC so good that it is looked into before it is believed */
  | 'suspect_leak'
  /** the spread of most rows is not known: their costs are the usual ones, and a thin token's are more */
  | 'spread_unknown'
  /** test days were trained on, or days after them */
  | Overlap;

/** What a judgement on rows found that the model had not seen. */
export interface Judgement {
  /** of the judged rows, ms UTC */
  readonly from: number;
  readonly to: number;
  readonly testRows: number;
  readonly days: number;
  readonly markets: number;
  /** pairs of a market and a day */
  readonly symbolDays: number;
  /** share of positive rows */
  readonly baseRate: number;

  /** inside folds */
  readonly auc: Interval;
  /** ATR % alone and 24 h change alone, on the same rows */
  readonly atrAuc: Interval;
  readonly changeAuc: Interval;
  /** paired differences: the model less the one */
  readonly minusAtr: Interval;
  readonly minusChange: Interval;
  /** the pooled prior on the same rows, and what a token's correction adds; null where there is none */
  readonly priorAuc: Interval | null;
  readonly minusPrior: Interval | null;
  /** among rows that moved either way: 0.5 knows no direction, only volatility */
  readonly upDownAuc: Interval;

  /** best tenth of each fold */
  readonly precisionTop10: number;
  readonly liftTop10: number;
  /** its mean return after costs, fraction */
  readonly netTop10: Interval;
  /** mean return after costs of taking every row */
  readonly netAll: Interval;

  /** of calibrated probabilities, each calibrated by earlier rows only; NaN where there are none */
  readonly brierSkill: number;
  readonly ece: number;
  readonly reliability: readonly ReliabilityBin[];

  /** what buying and selling cost at least, fraction: where the spread is known and wider, it is that */
  readonly roundTripCost: number;
  readonly proven: boolean;
  /** empty if proven */
  readonly doubts: readonly Doubt[];
  readonly warnings: readonly CardWarning[];
}

/** How a model did on what it had not seen, or why there is none. */
export type Card = CardHead &
  (
    | ({
        readonly state: 'judged';
        readonly trainRows: number;
        readonly dataFrom: number;
        readonly dataTo: number;
      } & Judgement)
    | {
        readonly state: 'not_trained';
        readonly fault: TrainingFault;
        readonly rows: number;
        readonly positives: number;
      }
  );

/** The figures of a judged card by flat names, as commands print them; what is not defined is null. */
export function cardFigures(card: Extract<Card, { state: 'judged' }>) {
  const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    auc: known(card.auc.value),
    aucLow: known(card.auc.low),
    aucHigh: known(card.auc.high),
    atrAuc: known(card.atrAuc.value),
    minusAtr: known(card.minusAtr.value),
    minusAtrLow: known(card.minusAtr.low),
    minusAtrHigh: known(card.minusAtr.high),
    changeAuc: known(card.changeAuc.value),
    minusChangeLow: known(card.minusChange.low),
    upDownAuc: known(card.upDownAuc.value),
    precisionTop10: known(card.precisionTop10),
    liftTop10: known(card.liftTop10),
    netTop10: known(card.netTop10.value),
    netTop10Low: known(card.netTop10.low),
    netTop10High: known(card.netTop10.high),
    netAll: known(card.netAll.value),
    brierSkill: known(card.brierSkill),
    ece: known(card.ece),
    baseRate: known(card.baseRate),
    trainRows: card.trainRows,
    testRows: card.testRows,
    days: card.days,
    symbolDays: card.symbolDays,
    proven: card.proven,
  };
}
