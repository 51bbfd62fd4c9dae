import type { ExchangeSymbol } from '@mexc-bot/core';
import {
  type Card,
  calibrate,
  correctedScore,
  type Engine,
  type Head,
  judge,
  type LabelledRows,
  movesOf,
  type Prior,
  pickRows,
  predictorFor,
  purge,
  scaleRows,
  setOf,
  type TrainOptions,
  trainScope,
  trainTokenModel,
} from '@mexc-bot/models';
import type { FolderEvaluation } from './evaluate.ts';

export interface TokenEvaluation extends Pick<FolderEvaluation, 'train' | 'test' | 'rule'> {
  readonly head: Head;
  readonly known: LabelledRows;
  readonly tested: LabelledRows;
  readonly trainMarkets: readonly ExchangeSymbol[];
  readonly testMarkets: readonly ExchangeSymbol[];
}

/** The prior of all tokens with each token's correction, as the gate would ask them. */
export async function evaluateTokens(engine: Engine, request: TokenEvaluation, options: TrainOptions): Promise<Card> {
  const { rule, tested } = request;
  const test = setOf(tested);
  const { rows, overlap } = purge(request.known.outcomes.times, test.times, options.walk);
  const known = firstRows(request.known, rows);
  const { head } = request;
  const moves = movesOf('token', rule);
  const set = setOf(known);
  const pooled = await trainScope({ engine, set, head, version: 'prior', moves, options });
  if (pooled.file === null || pooled.prior === null || pooled.card.state !== 'judged') return pooled.card;
  if (test.rows.count === 0) {
    return {
      ...head,
      engine: engine.name,
      state: 'not_trained',
      fault: 'no_rows',
      rows: set.rows.count,
      positives: 0,
    };
  }
  if (pooled.file.content.kind === 'correction') throw new Error('an engine makes no corrections');
  const prior = predictorFor(pooled.file.content).predictAll(test.rows);
  const scores = prior.slice();
  const { reading } = pooled.file;
  if (reading === null) throw new Error('a judged model says how to read it');
  const scaled = scaleRows(pooled.prior.scaler, test.rows);
  const { width } = test.rows;
  const probabilities = prior.map((score) => calibrate(reading.calibration, score));
  for (const [number, market] of request.testMarkets.entries()) {
    const own = correctionOf(request, known, pooled.prior, market);
    if (own === null) continue;
    for (let row = 0; row < test.rows.count; row++) {
      if (test.markets[row] !== number) continue;
      scores[row] = correctedScore(own.correction, prior[row]!, scaled.subarray(row * width, (row + 1) * width));
      probabilities[row] = calibrate(own.calibration, scores[row]!);
    }
  }
  const share = known.outcomes.labels.reduce((sum, label) => sum + label, 0) / known.stored.count;
  const folds = [{ from: 0, to: test.rows.count }];
  const baseRates = new Float64Array(test.rows.count).fill(share);
  const judgement = judge(test, { scores, folds, probabilities, baseRates, prior }, options.judge);
  const warnings = overlap === null ? judgement.warnings : [...judgement.warnings, overlap];
  const { trainRows, dataFrom, dataTo } = pooled.card;
  const found = { trainRows, dataFrom, dataTo, ...judgement, warnings };
  return { ...head, engine: engine.name, state: 'judged', ...found };
}

function correctionOf(
  { head, rule, train, trainMarkets, test }: TokenEvaluation,
  known: LabelledRows,
  prior: Prior,
  market: ExchangeSymbol,
) {
  const number = train.exchange === test.exchange ? trainMarkets.indexOf(market) : -1;
  if (number < 0) return null;
  const own = Array.from(known.outcomes.markets.keys()).filter((row) => known.outcomes.markets[row] === number);
  const request = { rows: pickRows(known, own), prior, version: 'own', moves: movesOf('token', rule) };
  const { file } = trainTokenModel({
    ...request,
    head: { ...head, scope: market },
  });
  if (file.content.kind !== 'correction' || file.content.params.correction === null || file.reading === null)
    return null;
  return { correction: file.content.params.correction, calibration: file.reading.calibration };
}

const firstRows = (rows: LabelledRows, count: number): LabelledRows =>
  count === rows.stored.count
    ? rows
    : pickRows(
        rows,
        Array.from({ length: count }, (_, row) => row),
      );
