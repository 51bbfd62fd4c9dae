import { type CandleColumns, DAY_MS } from '@mexc-bot/core';
import type { Rows } from '../engine.ts';
import { type ContextColumns, NO_CONTEXT } from '../features/context.ts';
import type { FeatureGroup } from '../features/definition.ts';
import { featureColumns } from '../features/feature-columns.ts';
import { FEATURE_SET, FEATURES, featureIndex } from '../features/feature-set.ts';
import { createSource } from '../features/source.ts';
import { type RowOutcomes, type TrainingSet, trainingSetOf } from '../judge/training-set.ts';
import { FEEDBACK_MOVE, type Label, type LabelRule, labelAt } from '../labels/label.ts';

/** Every feature of some moments, and what became of them; in time order. */
export interface LabelledRows {
  readonly stored: Rows;
  readonly outcomes: RowOutcomes;
}

/** What a label counts as: the feedback model's close 6 h later, or a token's triple barrier. */
export type LabelKind = 'feedback' | 'token';

/** How a label is told to a model. */
export function outcomeOf(kind: LabelKind, label: Label): { label: 0 | 1; move: -1 | 0 | 1; return: number } {
  if (kind === 'feedback') {
    return { label: label.up ? 1 : 0, move: label.up ? 1 : label.down ? -1 : 0, return: label.return };
  }
  const move = label.barrier === 'up' ? 1 : label.barrier === 'down' ? -1 : 0;
  return { label: move === 1 ? 1 : 0, move, return: label.barrierReturn };
}

/** The gain and the loss at which {@link outcomeOf} counts a move. */
export const movesOf = (kind: LabelKind, rule: LabelRule): { target: number; stop: number } =>
  kind === 'feedback' ? { target: FEEDBACK_MOVE, stop: FEEDBACK_MOVE } : { target: rule.target, stop: rule.stop };

export interface RowRequest {
  readonly candles: CandleColumns;
  readonly candleMs: number;
  /** indices of the candles that rows are made of, rising */
  readonly at: Int32Array;
  readonly context?: ContextColumns;
  readonly kind: LabelKind;
  readonly rule: LabelRule;
  /** the market as a number, for {@link RowOutcomes.markets} */
  readonly market: number;
  /** quote traded in the 24 h before a moment, at least: what nobody could have bought teaches nothing; 0 unless given */
  readonly minQuoteVolume?: number;
}

const QUOTE_VOLUME = featureIndex('quote_volume_24h');

/** Candles before a row: a day for the longest windows, and what the averages without an end take to settle. */
const SETTLED_CANDLES = 112;
export const warmCandles = (candleMs: number): number => Math.ceil(DAY_MS / candleMs) + SETTLED_CANDLES;

/** Moments of a series on a grid of time, after its features have warmed up. */
export function momentsOf(candles: CandleColumns, candleMs: number, everyMs: number): Int32Array {
  const found: number[] = [];
  for (let i = warmCandles(candleMs); i < candles.openTime.length; i++) {
    if ((candles.openTime[i]! + candleMs) % everyMs < candleMs) found.push(i);
  }
  return Int32Array.from(found);
}

type Traded = Pick<RowRequest, 'candles' | 'candleMs' | 'at' | 'context' | 'minQuoteVolume'>;

/** Of the moments of a request those at which enough was traded. */
export function tradedMoments({ candles, candleMs, at, context, minQuoteVolume = 0 }: Traded): Int32Array {
  if (minQuoteVolume === 0) return at;
  const volume = FEATURES[QUOTE_VOLUME]!.column(createSource(candles, context ?? NO_CONTEXT, 0, candleMs));
  return at.filter((index) => Math.expm1(volume[index]!) >= minQuoteVolume);
}

/** The rows of one market; moments whose label is not known are left out. */
export function labelRows(request: RowRequest): LabelledRows {
  const { candles, candleMs, context, kind, rule, market } = request;
  const columns = featureColumns(candles, context ?? NO_CONTEXT, { candleMs });
  const width = FEATURE_SET.names.length;
  const known = Array.from(tradedMoments(request)).flatMap((index) => {
    const time = candles.openTime[index]! + candleMs;
    const label = labelAt(candles, time, candles.close[index]!, rule, { candleMs });
    return label.state === 'labelled' ? [{ index, time, ...outcomeOf(kind, label) }] : [];
  });
  const x = new Float32Array(known.length * width);
  for (const [row, { index }] of known.entries()) {
    for (let feature = 0; feature < width; feature++) x[row * width + feature] = columns[feature]![index]!;
  }
  return {
    stored: { x, width, count: known.length },
    outcomes: {
      labels: Uint8Array.from(known, ({ label }) => label),
      moves: Int8Array.from(known, ({ move }) => move),
      returns: Float64Array.from(known, (row) => row.return),
      times: Float64Array.from(known, ({ time }) => time),
      markets: new Int32Array(known.length).fill(market),
    },
  };
}

/** All the rows of several markets, by time and then market. */
export function joinRows(parts: readonly LabelledRows[]): LabelledRows {
  const count = parts.reduce((sum, { stored }) => sum + stored.count, 0);
  const width = parts[0]?.stored.width ?? FEATURE_SET.names.length;
  const places = parts.flatMap(({ outcomes }, part) =>
    Array.from(outcomes.times, (time, row) => ({ time, market: outcomes.markets[row]!, part, row })),
  );
  places.sort((a, b) => a.time - b.time || a.market - b.market);
  const x = new Float32Array(count * width);
  for (const [to, { part, row }] of places.entries()) {
    x.set(parts[part]!.stored.x.subarray(row * width, (row + 1) * width), to * width);
  }
  const outcomes = parts.map((part) => part.outcomes);
  return {
    stored: { x, width, count },
    outcomes: {
      labels: Uint8Array.from(places, ({ part, row }) => outcomes[part]!.labels[row]!),
      moves: Int8Array.from(places, ({ part, row }) => outcomes[part]!.moves[row]!),
      returns: Float64Array.from(places, ({ part, row }) => outcomes[part]!.returns[row]!),
      times: Float64Array.from(places, ({ time }) => time),
      markets: Int32Array.from(places, ({ market }) => market),
    },
  };
}

/** What an engine learns from: the features of some groups. */
export const setOf = ({ stored, outcomes }: LabelledRows, groups?: readonly FeatureGroup[]): TrainingSet =>
  trainingSetOf(stored, outcomes, groups);
