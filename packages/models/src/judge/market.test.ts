import { type CandleColumns, MINUTE_MS } from '@mexc-bot/core';
import { describe, expect, it } from 'vitest';
import { walk } from '../../test/candles.ts';
import { tinyEngine } from '../../test/tiny-engine.ts';
import { featureColumns } from '../features/feature-columns.ts';
import { FEATURE_CANDLES, FEATURE_SET } from '../features/feature-set.ts';
import { LABEL_HORIZON_MS, labelAt } from '../labels/label.ts';
import { createRandom } from '../random.ts';
import { DEFAULT_TRAIN, trainAndJudge } from './train.ts';
import { type TrainingSet, trainingSetOf } from './training-set.ts';

const CANDLE_MS = 5 * MINUTE_MS;
const rule = { horizonMs: LABEL_HORIZON_MS, target: 0.03, stop: 0.025 };

interface Row {
  readonly time: number;
  readonly market: number;
  readonly features: Float64Array;
  readonly gain: number;
}

/** Rows of markets, every half hour, from candles to labels as the suite makes them. */
function setOf(markets: readonly CandleColumns[]): TrainingSet {
  const rows = markets.flatMap((candles, market) => {
    const columns = featureColumns(candles);
    const found: Row[] = [];
    for (let i = FEATURE_CANDLES; i < candles.close.length; i += 6) {
      const time = candles.openTime[i]! + CANDLE_MS;
      const label = labelAt(candles, time, candles.close[i]!, rule);
      if (label.state !== 'labelled') continue;
      const features = Float64Array.from(columns, (column) => column[i]!);
      found.push({ time, market, features, gain: label.return });
    }
    return found;
  });
  rows.sort((a, b) => a.time - b.time || a.market - b.market);
  const stored = { width: FEATURE_SET.names.length, count: rows.length };
  const x = Float32Array.from(rows.flatMap(({ features }) => Array.from(features)));
  const outcomes = {
    labels: Uint8Array.from(rows, ({ gain }) => Number(gain >= 0.05)),
    moves: Int8Array.from(rows, ({ gain }) => (gain >= 0.05 ? 1 : gain <= -0.05 ? -1 : 0)),
    returns: Float64Array.from(rows, ({ gain }) => gain),
    times: Float64Array.from(rows, ({ time }) => time),
    markets: Int32Array.from(rows, ({ market }) => market),
  };
  return trainingSetOf({ ...stored, x }, outcomes, ['volatility', 'volume', 'return']);
}

/** After an hour of eight times the volume, prices rise for hours: what a model is to find. */
function withEdge(candles: CandleColumns, seed: number): CandleColumns {
  const random = createRandom(seed);
  const factor = new Float64Array(candles.close.length).fill(1);
  const volume = candles.volume.slice();
  let from = FEATURE_CANDLES;
  while (from < factor.length) {
    for (let i = from; i < Math.min(from + 12, factor.length); i++) volume[i] = (volume[i]! + 500) * 8;
    for (let i = from + 12; i < Math.min(from + 84, factor.length); i++) factor[i] = 1.0012;
    from += 200 + Math.floor(300 * random());
  }
  for (let i = 1; i < factor.length; i++) factor[i] = factor[i]! * factor[i - 1]!;
  // a calm market, so that the edge and not chance makes most of its moves
  const lifted = (column: Float64Array) => column.map((price, i) => price ** 0.3 * factor[i]!);
  const { open, high, low, close } = candles;
  return { ...candles, volume, open: lifted(open), high: lifted(high), low: lifted(low), close: lifted(close) };
}

const head = { scope: 'feedback', exchange: 'synthetic', features: FEATURE_SET.hash, trainedAt: 0 };
const options = { ...DEFAULT_TRAIN, judge: { ...DEFAULT_TRAIN.judge, replicates: 100 } };

async function isProven(seed: number, count: number, change: (candles: CandleColumns, seed: number) => CandleColumns) {
  const markets = Array.from({ length: count }, (_, i) => change(walk(5000, seed * 10 + i), seed * 10 + i));
  const { card } = await trainAndJudge(tinyEngine, setOf(markets), head, options);
  if (card.state !== 'judged') throw new Error(`not trained: ${card.fault}`);
  return card.proven;
}

describe('from candles to a card', () => {
  it('an edge planted in the market is found and proven', async () => {
    expect(await isProven(1, 6, withEdge)).toBe(true);
  });

  it('of twenty random-walk markets at most one is called proven', async () => {
    let proven = 0;
    for (let seed = 1; seed <= 20; seed++) proven += Number(await isProven(seed, 3, (candles) => candles));
    expect(proven).toBeLessThanOrEqual(1);
  });
});
