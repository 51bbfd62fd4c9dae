import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emptyColumns } from '@mexc-bot/core';
import { writeCandleCsv } from '@mexc-bot/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RECORDED_MEXC } from '../../../test/support/market-data.ts';

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
  writeFileSync(join(root, 'greedy.json'), JSON.stringify({ hype: { minPrice: 1e9 } }));
  writeFileSync(join(root, 'old.json'), JSON.stringify({ universe: { minAgeHours: 8_760 } }));
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

  it('prints decisions where they are asked for', () => {
    const { stdout } = backtest(...data(), '--decisions');
    expect(stdout).toMatch(/^2026-01-0\d \d\d:\d\d T\dUSDT \w+ in a \w+ market at [\d.]+, rank \d, .*: filled$/m);
    expect(backtest(...data()).stdout).not.toContain(': filled');
  });

  it('warns where an age is asked for that no candles can tell', () => {
    const { stdout } = backtest(...data(), '--settings', join(root, 'old.json'));
    expect(stdout).toContain('universe.minAgeHours is longer than the candles');
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

  it('writes its page into a folder that is made for it', () => {
    const html = join(root, 'pages', 'of', 'today', 'report.html');
    const { status, stderr } = backtest(...data(), '--symbols', 'T1USDT', '--html', html);
    expect({ status, stderr }).toEqual({ status: 0, stderr: `written: ${html}\n` });
    expect(readFileSync(html, 'utf8')).toContain('<html');
  });

  it.each(['none', 'walk-forward'])('finds no look ahead, models %s', (models) => {
    const { status, stdout } = backtest('lookahead', ...data(), '--cuts', '3', '--models', models);
    expect(status).toBe(0);
    expect(stdout).toContain('0 changed');
  });

  it.skipIf(!existsSync(RECORDED_MEXC))('finds none in a recorded month', { timeout: 120_000 }, () => {
    const { status, stdout } = backtest('lookahead', '--data', RECORDED_MEXC, '--cuts', '20', '--json');
    expect(status).toBe(0);
    const { compared, columns, changed } = JSON.parse(stdout) as Record<'compared' | 'columns', number> & {
      changed: unknown[];
    };
    expect(changed).toEqual([]);
    expect(compared).toBeGreaterThan(10_000);
    expect(columns).toBeGreaterThan(20_000);
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
    [
      'settings that ask for more than any market has',
      () => [...data(), '--settings', join(root, 'greedy.json')],
      'hype.minPrice asks for 1000000000, and no price is above',
    ],
    [
      'a value of a sweep that asks for more than any market has',
      () => ['sweep', ...data(), '--param', 'hype.minQuoteVolume=100000,1e15'],
      'hype.minQuoteVolume asks for',
    ],
    ['an unknown option', () => [...data(), '--nope'], 'unknown option'],
    ['finer candles that are not there', () => [...data(), '--detail', '1m'], 'no 1m candles'],
    ['an unknown parameter', () => ['sweep', ...data(), '--param', 'strategy.minGian=1'], 'did you mean `minGain`'],
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
    [
      'a value that is not allowed, by the name of its parameter',
      () => ['sweep', ...data(), '--param', 'strategy.minGain=0.01,no'],
      'a fault in the settings (--param strategy.minGain=no):\n  strategy.minGain = "no": must be',
    ],
    [
      'a parameter that every object has',
      () => ['sweep', ...data(), '--param', '__proto__.foo=1,2'],
      '__proto__: is unknown',
    ],
    [
      'a parameter that markets are read by',
      () => ['sweep', ...data(), '--param', 'execution.assumedTakerFee=0,0.001'],
      'Run the backtest once for each value',
    ],
    ['results into a folder', () => ['sweep', ...data(), '--param', 'strategy.minGain=0.01', '--out', root], '--out'],
    ['a page into a folder', () => [...data(), '--html', root], '--html'],
    ['a page under a file', () => [...data(), '--html', join(root, 'settings.json', 'x.html')], 'cannot be written'],
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

  it('goes on from results of the same candles, markets and finer candles only', () => {
    const out = join(root, 'new', 'folder', 'sweep.jsonl');
    const swept = (...more: string[]) => {
      const params = ['--param', 'strategy.minGain=0.015', '--out', out, '--json'];
      const { status, stdout } = backtest('sweep', ...params, ...more);
      expect(status).toBe(0);
      const { resumed, tries } = JSON.parse(stdout) as { resumed: number; tries: unknown[] };
      return { resumed, tries };
    };
    const first = swept(...data(), '--symbols', 'T1USDT');
    expect(swept(...data(), '--symbols', 'T1USDT')).toEqual({ ...first, resumed: 1 });
    const second = swept(...data(), '--symbols', 'T2USDT');
    expect(second.resumed).toBe(0);
    expect(second.tries).not.toEqual(first.tries);

    // one candle of 1,700 moved by a hundredth of its price; and the same candles with finer ones beside them
    mkdirSync(join(root, 'moved'));
    const moved = candles(1, 1_700);
    moved.high[900] = moved.high[900]! * 1.01;
    writeFileSync(join(root, 'moved', 'MEXC_T1-USDT_5m.csv'), writeCandleCsv(moved, false));
    expect(swept('--data', join(root, 'moved')).resumed).toBe(0);
    expect(swept('--data', join(root, 'moved')).resumed).toBe(1);
    const finer = candles(9, 400);
    for (let i = 0; i < 400; i++) finer.openTime[i] = START + i * 60_000;
    writeFileSync(join(root, 'moved', 'MEXC_T1-USDT_1m.csv'), writeCandleCsv(finer, false));
    expect(swept('--data', join(root, 'moved'), '--detail', '1m').resumed).toBe(0);
  });

  it('runs a try again whose line was cut off, and loses none after it', () => {
    const out = join(root, 'cut.jsonl');
    const params = ['--param', 'strategy.minGain=0.015,0.02', '--symbols', 'T1USDT', '--out', out, '--json'];
    const swept = () => JSON.parse(backtest('sweep', ...data(), ...params).stdout) as { resumed: number };
    expect(swept().resumed).toBe(0);
    writeFileSync(out, readFileSync(out, 'utf8').slice(0, -20));
    expect(swept().resumed).toBe(1);
    expect(swept().resumed).toBe(2);
  });

  it('tries lists, and says where nothing was traded to choose by', () => {
    const lists = ['--param', 'universe.blocklist=[],["T2USDT","T3USDT"]', '--json'];
    const { tries } = JSON.parse(backtest('sweep', ...data(), ...lists).stdout) as {
      tries: { parameters: object; choice: { trades: number } }[];
    };
    expect(tries.map(({ parameters }) => Object.values(parameters))).toEqual([[[]], [['T2USDT', 'T3USDT']]]);
    expect(tries[1]!.choice.trades).toBeLessThan(tries[0]!.choice.trades);

    const idle = backtest('sweep', ...data(), '--symbols', 'T2USDT', '--param', 'hype.minChange24h=0.398,0.399');
    expect(idle.stdout).toContain('Nothing was traded before the split');
    expect(idle.stdout).not.toContain('probability');
  });

  it('splits the candles that there are, whatever --from and --to reach to', () => {
    const params = ['--param', 'strategy.minGain=0.015,0.02', '--json'];
    const wide = ['--from', '2024-01-01', '--to', '2027-01-01'];
    const asked = backtest('sweep', ...data(), ...params, ...wide);
    expect(asked).toMatchObject({ status: 0, stdout: backtest('sweep', ...data(), ...params).stdout });
  });

  it('says which setting changed nothing', () => {
    const params = ['--param', 'strategy.minGain=0.015,0.02', '--param', 'prices.pollMs=2000,3000'];
    const { stdout } = backtest('sweep', ...data(), ...params, '--json');
    expect((JSON.parse(stdout) as { warnings: string[] }).warnings).toEqual([
      expect.stringContaining('prices.pollMs changed nothing'),
    ]);
  });
});
