import { createHash, type Hash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PreparedData, SweepTry } from '@mexc-bot/backtest';
import type { CandleColumns } from '@mexc-bot/core';
import { suiteRoot } from '@mexc-bot/runtime';

/** Results of an earlier, unfinished sweep, and of this one. */
export interface SweepResults {
  /** @returns undefined: not tried yet */
  of(key: string): SweepTry | undefined;
  keep(key: string, result: SweepTry): void;
}

/** @param file one JSON line a try, whatever sweep it is of; null: nothing is kept */
export function openResults(file: string | null): SweepResults {
  const text = file !== null && existsSync(file) ? readFileSync(file, 'utf8') : '';
  const known = new Map(text.split('\n').flatMap(keptLine));
  // a line that was cut off while it was written must not swallow the next one
  let before = text === '' || text.endsWith('\n') ? '' : '\n';
  return {
    of: (key) => known.get(key),
    keep(key, result) {
      known.set(key, result);
      if (file === null) return;
      appendFileSync(file, `${before}${JSON.stringify({ key, result })}\n`);
      before = '';
    },
  };
}

/** @returns nothing of a line that was cut off: it is run again */
function keptLine(line: string): [string, SweepTry][] {
  try {
    const parsed = JSON.parse(line) as { readonly key?: string; readonly result?: SweepTry } | null;
    return parsed?.key === undefined || parsed.result === undefined ? [] : [[parsed.key, parsed.result]];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [];
  }
}

/** What a result is a result of, settings apart: the candles, the markets and their rules, and the code that decides. */
export function fingerprintOf({ timeframe, detail, markets }: PreparedData): string {
  const hash = createHash('sha256').update(JSON.stringify([timeframe, detail]));
  for (const each of markets) {
    hash.update(JSON.stringify([each.market, each.firstSeenAt]));
    addColumns(hash, each.candles);
    if (each.detail !== null) addColumns(hash, each.detail);
  }
  addCode(hash);
  return hash.digest('hex');
}

function addColumns(hash: Hash, { openTime, open, high, low, close, volume }: CandleColumns): void {
  hash.update(`${openTime.length}`);
  for (const { buffer, byteOffset, byteLength } of [openTime, open, high, low, close, volume]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
}

/** The packages a try runs through: settings become plain data before it, and are part of its key. */
const DECIDING = ['core', 'indicators', 'models', 'backtest'];
const [FOLDER, EXTENSION] = import.meta.url.endsWith('.ts') ? ['src', '.ts'] : ['dist', '.js'];

/** All of the code, for nobody remembers to count up a version when a rule changes. */
function addCode(hash: Hash): void {
  for (const name of DECIDING) {
    const folder = join(suiteRoot(), 'packages', name, FOLDER);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(EXTENSION));
    for (const file of files.sort()) hash.update(file).update(readFileSync(join(folder, file)));
  }
}
