import { type ExchangeSymbol, HOUR_MS, type HypeCriteria } from '@mexc-bot/core';
import {
  createHypeFinder,
  FEATURE_SET,
  FEEDBACK_MOVE,
  joinRows,
  type LabelledRows,
  type LabelRule,
  momentsOf,
  tradedMoments,
} from '@mexc-bot/models';
import type { Candidate, Store } from '@mexc-bot/store';
import type { CandleSource } from './candle-source.ts';
import { inParallel, type Pool } from './pool.ts';

/** What the making of a set has to say beside the set. */
export interface SetRun {
  readonly pool: Pool;
  /** a market that cannot be used; the others go on */
  failed(market: ExchangeSymbol, error: unknown): void;
  progress(done: number, total: number): void;
  readonly signal?: AbortSignal;
}

const PAGE = 2_000;

/** Rows of candidates. */
export interface CandidateRows extends LabelledRows {
  /** when each label was given, market ms UTC, in no order */
  readonly labelledAt: readonly number[];
}

/**
 * Candidates of the store that have a label and the features that models of today read: at most one an hour and token, the first, as
 * several in a row tell the same. Of a page of them no more is kept than their rows: there are months of candidates.
 */
export function candidateRows(store: Pick<Store, 'candidates'>): CandidateRows {
  const numbers = new Map<ExchangeSymbol, number>();
  const seen = new Set<string>();
  const parts: LabelledRows[] = [];
  const labelledAt: number[] = [];
  for (let after = 0; ; ) {
    const page = store.candidates.page({ after, limit: PAGE, state: 'labelled' });
    if (page.length === 0) break;
    after = page.at(-1)!.id;
    const picked = page.filter(({ market, at, features, featureSet }) => {
      const hour = `${market} ${Math.floor(at / HOUR_MS)}`;
      if (featureSet !== FEATURE_SET.hash || features?.length !== FEATURE_SET.names.length || seen.has(hour))
        return false;
      seen.add(hour);
      if (!numbers.has(market)) numbers.set(market, numbers.size);
      return true;
    });
    parts.push(rowsOfPage(picked, numbers));
    for (const { label } of picked) if (label.state === 'labelled') labelledAt.push(label.at);
  }
  return { ...joinRows(parts), labelledAt };
}

function rowsOfPage(picked: readonly Candidate[], numbers: ReadonlyMap<ExchangeSymbol, number>): LabelledRows {
  const width = FEATURE_SET.names.length;
  const x = new Float32Array(picked.length * width);
  for (const [row, { features }] of picked.entries()) x.set(features!, row * width);
  const returns = picked.map(({ label }) => (label.state === 'labelled' ? label.closeReturn : Number.NaN));
  return {
    stored: { x, width, count: picked.length },
    outcomes: {
      labels: Uint8Array.from(picked, ({ label }) => (label.state === 'labelled' ? label.label : 0)),
      moves: Int8Array.from(returns, (value) => (value >= FEEDBACK_MOVE ? 1 : value <= -FEEDBACK_MOVE ? -1 : 0)),
      returns: Float64Array.from(returns),
      times: Float64Array.from(picked, ({ at }) => at),
      markets: Int32Array.from(picked, ({ market }) => numbers.get(market)!),
    },
  };
}

/**
 * What the scanner would have looked at in stored candles, labelled as its candidates are. The candles are read twice, a market
 * at a time: the rank needs all markets of a moment, and all at once would not fit into memory.
 */
export async function bootstrapRows(
  source: CandleSource,
  criteria: HypeCriteria,
  rule: LabelRule,
  run: SetRun,
  since?: number,
): Promise<LabelledRows> {
  const finder = createHypeFinder(criteria);
  const total = 2 * source.markets.length;
  let done = 0;
  const usable: ExchangeSymbol[] = [];
  for (const market of source.markets) {
    if (run.signal?.aborted === true) break;
    try {
      finder.add(market, source.read(market), source.candleMs);
      usable.push(market);
    } catch (error) {
      run.failed(market, error);
    }
    run.progress(++done, total);
    await new Promise((resolve) => setImmediate(resolve)); // a signal is heard between two markets
  }
  const moments = finder.moments();
  const parts: LabelledRows[] = [];
  done = total - usable.length;
  await inParallel(
    usable,
    run.pool.threads + 1,
    async (market) => {
      const own = moments.get(market);
      if (own !== undefined) {
        const { candleMs } = source;
        const number = source.markets.indexOf(market);
        const job = { candles: source.read(market), candleMs, kind: 'feedback' as const, rule, market: number };
        parts.push(
          await run.pool.rows({ ...job, moments: own, everyMs: HOUR_MS, ...(since !== undefined && { since }) }),
        );
      }
      run.progress(++done, total);
    },
    run.failed,
    run.signal,
  );
  return joinRows(parts);
}

/** How often a row of a token is made: more often, and they tell the same. */
export const TOKEN_EVERY_MS = HOUR_MS / 2;

export interface TokenRowRules {
  readonly rule: LabelRule;
  readonly maxRows: number;
  /** quote traded in 24 h: below it the scanner would not buy */
  readonly minQuoteVolume: number;
}

/** Rows of all tokens at all times, labelled by which of target and stop comes first; thinned evenly in time to `maxRows`. */
export async function tokenRows(
  source: CandleSource,
  { rule, maxRows, minQuoteVolume }: TokenRowRules,
  run: SetRun,
  since?: number,
): Promise<LabelledRows> {
  const { candleMs, markets } = source;
  const finest = Math.max(TOKEN_EVERY_MS, candleMs);
  let moments = 0;
  const usable: ExchangeSymbol[] = [];
  for (const market of markets) {
    try {
      const candles = source.read(market);
      const all = momentsOf(candles, candleMs, finest);
      // moments that make no row would only thin out those that do
      const found = tradedMoments({ candles, candleMs, at: all, minQuoteVolume });
      moments += since === undefined ? found.length : found.filter((at) => candles.openTime[at]! >= since).length;
      usable.push(market);
    } catch (error) {
      run.failed(market, error);
    }
  }
  const everyMs = finest * Math.max(1, Math.ceil(moments / maxRows));
  const parts: LabelledRows[] = [];
  let done = 0;
  await inParallel(
    usable,
    run.pool.threads + 1,
    async (market) => {
      const number = markets.indexOf(market);
      const job = {
        candles: source.read(market),
        candleMs,
        kind: 'token' as const,
        rule,
        market: number,
        minQuoteVolume,
      };
      parts.push(await run.pool.rows({ ...job, moments: null, everyMs, ...(since !== undefined && { since }) }));
      run.progress(++done, usable.length);
    },
    run.failed,
    run.signal,
  );
  return joinRows(parts);
}
