/** Replays the recorded MEXC month: cold, with features kept, in one command, as a sweep; and an EMA cross on both engines. */
import { spawnSync } from 'node:child_process';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { partsAt, prepareData, runBacktest } from '@mexc-bot/backtest';
import { loadSettings, suiteRoot } from '@mexc-bot/runtime';
import { loadFolder } from '../../apps/backtest/dist/load.js';
import { runSweep } from '../../apps/backtest/dist/run-sweep.js';
import { backtestSettings } from '../../apps/backtest/dist/settings.js';
import { median } from '../indicators/measure.mjs';
import { recordedFolder } from '../strategies/recording.mjs';
import { accountCross, grademarkCross, sameTrades, suiteCross } from './ema-cross.mjs';

/** Markets of the EMA cross, on both engines. */
const CROSS_MARKETS = 20;
/** Over them at a time: once takes a few ms, of which compiling would be the most. */
const CROSS_PASSES = 10;

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
  const jobs = [0.0125, 0.015, 0.0175, 0.02, 0.025, 0.03].flatMap((minGain) =>
    Array.from({ length: 16 }, (_, i) => 0.005 + 0.0025 * i).map((trailFrom) => ({
      parameters: { minGain, trailFrom },
      settings: {
        ...settings,
        rules: { ...settings.rules, strategy: { ...settings.rules.strategy, minGain } },
        position: { ...settings.position, trailFrom },
      },
    })),
  );
  const { split } = partsAt(data, settings, 0.6);
  const startedAt = performance.now();
  const tries = await runSweep(data, split, jobs, threads, () => undefined);
  return { ms: performance.now() - startedAt, settings: jobs.length, tries: JSON.stringify(tries) };
}

export async function run({ rounds, log }) {
  const folder = recordedFolder();
  const settings = loadSettings({ SETTINGS_FILE: '' }, { root: suiteRoot() });
  const request = { buysOnly: null, timeframe: '5m', detail: null, quote: 'USDT', takerFeeRate: 0.0005 };
  const { markets, timeframe } = loadFolder(folder, request, Number.MAX_SAFE_INTEGER);
  const replay = backtestSettings(settings, {
    mode: 'test',
    from: null,
    until: null,
    buysOnly: null,
    keepDecisions: false,
  });

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
  let tried = 0;
  for (let round = 0; round < Math.min(3, rounds); round++) {
    const [one, two] = [await sweepMs(data, replay, 1), await sweepMs(data, replay, 2)];
    if (one.tries !== two.tries) throw new Error('two threads found something else than one');
    tried = one.settings;
    onOne.push(one.ms);
    onTwo.push(two.ms);
  }

  // the same strategy on the same candles, from candles to trades, ten times over to warm up
  const crossed = data.markets.slice(0, CROSS_MARKETS);
  const crossCandles = crossed.reduce((sum, { candles }) => sum + candles.close.length, 0);
  const countTrades = (engine) => crossed.reduce((sum, market) => sum + engine(market).length, 0);
  const crossEngines = {
    suite: suiteCross,
    grademark: grademarkCross,
    'suite with its account': (market) => accountCross(market, timeframe, replay),
  };
  const cross = Object.fromEntries(
    Object.entries(crossEngines).map(([name, engine]) => {
      let trades = 0;
      const pass = () => {
        for (let i = 0; i < CROSS_PASSES; i++) trades = countTrades(engine);
      };
      pass();
      const times = Array.from({ length: rounds }, () => cpuMs(pass));
      const candles = crossCandles * CROSS_PASSES;
      return [name, { trades, wall: perSecond(times, candles), cpu: perSecond(times, candles, 'cpu') }];
    }),
  );
  const result = {
    machine: `${cpus()[0]?.model.trim()}, ${arch()}, Node ${process.version}`,
    candles: data.candles,
    markets: data.markets.length,
    coldCandlesPerSecond: perSecond(cold, data.candles),
    coldCandlesPerCpuSecond: perSecond(cold, data.candles, 'cpu'),
    cachedCandlesPerSecond: perSecond(cached, data.candles),
    cachedCandlesPerCpuSecond: perSecond(cached, data.candles, 'cpu'),
    commandSeconds: commandMs / 1_000,
    sweepSeconds: { settings: tried, oneThread: median(onOne) / 1_000, twoThreads: median(onTwo) / 1_000 },
    sweepOnTwoThreads: median(onOne) / median(onTwo),
    cross: {
      candles: crossCandles,
      ...cross,
      sameTrades: sameTrades(crossed),
      ratio: cross.suite.cpu / cross.grademark.cpu,
    },
  };
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
  const { ratio, sameTrades: same } = result.cross;
  for (const [name, { trades, wall, cpu }] of Object.entries(cross)) {
    log(`| EMA cross, ${name}, ${trades} trades | ${million(wall)} | ${million(cpu)} |`);
  }
  log(
    `EMA cross against grademark, a processor second: ${ratio.toFixed(1)}×; ${same.same} of its ${same.of} trades are the same in candles and result`,
  );
  log(`the whole command, files to table: ${result.commandSeconds.toFixed(2)} s`);
  const { settings: combinations, oneThread, twoThreads } = result.sweepSeconds;
  log(
    `a sweep of ${combinations} settings: ${oneThread.toFixed(2)} s on one thread, ${twoThreads.toFixed(2)} s on two, ${result.sweepOnTwoThreads.toFixed(2)} times as fast, the same to the last digit`,
  );
  return result;
}
