/** Replays the recorded MEXC month: cold, with features kept, in one command, as a sweep; and grademark on an EMA cross beside it. */
import { spawnSync } from 'node:child_process';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { prepareData, runBacktest, splitAt } from '@mexc-bot/backtest';
import { loadSettings, suiteRoot } from '@mexc-bot/runtime';
import { DataFrame } from 'data-forge';
import { backtest } from 'grademark';
import { loadFolder } from '../../apps/backtest/dist/load.js';
import { runSweep } from '../../apps/backtest/dist/run-sweep.js';
import { backtestSettings } from '../../apps/backtest/dist/settings.js';
import { median } from '../indicators/measure.mjs';
import { recordedFolder } from '../strategies/recording.mjs';

const FAST = 12;
const SLOW = 26;
/** grademark is slow: it gets this many candles of one market */
const SAMPLE = 5_000;

/** Processor time, ms: on a machine that others use too, the wall tells of them. */
function cpuMs(work) {
  const before = process.cpuUsage();
  const wall = performance.now();
  work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1_000, wall: performance.now() - wall };
}

/** Wall ms of a sweep on some threads; what it found must not depend on them. */
async function sweepMs(data, settings, threads) {
  const jobs = [0.015, 0.02, 0.025, 0.03].flatMap((minGain) =>
    [0.008, 0.01, 0.0125, 0.015, 0.0175, 0.02, 0.025, 0.03].map((trailFrom) => ({
      parameters: { minGain, trailFrom },
      settings: {
        ...settings,
        rules: { ...settings.rules, strategy: { ...settings.rules.strategy, minGain } },
        position: { ...settings.position, trailFrom },
      },
    })),
  );
  const split = splitAt(data, settings, 0.6);
  const startedAt = performance.now();
  const tries = await runSweep(data, split, jobs, threads, () => undefined);
  return { ms: performance.now() - startedAt, tries: JSON.stringify(tries) };
}

export async function run({ rounds, log }) {
  const folder = recordedFolder();
  const settings = loadSettings({ SETTINGS_FILE: '' }, { root: suiteRoot() });
  const request = { symbols: null, timeframe: '5m', detail: null, quote: 'USDT', takerFeeRate: 0.0005 };
  const { markets, timeframe } = loadFolder(folder, request, Number.MAX_SAFE_INTEGER);
  const replay = backtestSettings(settings, { mode: 'test', from: null, until: null, keepDecisions: false });

  let data;
  const cold = Array.from({ length: rounds }, () =>
    cpuMs(() => {
      data = prepareData(markets, timeframe);
      runBacktest(data, replay);
    }),
  );
  const cached = Array.from({ length: rounds }, () => cpuMs(() => runBacktest(data, replay)));
  const perSecond = (times, candles, of = 'wall') => candles / (median(times.map((time) => time[of])) / 1_000);

  const command = join(suiteRoot(), 'apps/backtest/dist/cli.js');
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, [command, '--data', folder, '--json'], { maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(`the command ended with ${status}`);
  const commandMs = performance.now() - startedAt;

  const onOne = [];
  const onTwo = [];
  for (let round = 0; round < Math.min(3, rounds); round++) {
    const [one, two] = [await sweepMs(data, replay, 1), await sweepMs(data, replay, 2)];
    if (one.tries !== two.tries) throw new Error('two threads found something else than one');
    onOne.push(one.ms);
    onTwo.push(two.ms);
  }

  // the same candles for both: ours decides the whole path on them, features and all
  const first = markets[0];
  const columns = Object.entries(first.candles).map(([name, column]) => [name, column.slice(0, SAMPLE)]);
  const alone = [{ ...first, candles: Object.fromEntries(columns) }];
  const ours = Array.from({ length: 20 }, () => cpuMs(() => runBacktest(prepareData(alone, timeframe), replay)));
  const sample = crossSample(markets[0].candles);
  const theirs = Array.from({ length: Math.min(3, rounds) }, () => cpuMs(() => emaCross(sample)));
  const result = {
    machine: `${cpus()[0]?.model.trim()}, ${arch()}, Node ${process.version}`,
    candles: data.candles,
    markets: data.markets.length,
    coldCandlesPerSecond: perSecond(cold, data.candles),
    coldCandlesPerCpuSecond: perSecond(cold, data.candles, 'cpu'),
    cachedCandlesPerSecond: perSecond(cached, data.candles),
    cachedCandlesPerCpuSecond: perSecond(cached, data.candles, 'cpu'),
    commandSeconds: commandMs / 1_000,
    sweepSeconds: { oneThread: median(onOne) / 1_000, twoThreads: median(onTwo) / 1_000 },
    sweepOnTwoThreads: median(onOne) / median(onTwo),
    sameCandlesPerSecond: perSecond(ours, SAMPLE),
    sameCandlesPerCpuSecond: perSecond(ours, SAMPLE, 'cpu'),
    grademarkCandlesPerSecond: perSecond(theirs, SAMPLE),
    grademarkCandlesPerCpuSecond: perSecond(theirs, SAMPLE, 'cpu'),
  };
  const ratios = Object.fromEntries(
    ['cold', 'cached', 'same'].map((name) => [
      name,
      result[`${name}CandlesPerCpuSecond`] / result.grademarkCandlesPerCpuSecond,
    ]),
  );
  const million = (value) => `${(value / 1e6).toFixed(2)} M`;
  log(`${result.machine}; ${data.candles} candles of ${data.markets.length} markets`);
  log('| candles a second | wall | processor |');
  log('| --- | ---: | ---: |');
  log(
    `| whole decision path, cold | ${million(result.coldCandlesPerSecond)} | ${million(result.coldCandlesPerCpuSecond)} |`,
  );
  log(
    `| the same, features kept | ${million(result.cachedCandlesPerSecond)} | ${million(result.cachedCandlesPerCpuSecond)} |`,
  );
  log(
    `| one market, ${SAMPLE} candles, cold | ${million(result.sameCandlesPerSecond)} | ${million(result.sameCandlesPerCpuSecond)} |`,
  );
  log(
    `| grademark, EMA cross on them | ${million(result.grademarkCandlesPerSecond)} | ${million(result.grademarkCandlesPerCpuSecond)} |`,
  );
  const times = (name) => `${ratios[name].toFixed(1)}×`;
  log(
    `against grademark, a processor second: cold ${times('cold')}, features kept ${times('cached')}, the one market cold ${times('same')}; its EMA cross decides far less`,
  );
  log(`the whole command, files to table: ${result.commandSeconds.toFixed(2)} s`);
  const { oneThread, twoThreads } = result.sweepSeconds;
  log(
    `a sweep of 32 settings: ${oneThread.toFixed(2)} s on one thread, ${twoThreads.toFixed(2)} s on two, ${result.sweepOnTwoThreads.toFixed(2)} times as fast, the same to the last digit`,
  );
  return { ...result, ratiosToGrademark: ratios };
}

function crossSample({ openTime, open, high, low, close, volume }) {
  return Array.from({ length: SAMPLE }, (_, i) => ({
    time: new Date(openTime[i]),
    open: open[i],
    high: high[i],
    low: low[i],
    close: close[i],
    volume: volume[i],
  }));
}

/** Buys when the fast EMA is above the slow one, sells when it is under, on grademark's own engine. */
function emaCross(rows) {
  const ema = (period) => {
    let value = rows[0].close;
    return rows.map(({ close }) => {
      value += (close - value) * (2 / (period + 1));
      return value;
    });
  };
  const [fast, slow] = [ema(FAST), ema(SLOW)];
  const series = new DataFrame(rows.map((row, i) => ({ ...row, fast: fast[i], slow: slow[i] }))).setIndex('time');
  return backtest(
    {
      entryRule: (enter, { bar }) => {
        if (bar.fast > bar.slow) enter();
      },
      exitRule: (exit, { bar }) => {
        if (bar.fast < bar.slow) exit();
      },
    },
    series,
  );
}
