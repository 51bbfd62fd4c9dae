import { HOUR_MS, type HypeCriteria } from '@mexc-bot/core';
import {
  createHypeFinder,
  joinRows,
  LABEL_HORIZON_MS,
  type LabelKind,
  type LabelledRows,
  type LabelRule,
  labelRows,
  momentsOf,
  pickRows,
  rankContext,
} from '@mexc-bot/models';
import type { PreparedData } from '../data.ts';

/** How often a row of a token is made at most, as the trainer does. */
const TOKEN_EVERY_MS = HOUR_MS / 2;

/** What could be learnt at any moment of a run: made once, cut off at each training. */
export interface History {
  /** what the hype rule would have picked, labelled as candidates are; in time order */
  readonly feedback: LabelledRows;
  /** all tokens at all times, labelled by target and stop; in time order */
  readonly pooled: LabelledRows;
  /** between two rows of a token, ms */
  readonly everyMs: number;
}

/** @param tradable numbers of the markets that are learnt from */
export function historyOf(
  { markets, stepMs }: PreparedData,
  tradable: readonly number[],
  hype: HypeCriteria,
  rule: LabelRule,
): History {
  const finder = createHypeFinder(hype);
  for (const number of tradable) finder.add(markets[number]!.market.id, markets[number]!.candles, stepMs);
  const moments = finder.moments();
  const everyMs = Math.max(TOKEN_EVERY_MS, stepMs);
  const base = { candleMs: stepMs, rule };
  const feedback = tradable.flatMap((number) => {
    const { market, candles } = markets[number]!;
    const own = moments.get(market.id);
    if (own === undefined) return [];
    const at = Int32Array.from(own, ({ index }) => index);
    const context = rankContext(own, candles.close.length);
    return labelRows({ ...base, candles, at, context, kind: 'feedback', market: number });
  });
  const pooled = tradable.map((number) => {
    const { candles } = markets[number]!;
    const at = momentsOf(candles, stepMs, everyMs);
    const { minQuoteVolume } = hype;
    return labelRows({ ...base, candles, at, kind: 'token', market: number, minQuoteVolume });
  });
  return { feedback: joinRows(feedback), pooled: joinRows(pooled), everyMs };
}

/**
 * The rows that somebody could have learnt from at a moment: their labels were known. Above `maxRows` they are thinned evenly in time.
 */
export function knownBy(history: History, kind: LabelKind, asOf: number, maxRows: number): LabelledRows {
  const rows = kind === 'feedback' ? history.feedback : history.pooled;
  const { times } = rows.outcomes;
  let end = times.length;
  while (end > 0 && times[end - 1]! + LABEL_HORIZON_MS > asOf) end -= 1;
  const everyMs = history.everyMs * Math.max(1, Math.ceil(end / maxRows));
  const all = Array.from({ length: end }, (_, row) => row);
  const isThin = kind === 'feedback' || everyMs === history.everyMs;
  return pickRows(rows, isThin ? all : all.filter((row) => times[row]! % everyMs < history.everyMs));
}

/** The rows of one market among them. */
export function ofMarket(rows: LabelledRows, number: number): LabelledRows {
  const { markets } = rows.outcomes;
  const own = Array.from(markets.keys()).filter((row) => markets[row] === number);
  return pickRows(rows, own);
}
