import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createGbdt } from '../engines/gbdt.ts';
import { createLogistic } from '../engines/logistic.ts';
import { createMlp } from '../engines/mlp.ts';
import { fitScaler } from '../engines/scaler.ts';
import { madeRows } from '../engines/support/made-rows.ts';
import { type Documents, decodeModel, encodeModel, FILES, type FileName } from './documents.ts';
import { type ModelContent, type ModelFile, ModelFileError, predictorFor } from './model-file.ts';
import { packTensors } from './tensors.ts';

const WIDTH = 4;
const { rows, labels } = madeRows({ count: 400, width: WIDTH, seed: 21, missing: 0.05 });
const HASH = 'hash-of-features';

const aModelFile = (content: ModelContent): ModelFile => ({
  scope: 'PEPEUSDT',
  version: '2026-11-01T00:00:00.000Z',
  content,
  features: { hash: HASH, names: ['a', 'b', 'c', 'd'] },
  reading: {
    calibration: { slope: 0.9, offset: -0.1 },
    outcomes: { target: { slope: 1, offset: 0 }, stopOtherwise: { slope: 0, offset: -1 }, neitherReturn: -0.002 },
    confidence: Float64Array.from([0.1, 0.2, 0.2, 0.7]),
  },
  card: { state: 'judged', auc: { value: 0.6 }, note: null },
});

/** What any reader would see of a model: its scores, or its numbers where it cannot score alone. */
function behaviour({ content, features, reading }: ModelFile): string {
  const scores = content.kind === 'correction' ? content.params : predictorFor(content).predictAll(rows);
  const numbers = (_: string, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
  return JSON.stringify({ kind: content.kind, scores, features, reading }, numbers);
}

/** @returns the model, or the typed error; anything else thrown fails the test */
function decode(documents: Documents, hash?: string): ModelFile | ModelFileError {
  try {
    return decodeModel(documents, hash);
  } catch (error) {
    if (error instanceof ModelFileError) return error;
    throw error;
  }
}

const codeOf = (read: ModelFile | ModelFileError) => (read instanceof ModelFileError ? read.code : 'fine');
const textOf = (documents: Documents, name: FileName) => new TextDecoder().decode(documents[name]);

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
const BLANK = '0'.repeat(64);

/** Makes the checksums right again, where the text still is a model.json at all. */
function resealed(model: string | Record<string, unknown>, files: Record<string, Uint8Array>): Documents {
  let text = typeof model === 'string' ? model : JSON.stringify(model);
  try {
    const json = JSON.parse(text);
    for (const name of ['weights.bin', 'scaler.json', 'features.json'])
      json.userDefinedMetadata.sha256[name] = sha256(files[name]!);
    json.userDefinedMetadata.sha256['model.json'] = BLANK;
    text = JSON.stringify(json);
    text = text.replace(BLANK, sha256(text));
  } catch (error) {
    // no checksum to mend: the reader meets the text as it is
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  return { ...files, 'model.json': new TextEncoder().encode(text) } as unknown as Documents;
}

/** Alters model.json or another file and makes the checksums right again, as a stranger with our format would. */
function forged(
  file: ModelFile,
  alter: (model: Record<string, unknown>, files: Record<string, Uint8Array>) => void,
): Documents {
  const files: Record<string, Uint8Array> = { ...encodeModel(file) };
  const model = JSON.parse(new TextDecoder().decode(files['model.json']));
  alter(model, files);
  return resealed(model, files);
}

describe('model files', () => {
  const contents: Record<string, ModelContent> = {};
  beforeAll(async () => {
    const seed = { seed: 1 };
    const scaler = fitScaler(rows);
    contents.logistic = { kind: 'logistic', params: await createLogistic().fit(rows, labels, seed) };
    contents.gbdt = { kind: 'gbdt', params: await createGbdt({ trees: 5, minLeaf: 20 }).fit(rows, labels, seed) };
    // one class: networks of the right shape without training
    contents.mlp = { kind: 'mlp', params: await createMlp({ hidden: [5, 3] }).fit(rows, new Uint8Array(400), seed) };
    contents.correction = {
      kind: 'correction',
      params: { prior: 'v1', scaler, correction: { weights: Float64Array.of(1, 2, 3, 4), offset: 0.5, rows: 900 } },
    };
    contents['no correction'] = { kind: 'correction', params: { prior: 'v1', scaler, correction: null } };
  });
  const KINDS = ['logistic', 'gbdt', 'mlp', 'correction', 'no correction'];

  it.each(KINDS)('give a %s back as it was', (kind) => {
    const file = aModelFile(contents[kind]!);
    expect(decodeModel(encodeModel(file), HASH)).toEqual(file);
    const unjudged = { ...file, reading: null, card: undefined };
    expect(decodeModel(encodeModel(unjudged))).toEqual(unjudged);
  });

  it.each(KINDS)('of a %s: any flipped bit or cut is an error, or changes nothing', (kind) => {
    const file = aModelFile(contents[kind]!);
    const whole = encodeModel(file);
    const wanted = behaviour(file);
    const arbFault = fc.record({ name: fc.constantFrom(...FILES), at: fc.nat(), bit: fc.nat(7), cuts: fc.boolean() });
    fc.assert(
      fc.property(arbFault, ({ name, at, bit, cuts }) => {
        const bytes = whole[name];
        fc.pre(bytes.length > 0);
        const position = at % bytes.length;
        const faulty = cuts ? bytes.slice(0, position) : bytes.slice();
        if (!cuts) faulty[position]! ^= 1 << bit;
        const read = decode({ ...whole, [name]: faulty }, HASH);
        if (!(read instanceof ModelFileError)) expect(behaviour(read)).toBe(wanted);
      }),
      { numRuns: 400 },
    );
  });

  it.each(KINDS)('of a %s, altered with good checksums: an error of ours or a model that scores', (kind) => {
    const file = aModelFile(contents[kind]!);
    const whole = encodeModel(file);
    const text = textOf(whole, 'model.json');
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom('', '0', '-1', '9', 'null', '[]', '{}', '"', 'NaN', 'e9'),
        fc.nat(4),
        (at, put, drop) => {
          const position = at % text.length;
          const altered = text.slice(0, position) + put + text.slice(position + drop);
          const read = decode(resealed(altered, { ...whole }));
          if (read instanceof ModelFileError || read.content.kind === 'correction') return;
          for (const score of predictorFor(read.content).predictAll(rows)) expect(score >= 0 && score <= 1).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('of another program, or of a newer format, are told apart from damaged ones', () => {
    const file = aModelFile(contents.logistic!);
    const whole = encodeModel(file);
    const asModel = (json: unknown) => ({ ...whole, 'model.json': new TextEncoder().encode(JSON.stringify(json)) });
    expect(codeOf(decode(asModel({ format: 'layers-model', modelTopology: {}, weightsManifest: [] })))).toBe('FOREIGN');
    const newer = decode(
      forged(file, (model) => Object.assign(model.userDefinedMetadata as object, { formatVersion: 2 })),
    );
    expect(codeOf(newer)).toBe('NEWER_FORMAT');
    expect(String(newer)).toContain('format 2');
    expect(codeOf(decode({ ...whole, 'model.json': new Uint8Array() }))).toBe('DAMAGED');
    expect(codeOf(decode({ ...whole, 'card.json': encodeModel({ ...file, version: 'v2' })['card.json'] }))).toBe(
      'DAMAGED',
    );
    expect(codeOf(decode({ ...whole, 'weights.bin': encodeModel(aModelFile(contents.gbdt!))['weights.bin'] }))).toBe(
      'DAMAGED',
    );
  });

  it('of other features are refused by name, before anything is scored', () => {
    const read = decode(encodeModel(aModelFile(contents.logistic!)), 'another-hash');
    expect(codeOf(read)).toBe('OTHER_FEATURES');
    expect(String(read)).toContain('another-hash');
  });

  it.each([
    ['a NaN weight', (tensors: Float64Array) => tensors.fill(Number.NaN, 0, 1)],
    ['an infinite weight', (tensors: Float64Array) => tensors.fill(Number.POSITIVE_INFINITY, 0, 1)],
    ['too few weights', (tensors: Float64Array) => tensors.slice(1)],
    ['too many weights', (tensors: Float64Array) => Float64Array.from([...tensors, 1])],
  ])('with %s are refused, read or written', (_, alter) => {
    const { content } = aModelFile(contents.logistic!);
    if (content.kind !== 'logistic') throw new Error('a logistic model is wanted');
    const weights = alter(content.params.weights.slice());
    const documents = forged(aModelFile(content), (model, files) => {
      const packed = packTensors([{ name: 'weights', shape: [weights.length], values: weights }]);
      files['weights.bin'] = packed.bytes;
      model.weightsManifest = packed.manifest;
    });
    expect(codeOf(decode(documents))).toBe('BAD_WEIGHTS');
    const bad = { ...content, params: { ...content.params, weights } };
    expect(() => encodeModel(aModelFile(bad))).toThrow(ModelFileError);
  });

  it('whose reading says nothing are refused: NaN, a table that falls', () => {
    const file = aModelFile(contents.gbdt!);
    const { outcomes, ...rest } = file.reading!;
    const falling = { ...rest, outcomes, confidence: Float64Array.of(0.5, 0.4) };
    expect(() => encodeModel({ ...file, reading: falling })).toThrow('falls');
    const nowhere = { ...rest, outcomes: { ...outcomes, neitherReturn: Number.NaN } };
    expect(() => encodeModel({ ...file, reading: nowhere })).toThrow('the return of neither');
  });

  it('whose trees would be walked for ever are refused', () => {
    const { content } = aModelFile(contents.gbdt!);
    if (content.kind !== 'gbdt') throw new Error('a gbdt model is wanted');
    const { trees } = content.params;
    const circular = { ...trees, left: trees.left.map(() => 0) };
    expect(() => encodeModel(aModelFile({ ...content, params: { ...content.params, trees: circular } }))).toThrow(
      'walked',
    );
    const beyond = { ...trees, feature: trees.feature.map(() => WIDTH) };
    expect(() => encodeModel(aModelFile({ ...content, params: { ...content.params, trees: beyond } }))).toThrow(
      'walked',
    );
  });
});
