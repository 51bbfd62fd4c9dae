import { DAY_MS } from '@mexc-bot/core';
import { foldAuc } from '../metrics/auc.ts';
import {
  type BootstrapOptions,
  bootstrap,
  clustersAmong,
  dayClusters,
  everyCluster,
  type Interval,
  intervalOf,
  pairedDifference,
  type Statistic,
} from '../metrics/clusters.ts';
import { brierSkill, expectedCalibrationError, reliabilityCurve } from '../metrics/reliability.ts';
import { foldMean, topMean, topRows } from '../metrics/top-share.ts';
import type { RowRange } from '../splits/walk-forward.ts';
import type { CardWarning, Doubt, Judgement } from './card.ts';
import { type TradeCosts, tradeCost } from './costs.ts';
import type { TrainingSet } from './training-set.ts';

/** Predictions of rows by models that had not seen them. */
export interface OutOfSample {
  /** one a row of the set; what lies outside of the folds is not read */
  readonly scores: Float64Array;
  /** the rows of one model each */
  readonly folds: readonly RowRange[];
  /** calibrated by earlier rows only; NaN where there were none */
  readonly probabilities: Float64Array;
  /** base rate of what the row's model was trained on */
  readonly baseRates: Float64Array;
  /** the pooled model's scores, where a token's own are judged */
  readonly prior?: Float64Array;
}

export interface JudgeOptions extends BootstrapOptions {
  readonly costs: TradeCosts;
  /** with fewer days than this nothing is proven */
  readonly leastDays: number;
  /** an AUC above this is looked into; with its interval above it nothing is proven */
  readonly leakAbove: number;
}

/** Fees of 0.05 % and slippage of 0.1 % a side. */
export const DEFAULT_JUDGE: JudgeOptions = {
  replicates: 1000,
  seed: 1,
  costs: { takerFee: 0.0005, slippage: 0.001 },
  leastDays: 10,
  // on recorded markets honest models reach 0.65, and 0.70 with years of data; splits that leak show 0.70
  leakAbove: 0.68,
};

/**
 * Judges predictions by what really happened. All figures are of the same rows and the same draws of days.
 *
 * @param set in time order
 * @returns `proven` only if the model ranks better than ATR % alone *and* its best tenth earns after costs, both at the lower
 *   bound of an interval clustered by day, over enough days, and that bound of its AUC is not too good to be true
 */
export function judge(set: TrainingSet, found: OutOfSample, options: JudgeOptions = DEFAULT_JUDGE): Judgement {
  const { labels, times } = set;
  const { scores, folds } = found;
  const clusters = dayClusters(times);
  const days = clustersAmong(clusters, folds);
  const net = set.returns.map((value, row) => value - tradeCost(options.costs, set.spread[row]!));
  const moved = Uint8Array.from(set.moves, (move) => Number(move !== 0));
  const rose = Uint8Array.from(set.moves, (move) => Number(move === 1));
  const best = topRows(scores, folds);

  const statistics: Record<Figure, Statistic> = {
    auc: foldAuc({ scores, labels, folds, clusters }),
    atr: foldAuc({ scores: set.atr, labels, folds, clusters }),
    change: foldAuc({ scores: set.change24h, labels, folds, clusters }),
    prior: found.prior === undefined ? undefinedFigure : foldAuc({ scores: found.prior, labels, folds, clusters }),
    upDown: foldAuc({ scores, labels: rose, folds, clusters, only: moved }),
    netTop10: topMean(best, net, clusters),
    netAll: foldMean(net, folds, clusters),
  };
  const measured = measure(statistics, (list) => bootstrap(list, clusters, days, options), everyCluster(clusters));
  const { interval, difference } = measured;
  const baseRate = foldMean(labels, folds, clusters)(everyCluster(clusters));
  const precision = topMean(best, labels, clusters)(everyCluster(clusters));

  const judgement = {
    ...extent(set, folds),
    days: days.length,
    baseRate,
    auc: interval('auc'),
    atrAuc: interval('atr'),
    changeAuc: interval('change'),
    minusAtr: difference('auc', 'atr'),
    minusChange: difference('auc', 'change'),
    priorAuc: found.prior === undefined ? null : interval('prior'),
    minusPrior: found.prior === undefined ? null : difference('auc', 'prior'),
    upDownAuc: interval('upDown'),
    precisionTop10: precision,
    liftTop10: precision / baseRate,
    netTop10: interval('netTop10'),
    netAll: interval('netAll'),
    ...calibrationOf(set, found),
    roundTripCost: tradeCost(options.costs, Number.NaN),
  };
  const doubts = doubtsOf(judgement, options);
  const warnings: CardWarning[] = [
    ...(judgement.auc.value > options.leakAbove ? (['suspect_leak'] as const) : []),
    ...(isSpreadKnown(set, folds) ? [] : (['spread_unknown'] as const)),
  ];
  return { ...judgement, proven: doubts.length === 0, doubts, warnings };
}

type Figure = 'auc' | 'atr' | 'change' | 'prior' | 'upDown' | 'netTop10' | 'netAll';

const undefinedFigure: Statistic = () => Number.NaN;

function measure(
  statistics: Readonly<Record<Figure, Statistic>>,
  draw: (statistics: readonly Statistic[]) => Float64Array[],
  everything: Float64Array,
) {
  const names = Object.keys(statistics) as Figure[];
  const draws = draw(names.map((name) => statistics[name]));
  const drawsOf = (name: Figure) => draws[names.indexOf(name)]!;
  const interval = (name: Figure): Interval => intervalOf(statistics[name](everything), drawsOf(name));
  return {
    interval,
    difference: (a: Figure, b: Figure) => pairedDifference(interval(a), interval(b), [drawsOf(a), drawsOf(b)]),
  };
}

function extent({ times, markets }: TrainingSet, folds: readonly RowRange[]) {
  const seen = new Set<number>();
  const symbolDays = new Set<string>();
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let testRows = 0;
  for (const fold of folds) {
    for (let row = fold.from; row < fold.to; row++) {
      from = Math.min(from, times[row]!);
      to = Math.max(to, times[row]!);
      seen.add(markets[row]!);
      symbolDays.add(`${markets[row]} ${Math.floor(times[row]! / DAY_MS)}`);
      testRows++;
    }
  }
  return { from, to, testRows, markets: seen.size, symbolDays: symbolDays.size };
}

/** Of most rows. */
function isSpreadKnown({ spread }: TrainingSet, folds: readonly RowRange[]): boolean {
  const known = folds.map(({ from, to }) => spread.subarray(from, to).filter(Number.isFinite).length);
  const all = folds.map(({ from, to }) => to - from);
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  return sum(known) > sum(all) / 2;
}

function calibrationOf({ labels }: TrainingSet, { folds, probabilities, baseRates }: OutOfSample) {
  const rows = folds.flatMap(({ from, to }) =>
    Array.from({ length: to - from }, (_, i) => from + i).filter((row) => !Number.isNaN(probabilities[row]!)),
  );
  const said = Float64Array.from(rows, (row) => probabilities[row]!);
  const happened = Uint8Array.from(rows, (row) => labels[row]!);
  const reliability = reliabilityCurve(said, happened);
  return {
    brierSkill: brierSkill(
      said,
      happened,
      Float64Array.from(rows, (row) => baseRates[row]!),
    ),
    ece: expectedCalibrationError(reliability),
    reliability,
  };
}

function doubtsOf(
  { days, auc, minusAtr, netTop10 }: Pick<Judgement, 'days' | 'auc' | 'minusAtr' | 'netTop10'>,
  { leastDays, leakAbove }: JudgeOptions,
): Doubt[] {
  const doubts: Doubt[] = [];
  // comparisons with NaN are false: a bound that is not defined proves nothing
  if (!(days >= leastDays)) doubts.push('too_few_days');
  if (!(minusAtr.low > 0)) doubts.push('not_better_than_atr');
  if (!(netTop10.low > 0)) doubts.push('not_better_than_no_trade');
  if (auc.low > leakAbove) doubts.push('suspect_leak');
  return doubts;
}
