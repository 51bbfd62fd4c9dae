import type { Check, Stage, StageName } from '@mexc-bot/core';

/** Stages as they are kept: lists without names are half as long, and there are some thousand candidates a day. */
type Packed = readonly [
  StageName,
  string,
  Check['value'],
  Check['is'],
  Check['threshold'],
  /** passed */
  0 | 1,
];

/** Shown, not computed with: seven digits say enough. Infinite and undefined measures are null. */
const short = (value: Check['value']): Check['value'] =>
  typeof value !== 'number' ? value : Number.isFinite(value) ? Number(value.toPrecision(7)) : null;

export const packStages = (stages: readonly Stage[]): string =>
  JSON.stringify(
    stages.map(
      ({ stage, check, value, is, threshold, verdict }): Packed => [
        stage,
        check,
        short(value),
        is,
        short(threshold),
        verdict === 'pass' ? 1 : 0,
      ],
    ),
  );

export const unpackStages = (text: string): Stage[] =>
  (JSON.parse(text) as Packed[]).map(([stage, check, value, is, threshold, passed]) => ({
    stage,
    check,
    value,
    is,
    threshold,
    verdict: passed === 1 ? 'pass' : 'fail',
  }));

/** Every machine Node.js runs the suite on is little-endian. */
export const blobOf = (floats: Float64Array): Buffer =>
  Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);

export function floatsOf(blob: Buffer): Float64Array {
  const floats = new Float64Array(blob.length / Float64Array.BYTES_PER_ELEMENT);
  blob.copy(Buffer.from(floats.buffer));
  return floats;
}
