import { describe, expect, it } from 'vitest';
import { decodeModel, encodeModel } from '../files/documents.ts';
import { createMlp } from './mlp.ts';
import { auc, madeRows } from './support/made-rows.ts';
import { loadTensorFlow } from './tensorflow/load.ts';

const onCpu = () => loadTensorFlow({ native: noSuch, wasm: noSuch, cpu: cpuOnly });
const noSuch = () => Promise.reject(new Error('not here'));
const cpuOnly = async () => {
  const tf = await import('@tensorflow/tfjs');
  await tf.setBackend('cpu');
  return tf;
};

const SMALL = { hidden: [8, 4], epochs: 4, batch: 64, learningRate: 0.01 };

describe('mlp', () => {
  const { rows, labels } = madeRows({ count: 1500, width: 5, seed: 31, missing: 0.05 });

  it('finds a planted edge, the same one for a seed, another one for another', async () => {
    const engine = createMlp(SMALL);
    const params = await engine.fit(rows, labels, { seed: 1 });
    const scores = engine.predictor(params).predictAll(rows);
    expect(auc(scores, labels)).toBeGreaterThan(0.8);
    expect(await engine.fit(rows, labels, { seed: 1 })).toEqual(params);
    expect(engine.predictor(await engine.fit(rows, labels, { seed: 2 })).predictAll(rows)).not.toEqual(scores);
  });

  it('learns what no line can: the sign of a product', async () => {
    const signs = Uint8Array.from({ length: rows.count }, (_, row) =>
      Number(rows.x[row * 5]! * rows.x[row * 5 + 1]! > 0),
    );
    const engine = createMlp({ hidden: [16], epochs: 30, batch: 64, learningRate: 0.01, networks: 2 });
    const scores = engine.predictor(await engine.fit(rows, signs, { seed: 1 })).predictAll(rows);
    expect(auc(scores, signs)).toBeGreaterThan(0.9);
  });

  it('descends along the slope that TensorFlow.js finds by itself', async () => {
    // one step of one network from the same start: Adam’s first step is the sign of the slope times the rate
    const rules = { hidden: [3], networks: 1, epochs: 1, batch: rows.count, learningRate: 1e-3, weightDecay: 5 };
    const still = await createMlp({ ...rules, learningRate: 0 }).fit(rows, labels, { seed: 4 });
    const moved = await createMlp(rules).fit(rows, labels, { seed: 4 });
    const { tf } = await loadTensorFlow();
    const { scaleRows } = await import('./scaler.ts');
    const x = tf.tensor2d(scaleRows(still.scaler, rows), [rows.count, 5]);
    const y = tf.tensor2d(Float32Array.from(labels), [rows.count, 1]);
    const start = still.networks[0]!.flatMap(({ kernel, bias, inputs, outputs }) => [
      tf.tensor2d(kernel, [inputs, outputs]),
      tf.tensor2d(bias, [1, outputs]),
    ]);
    const slopes = tf.grads((k1, b1, k2, b2) => {
      const hidden = tf.relu(tf.add(tf.matMul(x, k1!), b1!));
      const p = tf.sigmoid(tf.add(tf.matMul(hidden, k2!), b2!));
      const penalty = tf.add(tf.sum(tf.square(k1!)), tf.sum(tf.square(k2!)));
      return tf.add(tf.losses.logLoss(y, p), tf.mul(penalty, 5 / rows.count / 2));
    })(start);
    const after = moved.networks[0]!.flatMap(({ kernel, bias }) => [kernel, bias]);
    slopes.forEach((slope, i) => {
      const before = start[i]!.dataSync();
      slope.dataSync().forEach((value, at) => {
        if (Math.abs(value) > 1e-4) expect(after[i]![at]! - before[at]!).toBeCloseTo(-1e-3 * Math.sign(value), 5);
      });
    });
    tf.dispose([x, y, start, slopes]);
  });

  it('leaves no tensor behind', async () => {
    const { tf } = await loadTensorFlow();
    const engine = createMlp(SMALL);
    await engine.fit(rows, labels, { seed: 1 });
    const before = tf.memory().numTensors;
    await engine.fit(rows, labels, { seed: 2 });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('learns the same on another backend, but for rounding', async () => {
    const few = { ...SMALL, epochs: 1 };
    const onWasm = createMlp(few);
    const plain = createMlp(few, onCpu);
    const wanted = onWasm.predictor(await onWasm.fit(rows, labels, { seed: 1 })).predictAll(rows);
    plain
      .predictor(await plain.fit(rows, labels, { seed: 1 }))
      .predictAll(rows)
      .forEach((score, i) => {
        expect(score).toBeCloseTo(wanted[i]!, 4);
      });
    await loadTensorFlow();
  });

  it.each([[3], [1]])(
    'of %i networks: its files load in plain TensorFlow.js and score the same to 1e-6',
    async (networks) => {
      const engine = createMlp({ ...SMALL, networks });
      const params = await engine.fit(rows, labels, { seed: 3 });
      const documents = encodeModel({
        scope: 'pooled',
        version: '1',
        content: { kind: 'mlp', params },
        features: { hash: 'h', names: ['a', 'b', 'c', 'd', 'e'] },
        reading: null,
        card: null,
      });
      const { tf } = await loadTensorFlow();
      const { modelTopology, weightsManifest, ...rest } = JSON.parse(new TextDecoder().decode(documents['model.json']));
      const weightData = documents['weights.bin'].slice().buffer;
      const model = await tf.loadLayersModel(
        tf.io.fromMemory({ ...rest, modelTopology, weightSpecs: weightsManifest[0].weights, weightData }),
      );
      const { scaleRows } = await import('./scaler.ts');
      const theirs = tf.tidy(() => {
        const scores = model.predict(tf.tensor2d(scaleRows(params.scaler, rows), [rows.count, rows.width]));
        return (Array.isArray(scores) ? scores[0]! : scores).dataSync();
      });
      const read = decodeModel(documents).content;
      if (read.kind !== 'mlp') throw new Error('an mlp was written');
      const ours = engine.predictor(read.params).predictAll(rows);
      let off = 0;
      ours.forEach((score, i) => {
        off = Math.max(off, Math.abs(score - theirs[i]!));
      });
      expect(off).toBeLessThan(1e-6);
      model.dispose();
    },
  );

  it.each([
    ['no row', 0, []],
    ['one row', 1, [1]],
    ['one class', 3, [0, 0, 0]],
    ['two rows', 2, [0, 1]],
  ])('gives a finite score for %s', async (_, count, given) => {
    const few = { x: Float32Array.from({ length: count * 2 }, (_, i) => (i === 1 ? Number.NaN : i)), width: 2, count };
    const engine = createMlp(SMALL);
    const { predict } = engine.predictor(await engine.fit(few, Uint8Array.from(given), { seed: 1 }));
    const score = predict([Number.NaN, 7]);
    expect(score).toBeGreaterThan(0);
    expect(score).toBeLessThan(1);
    if (given.length === 3) expect(score).toBeCloseTo(0.5 / 4, 6);
  });
});
