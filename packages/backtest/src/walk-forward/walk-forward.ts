import {
  DAY_MS,
  type DecisionRules,
  type ExchangeSymbol,
  type GateRequest,
  gateVerdict,
  letsThrough,
  type ModelAnswer,
  universeRejection,
} from '@mexc-bot/core';
import {
  type AnswerRules,
  type Askable,
  type AskableOrNot,
  answerOf,
  askableModel,
  askableToken,
  type Card,
  DEFAULT_TOKEN,
  DEFAULT_TRAIN,
  type Engine,
  FEATURE_SET,
  isProven,
  type LabelKind,
  type LabelRule,
  leastConfidence,
  type ModelFile,
  modelFault,
  movesOf,
  setOf,
  type TradeCosts,
  type TrainedScope,
  trainScope,
  trainTokenModel,
} from '@mexc-bot/models';
import type { PreparedData } from '../data.ts';
import type { BacktestGate, BacktestSettings } from '../options.ts';
import type { ModelTraining } from '../result.ts';
import { type History, historyOf, knownBy, ofMarket } from './history.ts';

export interface WalkForwardOptions extends AnswerRules {
  readonly rules: Pick<DecisionRules, 'gate' | 'exits' | 'adjust' | 'hype'>;
  readonly engine: Engine;
  /** triple barrier of a token's label */
  readonly rule: LabelRule;
  readonly maxRows: number;
  readonly maxAgeDays: number;
  /** models are made anew this often, market ms */
  readonly everyMs?: number;
  readonly onTrained?: (done: number, total: number) => void;
}

/** Models as they could have existed, and how they were made. */
export interface WalkForward {
  readonly gate: BacktestGate;
  readonly trainings: readonly ModelTraining[];
}

/** What one training left behind. */
interface Generation {
  /** market ms UTC; asked from then on */
  readonly at: number;
  readonly feedback: AskableOrNot;
  readonly pooled: AskableOrNot & { readonly made?: { readonly file: ModelFile; readonly trained: TrainedScope } };
  readonly tokens: Map<ExchangeSymbol, AskableOrNot>;
}

/**
 * Trains the models again and again through the time of a run, each on labels that were known by then, as the trainer does; the gate
 * asks the newest of them. A token's own correction is made when it is first asked for, of what its pooled model could know. The
 * newest model is asked without a contest against the one before.
 */
export async function walkForward(
  data: PreparedData,
  settings: BacktestSettings,
  options: WalkForwardOptions,
): Promise<WalkForward> {
  const { everyMs = DAY_MS, onTrained = () => undefined } = options;
  const { markets, start, stepMs, length } = data;
  const end = Math.min(settings.until ?? Number.POSITIVE_INFINITY, start + length * stepMs);
  const tradable = [...markets.keys()].filter((number) => {
    const { market } = markets[number]!;
    const verdict = universeRejection(market, null, settings.universe, start);
    return verdict === null;
  });
  const history = historyOf(data, tradable, options.rules.hype, options.rule);
  const moments: number[] = [];
  for (let at = Math.ceil(start / everyMs) * everyMs; at <= end; at += everyMs) moments.push(at);

  const generations: Generation[] = [];
  const trainings: ModelTraining[] = [];
  for (const [done, at] of moments.entries()) {
    const feedback = await trained('feedback', 'feedback', at);
    const pooled = await trained('pooled', 'token', at);
    generations.push({
      at,
      feedback: asked(feedback),
      pooled: { ...asked(pooled), ...(pooled.file && { made: { file: pooled.file, trained: pooled } }) },
      tokens: new Map(),
    });
    trainings.push(trainingOf('feedback', at, feedback.card), trainingOf('pooled', at, pooled.card));
    onTrained(done + 1, moments.length);
  }

  function trained(scope: 'feedback' | 'pooled', kind: LabelKind, at: number): Promise<TrainedScope> {
    const { engine, rule } = options;
    return trainScope({
      engine,
      set: setOf(knownBy(history, kind, at, options.maxRows)),
      head: { scope, exchange: 'backtest', features: FEATURE_SET.hash, trainedAt: at },
      version: new Date(at).toISOString(),
      moves: movesOf(kind, rule),
      options: { ...DEFAULT_TRAIN, judge: { ...DEFAULT_TRAIN.judge, costs: costsOf(options) } },
    });
  }

  /** The newest that there was, unless it is too old. */
  function newest(
    asOf: number,
    pick: (generation: Generation) => AskableOrNot,
  ): { found: AskableOrNot; of: Generation | null } {
    const of = generations.findLast((each) => each.at <= asOf && pick(each).state === 'there') ?? null;
    if (of === null) return { found: { state: 'missing', detail: 'not_trained' }, of };
    const { maxAgeDays } = options;
    const head = { trainedAt: of.at, features: FEATURE_SET.hash };
    const fault = modelFault(head, { asOf, maxAgeDays, features: FEATURE_SET.hash });
    return fault === null ? { found: pick(of), of } : { found: { state: 'stale', detail: fault }, of: null };
  }

  const numbers = new Map(markets.map(({ market }, number) => [market.id, number]));
  function ownModel({ market, asOf }: GateRequest): AskableOrNot {
    const { found, of } = newest(asOf, ({ pooled }) => pooled);
    const made = of?.pooled.made;
    if (of === null || made === undefined) {
      return found.state === 'there' ? found : { ...found, detail: `no pooled model: ${found.detail}` };
    }
    const known = of.tokens.get(market);
    if (known !== undefined) return known;
    const own = tokenModel(history, of.at, market, numbers.get(market)!, made, options);
    of.tokens.set(market, own);
    return own;
  }

  const gate: BacktestGate = (request) => {
    const { rules } = options;
    const { found } = newest(request.asOf, ({ feedback }) => feedback);
    const answers: ModelAnswer[] = [answerOf('feedback', found, request, options)];
    if (letsThrough(answers[0]!, request.mode, rules.gate)) {
      answers.push(answerOf('token', ownModel(request), request, options));
    }
    return gateVerdict({ ...request, minConfidence: leastConfidence(request, options) }, answers, rules.gate);
  };
  return { gate, trainings };
}

const costsOf = ({ takerFee, slippage }: WalkForwardOptions): TradeCosts => ({ takerFee, slippage });

function tokenModel(
  history: History,
  at: number,
  market: ExchangeSymbol,
  number: number,
  { file, trained }: { readonly file: ModelFile; readonly trained: TrainedScope },
  options: WalkForwardOptions,
): AskableOrNot {
  if (trained.prior === null) return { state: 'missing', detail: 'no_prior' };
  const own = trainTokenModel({
    rows: ofMarket(knownBy(history, 'token', at, Number.POSITIVE_INFINITY), number),
    prior: trained.prior,
    head: { scope: market, exchange: 'backtest', features: FEATURE_SET.hash, trainedAt: at },
    version: new Date(at).toISOString(),
    moves: movesOf('token', options.rule),
    options: { ...DEFAULT_TOKEN, judge: { ...DEFAULT_TOKEN.judge, costs: costsOf(options) } },
  });
  return orMissing(askableToken(own.file, file));
}

const orMissing = (model: Askable | null): AskableOrNot =>
  model === null ? { state: 'missing', detail: 'no_reading' } : { state: 'there', model };

const asked = ({ file, card }: TrainedScope): AskableOrNot =>
  file === null
    ? { state: 'missing', detail: card.state === 'not_trained' ? card.fault : 'not_trained' }
    : orMissing(askableModel(file));

const trainingOf = (scope: ModelTraining['scope'], at: number, card: Card): ModelTraining => ({
  scope,
  at,
  rows: card.state === 'judged' ? card.trainRows : card.rows,
  auc: card.state === 'judged' ? card.auc.value : null,
  proven: isProven(card),
  fault: card.state === 'not_trained' ? card.fault : null,
});
