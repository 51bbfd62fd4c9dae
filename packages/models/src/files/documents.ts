import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Scaler } from '../engines/scaler.ts';
import { check, type Json, listOf, numberOf, numbersOf, objectOf, parseJson, textOf } from './checks.ts';
import { decodeContent, encodeContent } from './content.ts';
import { type ModelFile, ModelFileError, type ScoreCurve, type ScoreReading } from './model-file.ts';
import { packTensors, unpackTensors } from './tensors.ts';
import { topologyOf } from './topology.ts';

export const FILES = ['model.json', 'weights.bin', 'scaler.json', 'features.json', 'card.json'] as const;
export type FileName = (typeof FILES)[number];
/** A model folder's files, by name. */
export type Documents = Readonly<Record<FileName, Uint8Array>>;

const PROGRAM = 'mexc-bot';
const FORMAT = 1;
/** Stands where model.json's own checksum is, while that is computed. */
const NO_SUM = '0'.repeat(64);
const SCALER_COLUMNS = ['low', 'high', 'fill', 'mean', 'deviation'] as const;

const bytesOf = (json: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(json, null, 1)}\n`);
const sumOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** @throws {ModelFileError} a model that could not be read back: NaN weights, other counts */
export function encodeModel(file: ModelFile): Documents {
  const { content, features, reading } = file;
  const { settings, tensors, scaler } = encodeContent(content);
  const { bytes: weights, manifest } = packTensors(tensors);
  const scalerJson = bytesOf({
    features: scaler && Object.fromEntries(SCALER_COLUMNS.map((column) => [column, [...scaler[column]]])),
    scores: reading && { ...reading, confidence: [...reading.confidence] },
  });
  const featuresJson = bytesOf(features);
  const isNetwork = content.kind === 'mlp';
  const model = bytesOf({
    format: isNetwork ? 'layers-model' : PROGRAM,
    generatedBy: PROGRAM,
    convertedBy: null,
    ...(isNetwork ? { modelTopology: topologyOf(content.params.networks) } : {}),
    weightsManifest: manifest,
    userDefinedMetadata: {
      program: PROGRAM,
      formatVersion: FORMAT,
      kind: content.kind,
      scope: file.scope,
      version: file.version,
      settings,
      sha256: {
        'weights.bin': sumOf(weights),
        'scaler.json': sumOf(scalerJson),
        'features.json': sumOf(featuresJson),
        'model.json': NO_SUM,
      },
    },
  });
  const text = new TextDecoder().decode(model);
  const documents = {
    'model.json': new TextEncoder().encode(text.replace(NO_SUM, sumOf(text))),
    'weights.bin': weights,
    'scaler.json': scalerJson,
    'features.json': featuresJson,
    'card.json': encodeCard(file.version, file.card),
  };
  decodeModel(documents);
  return documents;
}

/** The card stands by itself, so that a model can be judged again without being written again. */
export function encodeCard(version: string, card: unknown): Uint8Array {
  return bytesOf({ version, sha256: sumOf(JSON.stringify(card ?? null)), card });
}

/**
 * Reads and checks everything.
 *
 * @param featuresHash of the features the suite computes; without it, a model of any is read
 * @throws {ModelFileError} whatever is wrong
 */
export function decodeModel(documents: Documents, featuresHash?: string): ModelFile {
  const model = objectOf(parseJson(documents['model.json'], 'model.json'), 'model.json');
  const about = aboutOf(model);
  checkSums(documents, objectOf(about.sha256, 'the checksums'));

  const featuresJson = objectOf(parseJson(documents['features.json'], 'features.json'), 'features.json');
  const features = {
    hash: textOf(featuresJson.hash, 'the hash of the features'),
    names: listOf(featuresJson.names, 'the names of the features').map((name) => textOf(name, 'the name of a feature')),
  };
  check(
    featuresHash === undefined || features.hash === featuresHash,
    'OTHER_FEATURES',
    `learnt from features ${features.hash}, the suite computes ${featuresHash}: train it again`,
  );

  const scales = objectOf(parseJson(documents['scaler.json'], 'scaler.json'), 'scaler.json');
  const width = features.names.length;
  const content = decodeContent({
    kind: textOf(about.kind, 'the kind of model'),
    settings: objectOf(about.settings, 'the settings'),
    tensors: unpackTensors(model.weightsManifest, documents['weights.bin']),
    scaler: scales.features === null ? null : decodeScaler(objectOf(scales.features, 'the scale of features'), width),
    width,
  });
  if (content.kind === 'mlp') {
    const isOurs = isDeepStrictEqual(model.modelTopology, topologyOf(content.params.networks));
    check(isOurs, 'FOREIGN', 'model.json describes a network that this suite does not make');
  }
  const version = textOf(about.version, 'the version');
  return {
    scope: textOf(about.scope, 'the scope'),
    version,
    content,
    features,
    reading: scales.scores === null ? null : decodeReading(objectOf(scales.scores, 'the reading of scores')),
    card: decodeCard(documents['card.json'], version),
  };
}

function aboutOf(model: Json): Json {
  const about = model.userDefinedMetadata;
  const isOurs = typeof about === 'object' && about !== null && (about as Json).program === PROGRAM;
  check(isOurs, 'FOREIGN', 'model.json was not written by this suite');
  const { formatVersion } = about as Json;
  const isKnown = Number.isSafeInteger(formatVersion) && (formatVersion as number) >= 1;
  check(isKnown, 'DAMAGED', 'model.json has no format version');
  check(
    (formatVersion as number) <= FORMAT,
    'NEWER_FORMAT',
    `written in format ${formatVersion}, this version of the suite reads up to ${FORMAT}: update it, or train again`,
  );
  return about as Json;
}

function checkSums(documents: Documents, sums: Json): void {
  for (const name of ['weights.bin', 'scaler.json', 'features.json'] as const) {
    check(sums[name] === sumOf(documents[name]), 'DAMAGED', `${name} is not the one that was written with model.json`);
  }
  const own = textOf(sums['model.json'], 'the checksum of model.json');
  const text = new TextDecoder().decode(documents['model.json']);
  // blank in the last place only: there the writer put it
  const at = text.lastIndexOf(own);
  const blank = text.slice(0, at) + NO_SUM + text.slice(at + own.length);
  check(own.length === NO_SUM.length && sumOf(blank) === own, 'DAMAGED', 'model.json was altered');
}

function decodeScaler(json: Json, width: number): Scaler {
  const [low, high, fill, mean, deviation] = SCALER_COLUMNS.map((name) => {
    const column = numbersOf(json[name], `the scaler's ${name}`);
    check(
      column.length === width,
      'BAD_WEIGHTS',
      `the scaler's ${name} has ${column.length} numbers for ${width} features`,
    );
    return column;
  }) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  check(
    deviation.every((value, i) => value > 0 && low[i]! <= high[i]!),
    'BAD_WEIGHTS',
    'the scaler has a deviation that is not above 0, or a bound above the other',
  );
  return { low, high, fill, mean, deviation };
}

function decodeReading(json: Json): ScoreReading {
  const confidence = numbersOf(json.confidence, 'the confidence table');
  const rises = confidence.every((score, i) => i === 0 || score >= confidence[i - 1]!);
  check(rises, 'BAD_WEIGHTS', 'the confidence table falls');
  const outcomes = objectOf(json.outcomes, 'the outcomes');
  return {
    calibration: decodeCurve(json.calibration, 'the calibration'),
    outcomes: {
      target: decodeCurve(outcomes.target, 'the chance of the target'),
      stopOtherwise: decodeCurve(outcomes.stopOtherwise, 'the chance of the stop'),
      neitherReturn: numberOf(outcomes.neitherReturn, 'the return of neither'),
    },
    confidence,
  };
}

function decodeCurve(value: unknown, what: string): ScoreCurve {
  const { slope, offset } = objectOf(value, what);
  return { slope: numberOf(slope, `the slope of ${what}`), offset: numberOf(offset, `the offset of ${what}`) };
}

function decodeCard(bytes: Uint8Array, version: string): unknown {
  const json = objectOf(parseJson(bytes, 'card.json'), 'card.json');
  check(json.version === version, 'DAMAGED', 'card.json is that of another model');
  check(json.sha256 === sumOf(JSON.stringify(json.card ?? null)), 'DAMAGED', 'card.json was altered');
  return json.card;
}

/** A readable error for whatever went wrong while reading. */
export function asModelFileError(error: unknown, scope: string): ModelFileError {
  if (error instanceof ModelFileError) return new ModelFileError(error.code, `${scope}: ${error.message}`, error);
  return new ModelFileError('UNREADABLE', `${scope}: ${error instanceof Error ? error.message : String(error)}`, error);
}
