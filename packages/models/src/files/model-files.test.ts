import { mkdtemp, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fitScaler } from '../engines/scaler.ts';
import { FILES } from './documents.ts';
import type { ModelFile } from './model-file.ts';
import { createModelFiles, type ModelFiles } from './model-files.ts';

const scaler = fitScaler({ x: Float32Array.of(1, 2, 3, 4), width: 2, count: 2 });

const aModel = (version: string, scope = 'PEPEUSDT'): ModelFile => ({
  scope,
  version,
  content: { kind: 'logistic', params: { scaler, weights: Float64Array.of(1, -1), intercept: Number(version) } },
  features: { hash: 'h', names: ['a', 'b'] },
  reading: null,
  card: { judged: version },
});

describe('a folder of models', () => {
  let root: string;
  let files: ModelFiles;
  beforeEach(async () => {
    root = join(await mkdtemp(join(tmpdir(), 'models-')), 'models');
    files = createModelFiles(root);
  });
  afterEach(() => rm(join(root, '..'), { recursive: true }));
  const versionOf = async (scope = 'PEPEUSDT') => {
    const read = await files.read(scope, 'h');
    return read.ok ? read.value.version : read.error.code;
  };

  it('gives back what was written, and nothing before', async () => {
    expect(await versionOf()).toBe('MISSING');
    expect(await files.scopes()).toEqual([]);
    await files.write(aModel('1'));
    const read = await files.read('PEPEUSDT', 'h');
    expect(read).toEqual({ ok: true, value: aModel('1') });
    expect(await readdir(root)).toEqual(['PEPEUSDT']);
    expect((await readdir(join(root, 'PEPEUSDT'))).toSorted()).toEqual([...FILES].toSorted());
    expect(await files.scopes()).toEqual(['PEPEUSDT']);
  });

  it('keeps one previous model, and rolls back to it', async () => {
    await files.write(aModel('1'));
    expect(await files.rollBack('PEPEUSDT')).toBe(false);
    await files.write(aModel('2'));
    await files.write(aModel('3'));
    expect(await versionOf()).toBe('3');
    expect(await files.readPrevious('PEPEUSDT')).toMatchObject({ ok: true, value: { version: '2' } });
    expect(await files.rollBack('PEPEUSDT')).toBe(true);
    expect(await versionOf()).toBe('2');
    expect(await files.rollBack('PEPEUSDT')).toBe(false);
  });

  it('writes nothing that could not be read back', async () => {
    await files.write(aModel('1'));
    const bad = { ...aModel('2'), features: { hash: 'h', names: ['a'] } };
    await expect(files.write(bad)).rejects.toMatchObject({ code: 'BAD_WEIGHTS' });
    expect(await versionOf()).toBe('1');
    expect(await readdir(root)).toEqual(['PEPEUSDT']);
  });

  it('has the previous model where its writer died between the two renames', async () => {
    await files.write(aModel('1'));
    await rename(join(root, 'PEPEUSDT'), join(root, 'PEPEUSDT.previous'));
    expect(await versionOf()).toBe('1');
    expect(await files.scopes()).toEqual(['PEPEUSDT']);
    await files.write(aModel('2'));
    expect(await versionOf()).toBe('2');
  });

  it('never shows half a model, however often it is replaced', async () => {
    await files.write(aModel('0'));
    let writing = true;
    const written = (async () => {
      for (let version = 1; version <= 60; version++) await files.write(aModel(String(version)));
      writing = false;
    })();
    let last = 0;
    while (writing) {
      const read = await files.read('PEPEUSDT', 'h');
      if (!read.ok) throw read.error;
      expect(read.value).toEqual(aModel(read.value.version));
      expect(Number(read.value.version)).toBeGreaterThanOrEqual(last - 1);
      last = Number(read.value.version);
    }
    await written;
    expect(await versionOf()).toBe('60');
  });

  it('lets two writers of one scope both finish', async () => {
    await Promise.all(Array.from({ length: 6 }, (_, version) => files.write(aModel(String(version)))));
    expect(await versionOf()).toMatch(/^[0-5]$/);
    expect((await readdir(root)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('takes a new card for the present model only', async () => {
    await files.write(aModel('1'));
    expect(await files.writeCard('PEPEUSDT', '1', { judged: 'again' })).toBe(true);
    expect(await files.read('PEPEUSDT')).toMatchObject({
      ok: true,
      value: { version: '1', card: { judged: 'again' } },
    });
    expect(await files.writeCard('PEPEUSDT', '0', {})).toBe(false);
    expect(await files.writeCard('DOGEUSDT', '1', {})).toBe(false);
  });

  it.each(FILES)('says what is wrong with a missing, empty or cut %s', async (name) => {
    await files.write(aModel('1'));
    const path = join(root, 'PEPEUSDT', name);
    await truncate(path, 7);
    expect(await versionOf()).toBe('DAMAGED');
    await writeFile(path, '');
    expect(await versionOf()).toBe('DAMAGED');
    await rm(path);
    const read = await files.read('PEPEUSDT');
    expect(read.ok || read.error.message).toBe(`PEPEUSDT: ${name} is not there`);
  });

  it('names a file in the place of a folder, and a model in the place of another', async () => {
    await files.write(aModel('1'));
    await rename(join(root, 'PEPEUSDT'), join(root, 'DOGEUSDT'));
    expect(await versionOf('DOGEUSDT')).toBe('DAMAGED');
    await writeFile(join(root, 'XRPUSDT'), 'hello');
    expect(['DAMAGED', 'UNREADABLE', 'MISSING']).toContain(await versionOf('XRPUSDT'));
  });

  it('keeps every scope inside the folder, whatever it is called', async () => {
    for (const scope of ['../evil', 'a/b', '币安人生USDT', 'A.B', '.', '..', 'x.previous']) {
      await files.write(aModel('1', scope));
      expect(await versionOf(scope)).toBe('1');
    }
    expect(await readdir(join(root, '..'))).toEqual(['models']);
    expect(await files.scopes()).toEqual(['../evil', 'a/b', '币安人生USDT', 'A.B', '.', '..', 'x.previous'].toSorted());
  });

  it('removes a scope with its previous model', async () => {
    await files.write(aModel('1'));
    await files.write(aModel('2'));
    expect(await files.remove('PEPEUSDT')).toBe(true);
    expect(await files.remove('PEPEUSDT')).toBe(false);
    expect(await versionOf()).toBe('MISSING');
    expect(await readdir(root)).toEqual([]);
  });
});
