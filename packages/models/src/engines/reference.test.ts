import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Engine, Rows } from '../engine.ts';
import { createGbdt } from './gbdt.ts';
import { createLogistic } from './logistic.ts';
import { createMlp } from './mlp.ts';
import { auc } from './support/made-rows.ts';

/** Feature rows of hype tokens with what ordinary tools reach on them, where this machine has them. */
const folder = process.env.ML_REFERENCE ?? resolve(import.meta.dirname, '../../../../../shared/ml-reference');
const PREFIX = 'usdm-train-H10';
const WIDTH = 52;
const BLOCKS = 6;
const PURGE_AND_EMBARGO_MS = 12 * 3_600_000;
const LONG = 600_000;

function readRows() {
  const unzip = (name: string) => gunzipSync(readFileSync(resolve(folder, name)));
  const x = new Float32Array(new Uint8Array(unzip(`${PREFIX}.X.f32.gz`)).buffer);
  const [, ...lines] = unzip(`${PREFIX}.rows.csv.gz`).toString().trim().split('\n');
  const cells = lines.map((line) => line.split(','));
  return { x, times: cells.map((row) => Number(row[1])), labels: Uint8Array.from(cells, (row) => Number(row[2])) };
}

/** AUC inside five expanding folds, averaged with weights positives × negatives. */
async function walkForwardAuc(engine: Engine): Promise<number> {
  const { x, times, labels } = readRows();
  const part = (from: number, to: number): Rows => ({
    x: x.subarray(from * WIDTH, to * WIDTH),
    width: WIDTH,
    count: to - from,
  });
  const edge = (block: number) => Math.floor((block * times.length) / BLOCKS);
  let [sum, weights] = [0, 0];
  for (let block = 1; block < BLOCKS; block++) {
    const [from, to] = [edge(block), edge(block + 1)];
    const known = times.findIndex((time) => time >= times[from]! - PURGE_AND_EMBARGO_MS);
    const params = await engine.fit(part(0, known), labels.subarray(0, known), { seed: 1 });
    const truth = labels.subarray(from, to);
    const ones = truth.reduce((count, label) => count + label, 0);
    const weight = ones * (truth.length - ones);
    sum += weight * auc(engine.predictor(params).predictAll(part(from, to)), truth);
    weights += weight;
  }
  return sum / weights;
}

/** The engine, the least it must reach, and what scikit-learn 1.9 reaches with the same settings. */
const CASES = [
  { name: 'logistic', engine: createLogistic() as Engine, least: 0.64, elsewhere: 0.6463 },
  { name: 'gbdt', engine: createGbdt() as Engine, least: 0.61, elsewhere: 0.6162 },
  { name: 'mlp', engine: createMlp() as Engine, least: 0.6, elsewhere: 0.6186 },
];

describe.skipIf(!existsSync(resolve(folder, `${PREFIX}.X.f32.gz`)))('on the reference rows, walk-forward', () => {
  it.each(CASES)('$name reaches $least, and what scikit-learn does', { timeout: LONG }, async (testCase) => {
    const reached = await walkForwardAuc(testCase.engine);
    expect(reached).toBeGreaterThanOrEqual(testCase.least);
    expect(Math.abs(reached - testCase.elsewhere)).toBeLessThan(0.01);
  });
});
