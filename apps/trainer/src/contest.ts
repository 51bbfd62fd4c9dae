import { LABEL_AFTER_MS } from '@mexc-bot/core';
import {
  type Card,
  calibrate,
  compareScores,
  createModelFiles,
  createPriorFiles,
  DEFAULT_JUDGE,
  DEFAULT_WALK,
  decideChallenge,
  FEATURE_SET,
  type Interval,
  isProven,
  judge,
  type LabelledRows,
  LEAST_FRESH,
  type ModelFile,
  modelFault,
  predictorFor,
  priorScores,
  type RowRange,
  registryEntry,
  reviewChampion,
  type StoredCard,
  selectColumns,
  setOf,
  sliceSet,
  storedCardOf,
  type TradeCosts,
  type TrainedScope,
  type TrainingSet,
} from '@mexc-bot/models';
import type { Store } from '@mexc-bot/store';

export interface ContestDeps {
  readonly folder: string;
  readonly store: Pick<Store, 'models' | 'alerts'>;
  readonly maxAgeDays: number;
  readonly costs: TradeCosts;
  /** market ms UTC */
  readonly now: number;
  readonly wallNow: number;
}

/** What became of a model that was trained. */
export interface ContestResult {
  readonly scope: string;
  readonly card: Card;
  readonly replaces: boolean;
  /** reason code */
  readonly reason: string;
}

/** What the rows may still share with a model's training: a label's horizon, and as much again. */
const LINGERS_MS = LABEL_AFTER_MS + DEFAULT_WALK.embargoMs;

const firstAfter = (set: TrainingSet, time: number): number => {
  const first = set.times.findIndex((each) => each > time);
  return first < 0 ? set.times.length : first;
};

/** Scores of rows by a model in a file. @returns null where it reads other columns than these */
function scoresBy(file: ModelFile, rows: LabelledRows): Float64Array | null {
  const { content, features } = file;
  const places = features.names.map((name) => FEATURE_SET.names.indexOf(name));
  if (content.kind === 'correction' || places.includes(-1)) return null;
  return predictorFor(content).predictAll(selectColumns(rows.stored, places));
}

const daysOf = (set: TrainingSet, { from, to }: RowRange): number =>
  new Set(set.times.subarray(from, to).map((time) => Math.floor(time / 86_400_000))).size;

/** The champions of the scopes that all tokens share: `feedback` and `pooled`. */
export function createContest(deps: ContestDeps) {
  const { folder, store, now } = deps;
  const files = createModelFiles(folder);
  const priors = createPriorFiles(folder);

  async function championOf(scope: string): Promise<{ file: ModelFile; stored: StoredCard } | null> {
    const read = await files.read(scope);
    const stored = read.ok ? storedCardOf(read.value.card) : null;
    return read.ok && stored !== null ? { file: read.value, stored } : null;
  }

  /** Challenger less champion, on rows that both had not seen when they scored them. */
  function onSameRows(
    trained: TrainedScope,
    champion: ModelFile,
    seenUntil: number,
    rows: LabelledRows,
  ): Interval | null {
    const set = setOf(rows);
    const scores = scoresBy(champion, rows);
    if (trained.prior === null || scores === null) return null;
    const own = priorScores(trained.prior, set);
    const from = Math.max(
      firstAfter(set, seenUntil + LINGERS_MS),
      own.findIndex((score) => !Number.isNaN(score)),
    );
    const range = { from, to: set.rows.count };
    if (from < 0 || range.to - from < LEAST_FRESH.rows || daysOf(set, range) < LEAST_FRESH.days) return null;
    // scores of different folds are of different models: compared inside each
    const edges = [from, ...trained.prior.folds.map((fold) => firstAfter(set, fold.from - 1)), range.to]
      .filter((edge) => edge >= from)
      .sort((a, b) => a - b);
    const folds = edges.slice(1).map((to, i) => ({ from: edges[i]!, to }));
    const { difference } = compareScores(
      set,
      own,
      scores,
      folds.filter((fold) => fold.to > fold.from),
      DEFAULT_JUDGE,
    );
    return Number.isFinite(difference.value) ? difference : null;
  }

  return {
    /** A newly trained model replaces the champion only if it is better out of sample. */
    async challenge(trained: TrainedScope, rows: LabelledRows, version: string): Promise<ContestResult> {
      const { card, file } = trained;
      const { scope } = card;
      if (file === null || card.state === 'not_trained') {
        const reason = card.state === 'not_trained' ? card.fault : 'not_trained';
        store.models.add(registryEntry(card, version, null), 'retired', reason, now);
        return { scope, card, replaces: false, reason };
      }
      const champion = await championOf(scope);
      const terms = { asOf: now, maxAgeDays: deps.maxAgeDays, features: FEATURE_SET.hash };
      const standing = champion && {
        card: champion.stored.card,
        fault: modelFault(champion.stored.card, terms),
        proven: isProven(champion.stored.card),
      };
      const seenUntil = champion?.stored.card.state === 'judged' ? champion.stored.card.dataTo : null;
      const same =
        standing === null || standing.fault !== null || seenUntil === null
          ? null
          : onSameRows(trained, champion!.file, seenUntil, rows);
      // the pooled model goes with what tokens correct: another engine's champion cannot stay
      const { replaces, reason } = decideChallenge(card, standing, same);
      if (!replaces) {
        store.models.add(registryEntry(card, version, null), 'challenger', reason, now);
        return { scope, card, replaces, reason };
      }
      if (scope === 'pooled' && trained.prior !== null) await priors.write(trained.prior);
      await files.write(file);
      store.models.crown(registryEntry(card, version, scope), reason, now);
      return { scope, card, replaces, reason };
    },

    /**
     * Judges the champion again by labels that came after its training. One that broke its promise is proven no more, and makes
     * room for the one before it where that is better.
     *
     * @returns null where there is nothing to review
     */
    async review(scope: string, rows: LabelledRows): Promise<{ verdict: string; reason: string } | null> {
      const champion = await championOf(scope);
      if (champion === null || champion.stored.card.state !== 'judged') return null;
      const { file, stored } = champion;
      const promised = champion.stored.card;
      const set = setOf(rows);
      const scores = scoresBy(file, rows);
      const from = firstAfter(set, promised.dataTo + LINGERS_MS);
      const range = { from: 0, to: set.rows.count - from };
      if (scores === null || file.reading === null || range.to < LEAST_FRESH.rows) return null;
      const fresh = sliceSet(set, { from, to: set.rows.count });
      const own = scores.subarray(from);
      const { calibration } = file.reading;
      const judgement = judge(
        fresh,
        {
          scores: own,
          folds: [range],
          probabilities: own.map((score) => calibrate(calibration, score)),
          baseRates: new Float64Array(range.to).fill(promised.baseRate),
        },
        { ...DEFAULT_JUDGE, costs: deps.costs },
      );
      const before = await files.readPrevious(scope, FEATURE_SET.hash);
      const earlier = before.ok ? scoresBy(before.value, rows)?.subarray(from) : undefined;
      const previousLess =
        earlier === undefined ? null : compareScores(fresh, earlier, own, [range], DEFAULT_JUDGE).difference;
      const { verdict, reason, proven } = reviewChampion(promised, judgement, previousLess);
      if (verdict === 'roll_back' && (await files.rollBack(scope))) {
        if (scope === 'pooled') await priors.rollBack();
        store.models.rollBack(scope, reason, now);
        tell(scope, 'rolled_back', reason, file.version);
      } else if (proven !== promised.proven) {
        const card = { ...promised, proven };
        await files.writeCard(scope, file.version, { ...stored, card });
        store.models.judged(scope, file.version, { card, proven, reason }, now);
        tell(scope, 'distrusted', reason, file.version);
      }
      return { verdict, reason };
    },
  };

  function tell(scope: string, state: 'rolled_back' | 'distrusted', reason: string, version: string): void {
    const detail = { scope, state, reason, version };
    store.alerts.add({
      mode: null,
      at: now,
      wallAt: deps.wallNow,
      source: 'trainer',
      rank: 'notice',
      kind: 'model_review',
      detail,
    });
  }
}
