import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emptyColumns } from '@mexc-bot/core';
import { writeCandleCsv } from '@mexc-bot/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const START = Date.UTC(2026, 0, 5);
const STEP = 300_000;
let root: string;

/** A price that wanders by a rule, so that files are the same in every run. */
function candles(seed: number, length: number) {
  const columns = emptyColumns(length);
  let price = 1 + seed / 10;
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const close = Number((price * (1 + (state / 2 ** 32 - 0.495) * 0.03)).toFixed(5));
    columns.openTime[i] = START + i * STEP;
    columns.open[i] = price;
    columns.high[i] = Math.max(price, close);
    columns.low[i] = Math.min(price, close);
    columns.close[i] = close;
    columns.volume[i] = 50_000;
    price = close;
  }
  return columns;
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'backtest-'));
  mkdirSync(join(root, 'data'));
  mkdirSync(join(root, 'twice'));
  mkdirSync(join(root, 'empty'));
  for (let i = 1; i <= 6; i++) {
    writeFileSync(join(root, 'data', `MEXC_T${i}-USDT_5m.csv`), writeCandleCsv(candles(i, 1_700), false));
  }
  for (const name of ['MEXC_T1-USDT_5m.csv', 'T1USDT_5m.csv']) {
    writeFileSync(join(root, 'twice', name), writeCandleCsv(candles(1, 50), false));
  }
  const bad = (name: string, text: (rows: readonly string[]) => string): void => {
    mkdirSync(join(root, name));
    const [head, ...rows] = writeCandleCsv(candles(1, 50), false).toString().trimEnd().split('\n');
    writeFileSync(join(root, name, 'MEXC_T1-USDT_5m.csv'), `${head}\n${text(rows)}`);
  };
  bad('hollow', () => '');
  bad('crooked', (rows) => rows.join('\n').replace(`${START + STEP}`, `${START + STEP + 1_000}`));
  bad('stammer', (rows) => [...rows, ...rows].join('\n'));
  writeFileSync(join(root, 'settings.json'), '{}');
  writeFileSync(join(root, 'elsewhere.json'), JSON.stringify({ universe: { quote: 'EUR' } }));
  writeFileSync(join(root, 'idle.json'), JSON.stringify({ protections: { maxOpenPositions: 0 } }));
});
afterAll(() => rmSync(root, { recursive: true }));

function backtest(...args: string[]) {
  const settings = args.includes('--settings') ? [] : ['--settings', join(root, 'settings.json')];
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args, ...settings], {
    encoding: 'utf8',
    // whatever the machine's zone, times are UTC
    env: { ...process.env, TZ: 'America/New_York' },
  });
  return { status, stdout, stderr };
}
const data = (): string[] => ['--data', join(root, 'data')];

describe('a run', () => {
  it('is one JSON document, the same every time', () => {
    const first = backtest(...data(), '--json');
    expect(first).toMatchObject({ status: 0, stderr: '' });
    const result = JSON.parse(first.stdout) as { trades: unknown[]; statistics: { warnings: string[] } };
    expect(result.trades.length).toBeGreaterThan(0);
    expect(backtest(...data(), '--json').stdout).toBe(first.stdout);
  });

  it('buys some markets only, on the mood of all', () => {
    const { stdout } = backtest(...data(), '--symbols', 'T1USDT,t2/usdt');
    expect(stdout).toContain('6 markets, 2 of them traded (T1USDT, T2USDT)');
  });

  it('warns where the episodes are too few to say anything', () => {
    const { stdout } = backtest(...data(), '--symbols', 'T1USDT');
    expect(stdout).toMatch(/Only \d+ episodes?|Nothing was traded/);
  });

  it('asks models made on the way where that is wanted', () => {
    const { status, stdout } = backtest(...data(), '--json', '--models', 'walk-forward');
    expect(status).toBe(0);
    const { models, decisions } = JSON.parse(stdout) as { models: { scope: string; at: number }[]; decisions: null };
    expect(decisions).toBeNull();
    // 1,700 candles are almost six days
    expect(
      models.filter(({ scope }) => scope === 'pooled').map(({ at }) => new Date(at).toISOString().slice(8, 10)),
    ).toEqual(['05', '06', '07', '08', '09', '10']);
  });

  it('finds no look ahead', () => {
    const { status, stdout } = backtest('lookahead', ...data(), '--cuts', '3');
    expect(status).toBe(0);
    expect(stdout).toContain('0 changed');
  });
});

describe('bad input ends with 2 and says what to do', () => {
  it.each([
    ['no folder', () => ['--data', join(root, 'none')], 'cannot be read'],
    ['an empty folder', () => ['--data', join(root, 'empty')], 'has no candle files'],
    ['overlapping series', () => ['--data', join(root, 'twice')], 'more than once'],
    ['a span without candles', () => [...data(), '--from', '2027-01-01'], 'the span has no candles'],
    [
      'a span that ends before it begins',
      () => [...data(), '--from', '2026-02-01', '--to', '2026-01-01'],
      '--from must be',
    ],
    ['no market', () => [...data(), '--symbols', ''], 'must name a market'],
    ['a time that is none', () => [...data(), '--from', 'week 3'], 'must be a day or a moment'],
    ['a market that is not there', () => [...data(), '--symbols', 'NOPEUSDT'], 'no candles of NOPEUSDT'],
    [
      'a span between two candles',
      () => [...data(), '--from', '2026-01-05T12:01', '--to', '2026-01-05T12:03Z'],
      'the span has no candles',
    ],
    ['files without a row', () => ['--data', join(root, 'hollow')], 'has no candles'],
    ['candles that are not on the grid', () => ['--data', join(root, 'crooked')], 'MEXC_T1-USDT_5m.csv:'],
    ['candles twice in a file', () => ['--data', join(root, 'stammer')], 'MEXC_T1-USDT_5m.csv:'],
    [
      'settings that leave no market',
      () => [...data(), '--settings', join(root, 'elsewhere.json')],
      'none of the markets may be bought (6 other_quote)',
    ],
    [
      'settings that forbid every trade',
      () => [...data(), '--settings', join(root, 'idle.json')],
      'forbid every trade',
    ],
    ['an unknown option', () => [...data(), '--nope'], 'unknown option'],
    ['finer candles that are not there', () => [...data(), '--detail', '1m'], 'no 1m candles'],
    ['an unknown parameter', () => ['sweep', ...data(), '--param', 'strategy.minGian=1'], 'did you mean `minGain`'],
    [
      'a value that is not allowed',
      () => ['sweep', ...data(), '--param', 'strategy.minGain=0.01,no'],
      'strategy.minGain',
    ],
    [
      'a parameter given twice',
      () => ['sweep', ...data(), '--param', 'strategy.minGain=0.01', '--param', 'strategy.minGain=0.02'],
      'is given twice',
    ],
    [
      'a value given twice',
      () => ['sweep', ...data(), '--param', 'strategy.minGain=0.01,0.01'],
      'the value 0.01 twice',
    ],
    ['a parameter without values', () => ['sweep', ...data(), '--param', 'strategy.minGain'], 'must be like'],
  ])('%s', (_, args, message) => {
    const { status, stderr } = backtest(...args());
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

describe('a sweep', () => {
  it('comes to the same on one thread and on three, and goes on where it stopped', () => {
    const params = ['--param', 'strategy.minGain=0.015,0.02', '--param', 'position.trailFrom=0.01,0.03'];
    const out = join(root, 'sweep.jsonl');
    const one = backtest('sweep', ...data(), ...params, '--threads', '1', '--json', '--out', out);
    expect(one).toMatchObject({ status: 0 });
    const three = backtest('sweep', ...data(), ...params, '--threads', '3', '--json');
    expect(three.stdout).toBe(one.stdout);
    const again = JSON.parse(backtest('sweep', ...data(), ...params, '--json', '--out', out).stdout) as {
      resumed: number;
    };
    expect(again.resumed).toBe(4);
  });
});
