import { DAY_MS, type ExchangeSymbol, type HypeCriteria, TIMEFRAME_MS } from '@mexc-bot/core';
import {
  type Card,
  createModelFiles,
  createPriorFiles,
  type EngineName,
  FEATURE_SET,
  isProven,
  type LabelKind,
  type LabelledRows,
  type LabelRule,
  LEAST_EVIDENCE,
  type ModelFile,
  modelFault,
  type Prior,
  registryEntry,
  storedCardOf,
  type TradeCosts,
} from '@mexc-bot/models';
import type { Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import type { CandleSource } from './candle-source.ts';
import { type ContestResult, createContest } from './contest.ts';
import { bootstrapRows, candidateRows, TOKEN_EVERY_MS, tokenRows } from './data-sets.ts';
import { inParallel, type Pool } from './pool.ts';
import { problemText } from './problems.ts';

export interface TrainingDeps {
  readonly store: Pick<Store, 'models' | 'alerts' | 'candidates' | 'candles' | 'trainingRequests'>;
  readonly source: CandleSource;
  readonly pool: Pool;
  readonly folder: string;
  readonly engine: EngineName;
  readonly criteria: HypeCriteria;
  /** triple barrier of a token's label */
  readonly rule: LabelRule;
  readonly costs: TradeCosts;
  readonly maxAgeDays: number;
  readonly maxRows: number;
  /** market ms UTC */
  readonly now: number;
  readonly wallNow: number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  progress(done: number, total: number, what: string): void;
  readonly signal?: AbortSignal;
}

/** What a run did. */
export interface TrainingRun {
  readonly results: ContestResult[];
  readonly tokens: { trained: number; priorAlone: number; proven: number; upToDate: number; failed: number };
  requests: number;
  /** why there are no tokens' models, and whatever else could not be done */
  readonly problems: string[];
}

const FRESH_FOR_MS = DAY_MS;
/** New labels that make another feedback model worth a try. */
const NEW_LABELS = 50;

/** One run of the trainer; each part is complete in itself, so that a run that is ended goes on where it was. */
export function createTraining(deps: TrainingDeps) {
  const { store, source, pool, folder, now, log } = deps;
  const { minQuoteVolume } = deps.criteria;
  const contest = createContest(deps);
  const files = createModelFiles(folder);
  const priors = createPriorFiles(folder);
  const run: TrainingRun = {
    results: [],
    tokens: { trained: 0, priorAlone: 0, proven: 0, upToDate: 0, failed: 0 },
    requests: 0,
    problems: [],
  };
  const setRun = (what: string) => ({
    pool,
    failed: (market: ExchangeSymbol, error: unknown): void => problem(market, error),
    progress: (done: number, total: number) => deps.progress(done, total, what),
    ...(deps.signal && { signal: deps.signal }),
  });
  const stopped = (): boolean => deps.signal?.aborted === true;

  function problem(what: string, error: unknown): void {
    run.problems.push(problemText(what, error));
    log.warn(`${what} could not be learnt from`, { error });
  }

  /** Several runs at one market time are several models. */
  const versionOf = (scope: string): string => {
    const taken = new Set(store.models.list({ scope }).map(({ version }) => version));
    const time = new Date(now).toISOString();
    for (let attempt = 1; ; attempt++) {
      const version = attempt === 1 ? time : `${time} ${attempt}`;
      if (!taken.has(version)) return version;
    }
  };

  async function trainScope(scope: 'feedback' | 'pooled', kind: LabelKind, rows: LabelledRows): Promise<void> {
    const version = versionOf(scope);
    const head = { scope, exchange: source.exchange, features: FEATURE_SET.hash, trainedAt: now };
    const { engine, rule, costs } = deps;
    const trained = await pool.scope({ engine, kind, rows, head, version, rule, costs });
    run.results.push(await contest.challenge(trained, rows, version));
  }

  const isFresh = (scope: string): boolean => {
    const latest = store.models.latest(scope);
    return (
      latest !== undefined &&
      latest.engine === deps.engine &&
      latest.featureSet === FEATURE_SET.hash &&
      now - latest.trainedAt < FRESH_FOR_MS
    );
  };

  /** The model of a scope, if a gate could ask it as it is on disk. */
  async function usable(scope: string): Promise<ModelFile | null> {
    const read = await files.read(scope, FEATURE_SET.hash);
    const stored = read.ok ? storedCardOf(read.value.card) : null;
    const terms = { asOf: now, maxAgeDays: deps.maxAgeDays, features: FEATURE_SET.hash };
    return read.ok && stored !== null && modelFault(stored.card, terms) === null ? read.value : null;
  }

  async function pooledPrior(): Promise<Prior | null> {
    const pooled = await usable('pooled');
    if (pooled === null) return null;
    const prior = await priors.read(pooled.version);
    return prior.ok ? prior.value : null;
  }

  /** What corrects another pooled model is not asked, however new it is: that one may have been rolled back. */
  async function isUpToDate(market: ExchangeSymbol, { version }: Prior): Promise<boolean> {
    const { trainedAt } = store.models.champion(market) ?? {};
    if (trainedAt === undefined || now - trainedAt >= FRESH_FOR_MS) return false;
    const read = await files.read(market, FEATURE_SET.hash);
    return read.ok && read.value.content.kind === 'correction' && read.value.content.params.prior === version;
  }

  async function priorOrProblem(): Promise<Prior | null> {
    const prior = await pooledPrior();
    const why = store.models.latest('pooled')?.reason ?? 'not_trained';
    const line = `no models of tokens: there is no pooled model (${why})`;
    if (prior === null && !run.problems.includes(line)) run.problems.push(line);
    return prior;
  }

  const parts = {
    /** From what the scanner saw; where that is too little, from what it would have seen in the stored candles. */
    async feedback(options: { readonly force?: boolean; readonly bootstrap?: boolean } = {}): Promise<void> {
      const seen = candidateRows(store);
      const latest = store.models.latest('feedback');
      const trainedAt = latest?.trainedAt ?? Number.NEGATIVE_INFINITY;
      // by when it was labelled: after a standstill of the labeler that is long after its six hours
      const fresh = seen.labelledAt.filter((at) => at > trainedAt).length;
      const reviewed = await contest.review('feedback', seen);
      if (reviewed !== null) log.info('feedback reviewed', reviewed);
      // what came to nothing would come to nothing again, until there is something new to learn from
      const cameToNothing = latest !== undefined && latest.id !== store.models.champion('feedback')?.id;
      const wasTried = cameToNothing && isFresh('feedback') && fresh === 0;
      const due = (await usable('feedback')) === null ? !wasTried : fresh >= NEW_LABELS;
      if (options.force !== true && !due) return;
      const enough = seen.stored.count >= LEAST_EVIDENCE.rows && positives(seen) >= LEAST_EVIDENCE.ofEachClass;
      const useSeen = enough && options.bootstrap !== true;
      const made = useSeen ? seen : await bootstrapRows(source, deps.criteria, deps.rule, setRun('candles'));
      // where the candles tell less than what was seen, that is still the most there is
      const rows = made.stored.count >= seen.stored.count || options.bootstrap === true ? made : seen;
      if (!stopped()) await trainScope('feedback', 'feedback', rows);
    },

    /** The prior that tokens correct. */
    async pooled(options: { readonly force?: boolean } = {}): Promise<void> {
      const isThere = (await pooledPrior()) !== null;
      // what came to nothing is tried again as soon as there are new rows: without it tokens have no models
      const triedAt = store.models.latest('pooled')?.trainedAt ?? Number.NEGATIVE_INFINITY;
      const wasTried = store.models.champion('pooled') === undefined && now - triedAt < TOKEN_EVERY_MS;
      if (options.force !== true && isFresh('pooled') && (isThere || wasTried)) return;
      const rows = await tokenRows(
        source,
        { rule: deps.rule, maxRows: deps.maxRows, minQuoteVolume },
        setRun('markets'),
      );
      if (stopped()) return;
      const reviewed = await contest.review('pooled', rows);
      if (reviewed !== null) log.info('pooled reviewed', reviewed);
      await trainScope('pooled', 'token', rows);
    },

    /** @returns by market, what came of it; those that are up to date are left alone unless forced */
    async tokens(
      markets: readonly ExchangeSymbol[],
      options: { readonly force?: boolean } = {},
    ): Promise<Map<string, Card | Error>> {
      const outcomes = new Map<string, Card | Error>();
      const prior = await priorOrProblem();
      if (prior === null) return outcomes;
      const due: ExchangeSymbol[] = [];
      for (const market of markets) {
        if (options.force !== true && (await isUpToDate(market, prior))) run.tokens.upToDate += 1;
        else due.push(market);
      }
      let done = 0;
      await inParallel(
        due,
        pool.threads + 1,
        async (market) => {
          const card = await trainToken(market, prior);
          outcomes.set(market, card);
          deps.progress(++done, due.length, 'tokens');
        },
        (market, error) => {
          run.tokens.failed += 1;
          outcomes.set(market, error instanceof Error ? error : new Error(String(error)));
          problem(market, error);
        },
        deps.signal,
      );
      return outcomes;
    },

    /** Works off what the labeler and the owner asked for. */
    async requests(): Promise<void> {
      store.trainingRequests.requeue(now);
      // without a pooled model there is nothing to correct: they wait for it
      if (store.trainingRequests.list('pending').length === 0 || (await priorOrProblem()) === null) return;
      for (
        let request = store.trainingRequests.next(now);
        request && !stopped();
        request = store.trainingRequests.next(now)
      ) {
        const outcome = (await parts.tokens([request.market], { force: true })).get(request.market);
        const failed = outcome === undefined || outcome instanceof Error;
        const detail = failed
          ? (outcome?.message ?? 'ended early')
          : outcome.state === 'judged'
            ? 'judged'
            : outcome.fault;
        store.trainingRequests.finish(request.id, failed ? 'failed' : 'done', now, detail);
        run.requests += 1;
      }
    },
  };
  return { ...parts, run };

  async function trainToken(market: ExchangeSymbol, prior: Prior): Promise<Card> {
    const candles = source.read(market);
    const { candleMs } = source;
    const head = { scope: market, exchange: source.exchange, features: FEATURE_SET.hash, trainedAt: now };
    const version = versionOf(market);
    const everyMs = Math.max(TOKEN_EVERY_MS, candleMs ?? TIMEFRAME_MS['5m']);
    const { rule, costs } = deps;
    const card = await pool.token({
      candles,
      candleMs,
      rule,
      folder,
      market,
      everyMs,
      minQuoteVolume,
      prior,
      head,
      version,
      costs,
    });
    const alone = card.state === 'not_trained';
    store.models.crown(registryEntry(card, version, market), alone ? `prior_alone_${card.fault}` : 'trained', now);
    run.tokens.trained += alone ? 0 : 1;
    run.tokens.priorAlone += alone ? 1 : 0;
    run.tokens.proven += isProven(card) ? 1 : 0;
    return card;
  }
}

const positives = ({ outcomes }: LabelledRows): number => outcomes.labels.reduce((sum, label) => sum + label, 0);
