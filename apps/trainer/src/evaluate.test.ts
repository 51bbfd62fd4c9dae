import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CandleColumns, HOUR_MS } from '@mexc-bot/core';
import { DEFAULT_JUDGE, FEATURE_SET, LABEL_HORIZON_MS } from '@mexc-bot/models';
import { csvName, writeCandleCsv } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plantedSet } from '../../../packages/models/test/training-set.ts';
import { MADE_FROM, madeWalk, withEdge } from '../../../test/support/made-market.ts';
import { aggregated, folderSource } from './candle-source.ts';
import { cardPage } from './card-page.ts';
import { bootstrapRows, tokenRows } from './data-sets.ts';
import { evaluateFolders, evaluateRows } from './evaluate.ts';
import { localPool } from './pool.ts';
import { readRows, writeRows } from './ready-rows.ts';

const LENGTH = 6_000;
const SEAM = 4_000;
const NOW = MADE_FROM + LENGTH * 300_000;
const traded = { quote: 'USDT', excludedBases: ['USDC'] };
const criteria = {
  minQuoteVolume: 1_000,
  minChange24h: -1,
  maxChange24h: 5,
  minPrice: 0,
  maxSpread: 1,
  maxCandidates: 20,
};
const rule = { horizonMs: LABEL_HORIZON_MS, target: 0.03, stop: 0.025 };
const run = { pool: localPool, progress: () => undefined };
const strictRun = {
  ...run,
  failed: (_: string, error: unknown) => {
    throw error;
  },
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'evaluate-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const part = (candles: CandleColumns, from: number, to: number): CandleColumns =>
  Object.fromEntries(
    Object.entries(candles).map(([name, column]) => [name, column.slice(from, to)]),
  ) as unknown as CandleColumns;

/** A folder of candle files. */
function folder(name: string, markets: Readonly<Record<string, CandleColumns>>): string {
  const path = join(root, name);
  rmSync(path, { recursive: true, force: true });
  for (const [market, candles] of Object.entries(markets))
    writeFileSync(fileIn(path, market), writeCandleCsv(candles, true));
  return path;
}
function fileIn(path: string, market: string): string {
  mkdirSync(path, { recursive: true });
  return join(path, csvName(market, 'USDT', '5m', true));
}
const open = (path: string) => folderSource(path, traded, NOW);
const request = (train: string, test: string, scope: 'feedback' | 'token' = 'feedback') => ({
  scope,
  engine: 'logistic' as const,
  train: open(train),
  test: open(test),
  criteria,
  rule,
  costs: DEFAULT_JUDGE.costs,
  maxRows: 50_000,
  run,
});

const tokens = Array.from({ length: 6 }, (_, i) => `T${i + 1}USDT`);
const split = (make: (seed: number) => CandleColumns) => {
  const all = tokens.map((market, i) => [market, make(i + 1)] as const);
  return {
    train: folder('train', Object.fromEntries(all.map(([market, candles]) => [market, part(candles, 0, SEAM)]))),
    test: folder('test', Object.fromEntries(all.map(([market, candles]) => [market, part(candles, SEAM, LENGTH)]))),
  };
};

describe('an evaluation on folders', () => {
  it.each(['feedback', 'token'] as const)('has every figure, of %s models', async (scope) => {
    const { train, test } = split((seed) => withEdge(LENGTH, seed));
    const { evaluation } = await evaluateFolders(request(train, test, scope));
    for (const name of [
      'auc',
      'aucLow',
      'aucHigh',
      'atrAuc',
      'minusAtrLow',
      'liftTop10',
      'brierSkill',
      'ece',
    ] as const) {
      expect(evaluation[name]).toEqual(expect.any(Number));
    }
    for (const name of ['upDownAuc', 'netTop10', 'netTop10Low', 'trainRows', 'testRows', 'trainSeconds'] as const) {
      expect(evaluation[name]).toEqual(expect.any(Number));
    }
    expect(evaluation.proven).toEqual(expect.any(Boolean));
    expect(evaluation.auc).toBeGreaterThan(0.6);
  });

  it('warms features up over the seam: the first test rows come six hours, not a day and more, after it', async () => {
    const { train, test } = split((seed) => madeWalk(LENGTH, seed));
    const continued = await evaluateFolders(request(train, test));
    const others = folder('others', { XUSDT: madeWalk(LENGTH, 50), YUSDT: madeWalk(LENGTH, 51) });
    const cold = await evaluateFolders(request(others, test));
    // 400 candles to warm up are 33 hours of six markets
    expect(continued.evaluation.testRows! - cold.evaluation.testRows!).toBeGreaterThanOrEqual(6 * 32);
  });

  it('lets no candle of the test into the training, and none of the training be tested', async () => {
    const { train, test } = split((seed) => withEdge(LENGTH, seed));
    const { card } = await evaluateFolders(request(train, test));
    const seam = MADE_FROM + SEAM * 300_000;
    if (card.state !== 'judged') throw new Error(card.fault);
    expect(card.dataTo).toBeLessThanOrEqual(seam - LABEL_HORIZON_MS);
    expect(card.from).toBeGreaterThan(seam);

    // other prices after the seam change no training row
    const known = await bootstrapRows(open(train), criteria, rule, strictRun);
    const spoilt = split((seed) => {
      const candles = withEdge(LENGTH, seed);
      for (const column of [candles.open, candles.high, candles.low, candles.close]) column.fill(7, SEAM);
      return candles;
    });
    expect(await bootstrapRows(open(spoilt.train), criteria, rule, strictRun)).toEqual(known);
  });

  it('makes the finer candles as long as the others', async () => {
    const five = open(folder('five', { AUSDT: madeWalk(1_200, 1) }));
    const hours = aggregated(five, HOUR_MS);
    expect(hours.read('AUSDT').close).toHaveLength(100);
    expect(() => aggregated(hours, 90 * 60_000)).toThrow(/cannot be made/);
  });

  it.each(['feedback', 'token'] as const)(
    'names files that are broken, and goes on with the others: %s',
    async (scope) => {
      const { train, test } = split((seed) => withEdge(LENGTH, seed));
      const whole = (await evaluateFolders(request(train, test, scope))).evaluation;
      writeFileSync(
        join(test, csvName('BADUSDT', 'USDT', '5m', false)),
        'timestamp,open,high,low,close,volume\n1,2,3\n',
      );
      writeFileSync(join(train, csvName('GONEUSDT', 'USDT', '5m', true)), 'no gzip');
      const { evaluation } = await evaluateFolders(request(train, test, scope));
      expect(evaluation.problems).toEqual([
        expect.stringMatching(/GONEUSDT: .*MEXC_GONE-USDT_5m.csv.gz/),
        expect.stringMatching(/BADUSDT: .*MEXC_BAD-USDT_5m.csv, line 2/),
      ]);
      const { trainSeconds: _, problems: __, ...rest } = evaluation;
      expect(whole).toMatchObject(rest);
    },
  );

  it('names a folder without candles', () => {
    expect(() => open(join(root, 'nowhere'))).toThrow(/cannot be read/);
    expect(() => folderSource(folder('all', { AUSDT: madeWalk(10, 1) }), traded, NOW, '1h')).toThrow(
      /no 1h candle files/,
    );
  });

  it.each(['feedback', 'token'] as const)(
    'warns where %s models were tested on days they were trained on',
    async (scope) => {
      const train = split((seed) => withEdge(LENGTH, seed)).train;
      const others = folder(
        'others',
        Object.fromEntries(tokens.map((_, i) => [`X${i}USDT`, withEdge(LENGTH, 20 + i)])),
      );
      expect((await evaluateFolders(request(train, others, scope))).evaluation.warnings).toContain('same_days');
    },
  );

  it('says why there is no model where the training has one class only', async () => {
    const flat = madeWalk(LENGTH, 1);
    for (const column of [flat.open, flat.high, flat.low, flat.close]) column.fill(1);
    const { train, test } = split(() => flat);
    const { evaluation } = await evaluateFolders(request(train, test));
    expect(evaluation).toMatchObject({ fault: 'one_class', auc: null, proven: false });
  });
});

describe('ready rows', () => {
  it('come back as they were written, and are evaluated walk-forward', async () => {
    const source = open(
      folder('all', Object.fromEntries(tokens.map((market, i) => [market, withEdge(LENGTH, i + 1)]))),
    );
    const rows = await bootstrapRows(source, criteria, rule, strictRun);
    writeRows(join(root, 'rows', 'made'), rows, source.markets);
    const ready = readRows(join(root, 'rows', 'made'));
    const { set } = ready;
    expect(set.rows).toEqual(rows.stored);
    expect(set.labels).toEqual(rows.outcomes.labels);
    expect(set.times).toEqual(rows.outcomes.times);
    const given = { engine: 'logistic' as const, train: ready, test: null, costs: DEFAULT_JUDGE.costs };
    const { card, evaluation } = await evaluateRows(given);
    expect(evaluation.testRows).toBeLessThan(set.rows.count);
    expect((await evaluateRows({ ...given, test: ready })).evaluation.warnings).toContain('same_days');

    // costs are taken off as the settings say
    const dearer = (await evaluateRows({ ...given, costs: { takerFee: 0.0055, slippage: 0.001 } })).evaluation;
    expect(dearer.netTop10).toBeCloseTo(evaluation.netTop10! - 0.01, 10);
    expect(cardPage(card)).toContain('rows: said and happened');
  });

  it('of other features are no test, though there are as many', async () => {
    const set = plantedSet({ edge: 0.03 });
    const given = {
      engine: 'logistic' as const,
      train: { set, names: ['a', 'b', 'c', 'd'] },
      costs: DEFAULT_JUDGE.costs,
    };
    const evaluated = (names: string[]) => evaluateRows({ ...given, test: { set, names } });
    await expect(evaluated(['a', 'b', 'd', 'c'])).rejects.toThrow(
      'feature 3 is d in the test rows and c in the training rows',
    );
    await expect(evaluated(['a', 'b', 'c'])).rejects.toThrow('feature 4 is nothing in the test rows and d');
    await expect(evaluated(['a', 'b', 'c', 'd', 'e'])).rejects.toThrow('feature 5 is e in the test rows and nothing');
  });

  it('that do not fit together are named', () => {
    const prefix = join(root, 'rows', 'made');
    expect(() => readRows(prefix)).toThrow(/features.json cannot be read/);
    const outcomes = {
      labels: Uint8Array.of(1),
      moves: Int8Array.of(1),
      returns: Float64Array.of(0.1),
      times: Float64Array.of(5),
      markets: Int32Array.of(0),
    };
    const width = FEATURE_SET.names.length;
    writeRows(prefix, { stored: { x: new Float32Array(width), width, count: 1 }, outcomes }, ['AUSDT']);
    expect(readRows(prefix).symbols).toEqual(['AUSDT']);
    writeFileSync(join(root, 'rows', 'features.json'), '["atr_24h","change_24h"]');
    expect(() => readRows(prefix)).toThrow(/has \d+ bytes, and 1 rows of 2 features are 8/);
    writeFileSync(`${prefix}.X.f32.gz`, 'no gzip');
    expect(() => readRows(prefix)).toThrow(/cannot be unpacked/);
  });
});

it('rows of tokens are thinned to the ceiling, and leave out what nobody could have bought', async () => {
  const source = open(folder('all', Object.fromEntries(tokens.map((market, i) => [market, madeWalk(LENGTH, i + 1)]))));
  const rules = { rule, minQuoteVolume: 1_000, maxRows: 100_000 };
  const all = await tokenRows(source, rules, strictRun);
  const few = await tokenRows(source, { ...rules, maxRows: 1_000 }, strictRun);
  expect(few.stored.count).toBeLessThanOrEqual(1_000);
  expect(few.stored.count).toBeGreaterThan(500);
  expect(new Set(few.outcomes.markets).size).toBe(6);
  expect(all.stored.count).toBeGreaterThan(4_000);
  expect((await tokenRows(source, { ...rules, minQuoteVolume: 1e12 }, strictRun)).stored.count).toBe(0);
});

it('rows of tokens are not thinned for the sake of moments that make none', async () => {
  const quiet = (seed: number): CandleColumns => {
    const candles = madeWalk(LENGTH, seed);
    return { ...candles, volume: candles.volume.map((volume) => volume / 10_000) };
  };
  const lively = { T1USDT: madeWalk(LENGTH, 1) };
  const others = Object.fromEntries(tokens.slice(1).map((market, i) => [market, quiet(i + 2)]));
  const rules = { rule, minQuoteVolume: 1_000, maxRows: 1_100 };
  const alone = await tokenRows(open(folder('alone', lively)), rules, strictRun);
  const among = await tokenRows(open(folder('all', { ...lively, ...others })), rules, strictRun);
  expect(alone.stored.count).toBeGreaterThan(900);
  expect(among.outcomes.times).toEqual(alone.outcomes.times);
});
