import {
  CANDLE_CLOSED_FOR_MS,
  type CandleColumns,
  type Clock,
  DAY_MS,
  type ExchangeSymbol,
  type ExitTable,
  exitRow,
  lookedUntil,
  planCandles,
  TIMEFRAME_MS,
  type TimeRange,
  toColumns,
} from '@mexc-bot/core';
import { type MarketData, QueryFailed } from '@mexc-bot/exchange';
import { LABEL_HORIZON_MS, type LabelRule, labelAt } from '@mexc-bot/models';
import type { Logger } from '@mexc-bot/runtime';
import type { Candidate, CandidateLabel, Store } from '@mexc-bot/store';

export interface LabelDueDeps {
  readonly marketData: Pick<MarketData, 'candles'>;
  readonly store: Pick<Store, 'candidates' | 'candles' | 'trainingRequests' | 'write'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Logger, 'warn' | 'debug'>;
  readonly rule: LabelRule;
}

/** What became of the candidates that were due; `label`: those of the labelled that rose. */
export interface LabelRound {
  readonly labelled: number;
  readonly risen: number;
  readonly vanished: number;
  readonly gaps: number;
  /** their candles are not there yet, or the exchange did not answer: the next round asks again */
  readonly waiting: number;
  readonly requests: number;
}

const STEP_MS = TIMEFRAME_MS['5m'];
const AT_ONCE = 200;
/** So many markets without an answer, one after the other: the exchange is not there. */
const UNANSWERED_IN_A_ROW = 5;
/** Failures that say nothing of the market that was asked for. */
const NOBODY_ANSWERS: ReadonlySet<QueryFailed['kind']> = new Set(['network', 'rate_limited', 'clock', 'key']);
/** A hole that nobody filled by then will not be filled: the collector has asked for it again meanwhile. */
const GIVE_UP_AFTER_MS = DAY_MS;

/** The barriers of a token's label: where `simple` would first take profit, and its stop. */
export function labelRule(exits: ExitTable): LabelRule {
  const { takeProfits, stopLoss } = exitRow(exits, 'simple', 0);
  return { horizonMs: LABEL_HORIZON_MS, target: takeProfits[0]! - 1, stop: stopLoss };
}

/**
 * Labels every candidate whose horizon is over, market by market, from stored candles; what those lack is fetched and stored. A label
 * and the training it asks for are written together, so that a kill between them loses neither.
 *
 * @throws {StoreError} the disk is full
 */
export function createLabelDue(deps: LabelDueDeps): (signal?: AbortSignal) => Promise<LabelRound> {
  const { store, clock, log, marketData, rule } = deps;

  return async (signal) => {
    const round = { labelled: 0, risen: 0, vanished: 0, gaps: 0, waiting: 0, requests: 0 };
    const seen = new Set<number>();
    let unanswered = 0;
    for (;;) {
      // those that go on waiting are due still: they come again, and are not looked at twice
      const due = store.candidates.due(clock.now(), AT_ONCE + seen.size).filter(({ id }) => !seen.has(id));
      if (due.length === 0 || signal?.aborted) return round;
      for (const candidate of due) seen.add(candidate.id);
      for (const [market, candidates] of byMarket(due)) {
        if (signal?.aborted) return round;
        const isThere = await labelMarket(market, candidates, round);
        unanswered = isThere ? 0 : unanswered + 1;
        if (unanswered >= UNANSWERED_IN_A_ROW) return round;
      }
    }
  };

  /** @returns false where the exchange did not answer */
  async function labelMarket(
    market: ExchangeSymbol,
    candidates: readonly Candidate[],
    round: { -readonly [key in keyof LabelRound]: number },
  ): Promise<boolean> {
    let isThere = true;
    // candidates of one market may lie weeks apart: each span of touching horizons is one piece of candles
    for (const group of spansOf(candidates)) {
      const first = group[0]!.at;
      const last = group.at(-1)!.at;
      const range = { from: onGrid(first), until: onGrid(last + rule.horizonMs) + STEP_MS };
      const answer = await topUp(market, range, round);
      isThere &&= answer !== 'none';
      const known = store.candles.known(market, '5m').checked;
      // a candle beyond the horizon tells a hole from the end of the market
      const candles = store.candles.between(market, '5m', { from: range.from, until: clock.now() }, clock.now());
      for (const candidate of group) {
        const label = answer === 'none' ? null : judge(candidate, candles, answer, known?.until ?? null);
        if (label === null) round.waiting += 1;
        else if (record(candidate, label)) count(round, label);
      }
    }
    return isThere;
  }

  /** @returns null: it cannot be said yet */
  function judge(
    { at, price }: Candidate,
    candles: CandleColumns,
    answer: 'candles' | 'unusable',
    knownUntil: number | null,
  ): Exclude<CandidateLabel, { state: 'pending' }> | null {
    const now = clock.now();
    const patience = now - at > rule.horizonMs + GIVE_UP_AFTER_MS;
    // what could not be read may be readable in a later round
    if (answer === 'unusable' && !patience) return null;
    const label = labelAt(candles, at, price, rule, {
      candleMs: STEP_MS,
      ...((knownUntil !== null || patience) && { knownUntil: patience ? now : knownUntil! }),
    });
    switch (label.state) {
      case 'not_yet':
        return null;
      case 'vanished':
      case 'gap':
        return patience ? { state: label.state, at: now } : null;
      case 'labelled':
        return {
          state: 'labelled',
          at: now,
          label: label.up ? 1 : 0,
          closeReturn: label.return,
          bestReturn: label.best,
          worstReturn: label.worst,
          barrier: label.barrier,
        };
    }
  }

  function record({ id, market }: Candidate, label: Exclude<CandidateLabel, { state: 'pending' }>): boolean {
    return store.write(() => {
      if (!store.candidates.label(id, label)) return false;
      if (label.state === 'labelled' && label.label === 1)
        store.trainingRequests.add(market, 'rose_after_scan', label.at);
      return true;
    });
  }

  /** @returns `unusable`: it answers, but with nothing that could be read as this market's candles; `none`: it does not answer */
  async function topUp(
    market: ExchangeSymbol,
    wanted: TimeRange,
    round: { requests: number },
  ): Promise<'candles' | 'unusable' | 'none'> {
    const closed = { from: wanted.from, until: Math.min(wanted.until, onGrid(clock.now() - CANDLE_CLOSED_FOR_MS)) };
    const { tail, gaps, head } = planCandles(store.candles.known(market, '5m'), closed, STEP_MS);
    try {
      for (const page of [...tail, ...gaps, ...head]) {
        round.requests += 1;
        const found = await marketData.candles(market, '5m', page);
        // the last candle may only be late: no label may be read off the one before it
        const until = lookedUntil(page, found.at(-1)?.openTime, STEP_MS, clock.now());
        if (until <= page.from) break;
        store.candles.put(market, '5m', { range: { from: page.from, until }, candles: toColumns(found), looks: 1 });
      }
      return 'candles';
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
      // a market that is gone is no failure: what is stored of it is all there will be
      if (error.kind === 'market') return 'candles';
      log.warn(`no candles of ${market} to label with`, { error });
      return NOBODY_ANSWERS.has(error.kind) ? 'none' : 'unusable';
    }
  }
}

function count(round: { -readonly [key in keyof LabelRound]: number }, label: CandidateLabel): void {
  if (label.state === 'labelled') {
    round.labelled += 1;
    round.risen += label.label;
  } else if (label.state === 'vanished') round.vanished += 1;
  else round.gaps += 1;
}

const onGrid = (time: number): number => Math.floor(time / STEP_MS) * STEP_MS;

function byMarket(candidates: readonly Candidate[]): Map<ExchangeSymbol, Candidate[]> {
  const markets = new Map<ExchangeSymbol, Candidate[]>();
  for (const candidate of candidates) {
    const others = markets.get(candidate.market);
    if (others === undefined) markets.set(candidate.market, [candidate]);
    else others.push(candidate);
  }
  return markets;
}

/** Candidates of one market, oldest first, cut where two are further apart than the horizon reaches. */
function spansOf(candidates: readonly Candidate[]): Candidate[][] {
  const spans: Candidate[][] = [];
  for (const candidate of [...candidates].sort((a, b) => a.at - b.at)) {
    const last = spans.at(-1);
    if (last === undefined || candidate.at - last.at(-1)!.at > LABEL_HORIZON_MS) spans.push([candidate]);
    else last.push(candidate);
  }
  return spans;
}
