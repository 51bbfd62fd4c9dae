import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { arch, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createGbdt,
  createLogistic,
  createMlp,
  createModelFiles,
  loadTensorFlow,
  predictorFor,
  scaleRows,
} from '@mexc-bot/models';
import { interleave, median, warmUp } from '../indicators/measure.mjs';

const WIDTH = 40;
const SIZES = [5_000, 40_000, 400_000];
/** As scikit-learn was timed: its own defaults but for the number of trees and leaves. */
const LARGE = { trees: 100, maxLeaves: 31, minLeaf: 20, l2: 0, learningRate: 0.1 };
const MANY_ROWS = 1000;
const CPU_REPEATS = 20;
const WARM_UP_MS = 250;

/** Rows with some structure and some holes, always the same. */
function madeRows(count) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const x = Float32Array.from({ length: count * WIDTH }, () => random() + random() + random() - 1.5);
  const labels = Uint8Array.from({ length: count }, (_, row) => {
    const at = row * WIDTH;
    const logit = 2 * x[at] * x[at + 1] + x[at + 2] - 1.5;
    return random() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  });
  for (let i = 3; i < x.length; i += WIDTH) if (random() < 0.05) x[i] = Number.NaN;
  return { rows: { x, width: WIDTH, count }, labels };
}

/** Seconds of wall clock and of this process's processor time, which other processes do not lengthen. */
async function timed(call) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const value = await call();
  const { user, system } = process.cpuUsage(cpu);
  return { value, seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
}

/** The middle of several runs. */
async function timeFit(engine, { rows, labels }, rounds) {
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await timed(() => engine.fit(rows, labels, { seed: 1 })));
  return {
    params: runs[0].value,
    seconds: median(runs.map(({ seconds }) => seconds)),
    cpuSeconds: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

const seconds = ({ seconds, cpuSeconds }) => ({ seconds, cpuSeconds });

/** The model as TensorFlow.js loads it from our own files. */
async function asTensorFlow(tf, params, names) {
  const root = await mkdtemp(join(tmpdir(), 'bench-models-'));
  try {
    await createModelFiles(root).write({
      scope: 'pooled',
      version: 'bench',
      content: { kind: 'mlp', params },
      features: { hash: 'bench', names },
      reading: null,
      card: null,
    });
    const model = JSON.parse(await readFile(join(root, 'pooled', 'model.json'), 'utf8'));
    const weights = await readFile(join(root, 'pooled', 'weights.bin'));
    return await tf.loadLayersModel(
      tf.io.fromMemory({
        format: model.format,
        modelTopology: model.modelTopology,
        weightSpecs: model.weightsManifest[0].weights,
        weightData: new Uint8Array(weights).buffer,
      }),
    );
  } finally {
    await rm(root, { recursive: true });
  }
}

export async function run({ rounds, log }) {
  const result = { node: process.version, cpu: `${cpus()[0]?.model.trim()} (${arch()})`, rounds };
  log(
    `node ${result.node}, ${result.cpu}, ${WIDTH} features, medians of ${rounds} rounds; seconds of wall clock (of processor)`,
  );

  result.gbdtFit = {};
  await timeFit(createGbdt(LARGE), madeRows(SIZES[0]), 3); // compiles
  for (const count of SIZES) {
    const times = await timeFit(createGbdt(LARGE), madeRows(count), count > 100_000 ? 1 : rounds);
    result.gbdtFit[count] = seconds(times);
    log(`gbdt 100 × 31, ${count} rows: ${describe(times)}`);
  }

  const data = madeRows(10_000);
  const { tf, backend, passedOver } = await loadTensorFlow();
  result.backend = backend;
  result.passedOver = passedOver;
  result.fit10k = {};
  const models = {};
  for (const engine of [createLogistic(), createGbdt(), createMlp()]) {
    const times = await timeFit(engine, data, Math.min(rounds, 3));
    models[engine.name] = times.params;
    result.fit10k[engine.name] = seconds(times);
    log(`${engine.name} as shipped, 10000 rows: ${describe(times)}`);
  }

  const names = Array.from({ length: WIDTH }, (_, i) => `f${i}`);
  const theirs = await asTensorFlow(tf, models.mlp, names);
  Object.assign(result, predictions(tf, theirs, models, data.rows, rounds));
  for (const [name, us] of Object.entries(result.predictUs)) {
    log(`${name}: ${us.toFixed(2)} µs a row (${result.predictCpuUs[name].toFixed(2)} of processor), one at a time`);
  }
  log(
    `TensorFlow.js (${backend}): ${result.tensorflowUs.toFixed(0)} µs a row, ${result.tensorflowBatchUs.toFixed(2)} of ${MANY_ROWS} at once`,
  );
  log(
    `the same network: ${result.timesFaster.toFixed(0)}× faster, ${result.timesFasterBatch.toFixed(2)}× of ${MANY_ROWS} at once`,
  );
  return result;
}

function predictions(tf, theirs, models, rows, rounds) {
  const predictors = Object.fromEntries(
    Object.entries(models).map(([kind, params]) => [kind, predictorFor({ kind, params })]),
  );
  const first = { ...rows, x: rows.x.subarray(0, MANY_ROWS * WIDTH), count: MANY_ROWS };
  const each = Array.from({ length: MANY_ROWS }, (_, row) => first.x.subarray(row * WIDTH, (row + 1) * WIDTH));
  const scaled = scaleRows(models.mlp.scaler, first);
  const ask = (x, count) => tf.tidy(() => theirs.predict(tf.tensor2d(x, [count, WIDTH])).dataSync());
  let sum = 0; // what is computed is used
  const contenders = {
    ...Object.fromEntries(
      Object.entries(predictors).map(([kind, { predict }]) => [
        kind,
        () => {
          for (const row of each) sum += predict(row);
        },
      ]),
    ),
    tensorflow: () => {
      // a tenth: it is slow
      for (let row = 0; row < MANY_ROWS / 10; row++) sum += ask(scaled.subarray(row * WIDTH, (row + 1) * WIDTH), 1)[0];
    },
    tensorflowBatch: () => {
      sum += ask(scaled, MANY_ROWS)[0];
    },
  };
  warmUp(contenders, WARM_UP_MS);
  const { tensorflow, tensorflowBatch, ...ours } = interleave(contenders, rounds, 3);
  if (!Number.isFinite(sum)) throw new Error('a prediction is no number');
  const cpuUs = {};
  for (const kind of Object.keys(ours)) {
    const cpu = process.cpuUsage();
    for (let i = 0; i < CPU_REPEATS; i++) contenders[kind]();
    cpuUs[kind] = process.cpuUsage(cpu).user / CPU_REPEATS / MANY_ROWS;
  }
  const usARow = (ns, count) => ns / count / 1000;
  const predictUs = Object.fromEntries(Object.entries(ours).map(([kind, ns]) => [kind, usARow(ns, MANY_ROWS)]));
  const tensorflowUs = usARow(tensorflow, MANY_ROWS / 10);
  const tensorflowBatchUs = usARow(tensorflowBatch, MANY_ROWS);
  return {
    predictUs,
    predictCpuUs: cpuUs,
    tensorflowUs,
    tensorflowBatchUs,
    timesFaster: tensorflowUs / predictUs.mlp,
    timesFasterBatch: tensorflowBatchUs / predictUs.mlp,
  };
}

const describe = ({ seconds, cpuSeconds }) => `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)})`;
