import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { TrainingSet } from '../src/judge/training-set.ts';

const folder = process.env.ML_REFERENCE ?? resolve(import.meta.dirname, '../../../../shared/ml-reference');

/** Whether this machine has the reference rows; tests that need them are skipped elsewhere. */
export const hasReference = (prefix: string): boolean => existsSync(resolve(folder, `${prefix}.X.f32.gz`));

/** Feature rows of hype tokens with labels, made outside of this repository. */
export function readReference(prefix: string): TrainingSet {
  const read = (name: string) => gunzipSync(readFileSync(resolve(folder, name)));
  const names: string[] = JSON.parse(readFileSync(resolve(folder, 'features.json'), 'utf8'));
  const bytes = read(`${prefix}.X.f32.gz`);
  const x = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const [header, ...lines] = read(`${prefix}.rows.csv.gz`).toString().trimEnd().split('\n');
  const table = lines.map((line) => line.split(','));
  const column = (name: string) => table.map((cells) => cells[header!.split(',').indexOf(name)]!);

  const width = names.length;
  const feature = (name: string) => Float64Array.from(table, (_, row) => x[row * width + names.indexOf(name)]!);
  const symbols = column('symbol');
  const markets = [...new Set(symbols)];
  const returns = Float64Array.from(column('ret6h'), Number);
  return {
    rows: { x, width, count: table.length },
    labels: Uint8Array.from(column('label'), Number),
    moves: Int8Array.from(returns, (value) => (value >= 0.05 ? 1 : value <= -0.05 ? -1 : 0)),
    returns,
    times: Float64Array.from(column('timestamp'), Number),
    markets: Int32Array.from(symbols, (symbol) => markets.indexOf(symbol)),
    atr: feature('atr_pct'),
    change24h: feature('ch24'),
    spread: new Float64Array(table.length).fill(Number.NaN),
  };
}
