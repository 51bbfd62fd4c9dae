import { type CandleColumns, type ExchangeSymbol, emptyColumns, type HypeCriteria } from '@mexc-bot/core';
import {
  type Card,
  cardFigures,
  DEFAULT_JUDGE,
  DEFAULT_TRAIN,
  type Engine,
  type EngineName,
  engineNamed,
  evaluateOn,
  FEATURE_SET,
  type LabelledRows,
  type LabelRule,
  pickRows,
  setOf,
  type TradeCosts,
  type TrainOptions,
  trainAndJudge,
} from '@mexc-bot/models';
import { isUserError, UserError } from '@mexc-bot/runtime';
import { aggregated, type CandleSource } from './candle-source.ts';
import { bootstrapRows, type SetRun, tokenRows } from './data-sets.ts';
import { evaluateTokens } from './evaluate-tokens.ts';
import { problemText } from './problems.ts';
import type { ReadyRows } from './ready-rows.ts';

/** What a judged card says, by flat names; null where there is no model. */
type Figures = ReturnType<typeof cardFigures>;
type Evaluation = {
  readonly [Name in keyof Figures]: Name extends 'proven' ? boolean : Figures[Name] | null;
} & {
  readonly engine: EngineName;
  /** of the one fit on all training rows, wall seconds */
  readonly trainSeconds: number;
  /** why there is no model; null: there is one */
  readonly fault: string | null;
  readonly doubts: readonly string[];
  readonly warnings: readonly string[];
  /** files that could not be used; the others were */
  readonly problems: readonly string[];
};

/** An engine that tells how long its last fit took. */
function timed(engine: Engine): { readonly engine: Engine; seconds(): number } {
  let seconds = 0;
  return {
    seconds: () => seconds,
    engine: {
      ...engine,
      fit: async (...given) => {
        const startedAt = performance.now();
        const params = await engine.fit(...given);
        seconds = (performance.now() - startedAt) / 1_000;
        return params;
      },
    },
  };
}

function evaluationOf(card: Card, trainSeconds: number, problems: readonly string[]): Evaluation {
  const rest = { engine: card.engine, trainSeconds: Math.round(trainSeconds * 1_000) / 1_000, problems };
  if (card.state === 'judged') {
    return { ...cardFigures(card), ...rest, fault: null, doubts: card.doubts, warnings: card.warnings };
  }
  const nothing = Object.fromEntries(FIGURES.map((name) => [name, null])) as Record<keyof Figures, null>;
  return { ...nothing, ...rest, proven: false, trainRows: card.rows, fault: card.fault, doubts: [], warnings: [] };
}

const FIGURES = [
  ...(['auc', 'aucLow', 'aucHigh', 'atrAuc', 'minusAtr', 'minusAtrLow', 'minusAtrHigh', 'changeAuc'] as const),
  ...([
    'minusChangeLow',
    'upDownAuc',
    'precisionTop10',
    'liftTop10',
    'netTop10',
    'netTop10Low',
    'netTop10High',
  ] as const),
  ...(['netAll', 'brierSkill', 'ece', 'baseRate', 'trainRows', 'testRows', 'days', 'symbolDays', 'proven'] as const),
] satisfies readonly (keyof Figures)[];

const headOf = (scope: string, exchange: string) => ({
  scope,
  exchange,
  features: FEATURE_SET.hash,
  trainedAt: Date.now(),
});

/** A card, and the same by flat names. */
export interface Evaluated {
  readonly card: Card;
  readonly evaluation: Evaluation;
}

export interface RowsEvaluation {
  readonly engine: EngineName;
  readonly train: Pick<ReadyRows, 'set' | 'names'>;
  /** null: walk-forward on the training rows */
  readonly test: Pick<ReadyRows, 'set' | 'names'> | null;
  readonly costs: TradeCosts;
}

/**
 * Ready rows: trained on one set and tested on another one, or walk-forward where there is none.
 *
 * @throws {UserError} the two have other features
 */
export async function evaluateRows({ train, test, ...request }: RowsEvaluation): Promise<Evaluated> {
  const { engine, seconds } = timed(engineNamed(request.engine));
  const differs = test?.names.findIndex((name, column) => name !== train.names[column]) ?? -1;
  if (test !== null && (differs >= 0 || test.names.length !== train.names.length)) {
    const column = differs >= 0 ? differs : test.names.length;
    const [wanted, found] = [train, test].map(({ names }) => names[column] ?? 'nothing');
    throw new UserError(`feature ${column + 1} is ${found} in the test rows and ${wanted} in the training rows`);
  }
  const head = headOf('rows', 'rows');
  const options = trainOptions(request.costs);
  const card =
    test === null
      ? (await trainAndJudge(engine, train.set, head, options)).card
      : await evaluateOn(engine, train.set, test.set, head, options);
  return { card, evaluation: evaluationOf(card, seconds(), []) };
}

const trainOptions = (costs: TradeCosts): TrainOptions => ({
  ...DEFAULT_TRAIN,
  judge: { ...DEFAULT_JUDGE, costs },
});

export interface FolderEvaluation {
  readonly scope: 'feedback' | 'token';
  readonly engine: EngineName;
  readonly train: CandleSource;
  readonly test: CandleSource;
  readonly criteria: HypeCriteria;
  readonly rule: LabelRule;
  readonly costs: TradeCosts;
  readonly maxRows: number;
  readonly run: Omit<SetRun, 'failed'>;
}

/**
 * Trains on one folder of candles and tests on another one. A token's files continue each other: features warm up over the seam. Rows of the
 * test begin where the training's candles end, and no label of a training row knows a candle of the test.
 */
export async function evaluateFolders(request: FolderEvaluation): Promise<Evaluated> {
  const { scope, criteria, rule, maxRows } = request;
  const problems: string[] = [];
  const failed = (market: ExchangeSymbol, error: unknown): void => {
    problems.push(problemText(market, error));
  };
  const run = { ...request.run, failed };
  // where one folder has longer candles, the other's are made as long
  const candleMs = Math.max(request.train.candleMs, request.test.candleMs);
  const train = readable(aggregated(request.train, candleMs), failed);
  const { source: test, from } = continued(train, readable(aggregated(request.test, candleMs), failed));
  const { engine, seconds } = timed(engineNamed(request.engine));
  const rowsOf = async (source: CandleSource, since?: number): Promise<LabelledRows> =>
    scope === 'feedback'
      ? bootstrapRows(source, criteria, rule, run, since)
      : tokenRows(source, { rule, maxRows, minQuoteVolume: criteria.minQuoteVolume }, run, since);
  const known = await rowsOf(train);
  const tested = since(await rowsOf(test, Math.min(...from.values())), test.markets, from);
  const options = trainOptions(request.costs);
  const head = headOf(scope, train.exchange);
  const card =
    scope === 'feedback'
      ? await evaluateOn(engine, setOf(known), setOf(tested), head, options)
      : await evaluateTokens(
          engine,
          { head, rule, train, test, known, tested, trainMarkets: train.markets, testMarkets: test.markets },
          options,
        );
  return { card, evaluation: evaluationOf(card, seconds(), problems) };
}

/** Without the markets whose files cannot be used: one of hundreds that is cut off does not end the evaluation. */
function readable(source: CandleSource, failed: SetRun['failed']): CandleSource {
  const markets = source.markets.filter((market) => {
    try {
      source.read(market);
      return true;
    } catch (error) {
      if (!isUserError(error)) throw error;
      failed(market, error);
      return false;
    }
  });
  return { ...source, markets };
}

/** Rows of each market from its own time on. */
function since(
  rows: LabelledRows,
  markets: readonly ExchangeSymbol[],
  from: ReadonlyMap<ExchangeSymbol, number>,
): LabelledRows {
  const { outcomes } = rows;
  const kept = Array.from(outcomes.times.keys()).filter(
    (row) => outcomes.times[row]! > from.get(markets[outcomes.markets[row]!]!)!,
  );
  return pickRows(rows, kept);
}

/** The test's candles behind the training's own of the same token and exchange. */
function continued(train: CandleSource, test: CandleSource) {
  const from = new Map<ExchangeSymbol, number>();
  const read = (market: ExchangeSymbol): CandleColumns => {
    const after = test.read(market);
    const continues = train.exchange === test.exchange && train.markets.includes(market);
    const before = continues ? train.read(market) : emptyColumns(0);
    const last = before.openTime.at(-1) ?? Number.NEGATIVE_INFINITY;
    // what both folders have belongs to the training
    const first = after.openTime.findIndex((time) => time > last);
    const rest = first < 0 ? emptyColumns(0) : slice(after, first);
    const isEarlier = rest.openTime.length === 0 || (before.openTime[0] ?? 0) > after.openTime[0]!;
    return isEarlier ? rest : join(before, rest);
  };
  for (const market of test.markets) {
    const own = test.read(market).openTime[0] ?? Number.POSITIVE_INFINITY;
    const continues = train.exchange === test.exchange && train.markets.includes(market);
    const last = continues
      ? (train.read(market).openTime.at(-1) ?? Number.NEGATIVE_INFINITY)
      : Number.NEGATIVE_INFINITY;
    from.set(market, Math.max(own, last + train.candleMs));
  }
  return { source: { ...test, read }, from };
}

const slice = (candles: CandleColumns, from: number): CandleColumns => ({
  openTime: candles.openTime.slice(from),
  open: candles.open.slice(from),
  high: candles.high.slice(from),
  low: candles.low.slice(from),
  close: candles.close.slice(from),
  volume: candles.volume.slice(from),
});

function join(a: CandleColumns, b: CandleColumns): CandleColumns {
  const both = (key: keyof CandleColumns): Float64Array => {
    const column = new Float64Array(a[key].length + b[key].length);
    column.set(a[key]);
    column.set(b[key], a[key].length);
    return column;
  };
  return {
    openTime: both('openTime'),
    open: both('open'),
    high: both('high'),
    low: both('low'),
    close: both('close'),
    volume: both('volume'),
  };
}
