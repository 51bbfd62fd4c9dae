import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as tfjs from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMlp } from '../mlp.ts';
import { madeRows } from '../support/made-rows.ts';
import { loadTensorFlow, nativeFrom, type TensorFlow } from './load.ts';

const working = async (): Promise<TensorFlow> => tfjs;
const failing = (reason: string) => async (): Promise<TensorFlow> => {
  throw new Error(`${reason}\nand a long list of paths`);
};

describe('loading TensorFlow.js', () => {
  it('takes the native library where it loads, else WebAssembly, else plain JavaScript, and says why', async () => {
    const [none, old] = [failing('no library'), failing('too old')];
    expect(await loadTensorFlow({ native: working, wasm: old, cpu: old })).toMatchObject({
      backend: 'native',
      passedOver: [],
    });
    expect(await loadTensorFlow({ native: none, wasm: working, cpu: old })).toMatchObject({
      backend: 'wasm',
      passedOver: ['native: no library'],
    });
    expect(await loadTensorFlow({ native: none, wasm: old, cpu: working })).toMatchObject({
      backend: 'cpu',
      passedOver: ['native: no library', 'wasm: too old'],
    });
    await expect(loadTensorFlow({ native: none, wasm: old, cpu: none })).rejects.toThrow(
      'TensorFlow.js does not load. native: no library; wasm: too old; cpu: no library',
    );
  });

  it('runs on WebAssembly here, unless the native library was asked for', async () => {
    const { backend, tf } = await loadTensorFlow();
    expect(['native', 'wasm']).toContain(backend);
    expect(tf.getBackend()).toBe(backend === 'native' ? 'tensorflow' : 'wasm');
  });
});

describe('a native library in a folder', () => {
  let folder: string;
  const install = async (source: string) => {
    const home = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
    await mkdir(home, { recursive: true });
    await writeFile(
      join(home, 'package.json'),
      '{"name":"@tensorflow/tfjs-node","version":"4.22.0","main":"index.js"}',
    );
    await writeFile(join(home, 'index.js'), source);
  };
  const native = () => nativeFrom(pathToFileURL(`${folder}/`));
  const load = () => loadTensorFlow({ native, wasm: working, cpu: working });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tensorflow-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('that is not installed is passed over', async () => {
    const { backend, passedOver } = await load();
    expect(backend).toBe('wasm');
    expect(passedOver[0]).toContain("Cannot find module '@tensorflow/tfjs-node'");
  });

  it('whose binary is missing throws when it is loaded, and is passed over', async () => {
    await install("throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found');");
    const { backend, passedOver } = await load();
    expect(backend).toBe('wasm');
    expect(passedOver[0]).toContain('tfjs_binding.node');
  });

  it('that works is trained with, and finds the function that Node 23 took away', async () => {
    const tfjsPath = createRequire(import.meta.url).resolve('@tensorflow/tfjs');
    await install(`
      if (!require('node:util').isNullOrUndefined(undefined)) throw new Error('isNullOrUndefined is gone');
      const tf = require(${JSON.stringify(tfjsPath)});
      module.exports = { ...tf, used: 0, sigmoid: (x) => { module.exports.used++; return tf.sigmoid(x); } };
    `);
    const loaded = await load();
    expect(loaded).toMatchObject({ backend: 'native', passedOver: [] });
    const { rows, labels } = madeRows({ count: 100, width: 3, seed: 1 });
    const engine = createMlp({ epochs: 1, batch: 50 }, async () => loaded);
    await engine.fit(rows, labels, { seed: 1 });
    expect((loaded.tf as TensorFlow & { used: number }).used).toBe(2);
  });
});

describe('a process that only predicts', () => {
  it('loads no TensorFlow.js, though it reads models of every kind', () => {
    const program = `
      import { registerHooks } from 'node:module';
      const seen = [];
      registerHooks({ load: (url, context, next) => { seen.push(url); return next(url, context); } });
      const { createMlp, createModelFiles, predictorFor } = await import(process.argv[1]);
      const rows = { x: Float32Array.of(1, 2, 3, 4), width: 2, count: 2 };
      const params = await createMlp().fit(rows, Uint8Array.of(0, 0), { seed: 1 });
      const score = predictorFor({ kind: 'mlp', params }).predict([1, 2]);
      if (!(score > 0 && score < 1) || createModelFiles === undefined) throw new Error('does not predict');
      console.log(JSON.stringify(seen.filter((url) => url.includes('tensorflow/tfjs'))), seen.length);
    `;
    const index = new URL('../../index.ts', import.meta.url).href;
    const output = execFileSync(
      process.execPath,
      ['--conditions=source', '--input-type=module', '--eval', program, index],
      { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' },
    );
    expect(output).toMatch(/^\[\] [1-9]/);
  });
});
