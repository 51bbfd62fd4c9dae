import { arch, cpus } from 'node:os';
import { cci } from '@mexc-bot/indicators';
import { INDICATORS, MORE_STREAMS } from './libraries.mjs';
import { geometricMean, interleave, median, warmUp } from './measure.mjs';
import { randomWalk } from './walk.mjs';

/** Short series are many different ones: over one and the same, a processor learns by heart which way each branch goes. */
const SIZES = { '10k': { length: 10_000, series: 20 }, '1M': { length: 1_000_000, series: 1 } };
const TAIL = 1000;
const WARM_UP_MS = 250;

/** One-pass variances of other libraries are off by up to 1e-8. */
const NEAR = 1e-7;

/**
 * Compares the last thousand values, where differently seeded averages have met.
 *
 * @returns the largest difference, as a share of the largest value
 */
function disagreement(ours, theirs) {
  let off = 0;
  let scale = 0;
  for (let i = 1; i <= TAIL; i++) {
    off = Math.max(off, Math.abs(ours.at(-i) - theirs.at(-i)));
    scale = Math.max(scale, Math.abs(ours.at(-i)));
  }
  return off / scale;
}

function checkAgreement(indicator, market) {
  const pick = (library, result) => (indicator.pick?.[library] ?? ((same) => same))(result);
  const ours = pick('own', indicator.own(market));
  const off = {};
  for (const [library, call] of Object.entries(indicator.rivals)) {
    off[library] = disagreement(ours, pick(library, call(market)));
    const isNear = off[library] < NEAR;
    if (!isNear && indicator.differs?.[library] === undefined) {
      throw new Error(`${indicator.name}: ${library} is off by ${off[library]} of the value`);
    }
  }
  return off;
}

function timeBatch(indicator, markets, rounds) {
  const { length } = markets[0];
  const out = indicator.out(length);
  const overAll = (call) => () => {
    for (const market of markets) call(market);
  };
  const contenders = {
    own: overAll((market) => indicator.own(market, out)),
    ownNewColumns: overAll((market) => indicator.own(market)),
    ...Object.fromEntries(Object.entries(indicator.rivals).map(([name, call]) => [name, overAll(call)])),
  };
  warmUp(contenders, WARM_UP_MS);
  const times = interleave(contenders, rounds, 1);
  return Object.fromEntries(Object.entries(times).map(([name, ns]) => [name, ns / (length * markets.length)]));
}

const inputsOf = (column, market) => (column === undefined ? market.candles : market.plain[column]);

function timeStreams(market, rounds) {
  const streams = [...INDICATORS, ...MORE_STREAMS];
  const contenders = Object.fromEntries(
    streams.map(({ name, stream }) => {
      const [indicator, column] = stream();
      const inputs = inputsOf(column, market);
      return [
        name,
        () => {
          for (let i = 0; i < inputs.length; i++) indicator.push(inputs[i]);
        },
      ];
    }),
  );
  warmUp(contenders, WARM_UP_MS);
  const times = interleave(contenders, rounds, 5);
  return Object.fromEntries(Object.entries(times).map(([name, ns]) => [name, ns / market.length]));
}

const SYMBOLS = 2500;

/** One new candle for every symbol: 8 pushes each, in milliseconds. */
function timeFleetPush(market, rounds) {
  const main = INDICATORS.filter((indicator) => indicator.main);
  const columns = main.map(({ stream }) => stream()[1]);
  const fleet = Array.from({ length: SYMBOLS }, () => main.map(({ stream }) => stream()[0]));
  const step = (at) => {
    for (let symbol = 0; symbol < SYMBOLS; symbol++) {
      const candle = market.candles[(symbol + at) % market.length];
      const streams = fleet[symbol];
      for (let i = 0; i < streams.length; i++) {
        streams[i].push(columns[i] === 'close' ? candle.close : candle);
      }
    }
  };
  for (let at = 0; at < 100; at++) step(at);
  const times = Array.from({ length: Math.max(rounds, 50) }, (_, i) => {
    const start = process.hrtime.bigint();
    step(100 + i);
    return Number(process.hrtime.bigint() - start) / 1e6;
  });
  return median(times);
}

/** All symbols afresh: 8 indicators over 500 candles each, in milliseconds. */
function timeFleetBatch(market, rounds) {
  const length = 500;
  const main = INDICATORS.filter((indicator) => indicator.main);
  const outs = main.map(({ out }) => out(length));
  const markets = Array.from({ length: SYMBOLS }, (_, symbol) => ({
    typed: Object.fromEntries(
      Object.entries(market.typed).map(([name, column]) => [name, column.slice(symbol, symbol + length)]),
    ),
  }));
  const recompute = () => {
    for (const one of markets) for (let i = 0; i < main.length; i++) main[i].own(one, outs[i]);
  };
  warmUp({ recompute }, 10 * WARM_UP_MS);
  return interleave({ recompute }, rounds, 1).recompute / 1e6;
}

/** CCI measures from a mean that moves: the one indicator whose time could grow with its period. ns a candle, by period. */
function timeCciByPeriod(rounds) {
  const { length, typed } = randomWalk(20_000);
  const out = new Float64Array(length);
  const contenders = Object.fromEntries(
    [20, 100, 250, 500, 1000, 5000].map((period) => [`${period}`, () => cci(typed, period, out)]),
  );
  warmUp(contenders, WARM_UP_MS);
  const times = interleave(contenders, rounds, 1);
  return Object.fromEntries(Object.entries(times).map(([period, ns]) => [period, ns / length]));
}

export function run({ rounds, log }) {
  const result = { node: process.version, cpu: `${cpus()[0]?.model.trim()} (${arch()})`, rounds, nsPerCandle: {} };
  log(`node ${result.node}, ${result.cpu}, medians of ${rounds} interleaved rounds, ns per candle`);
  // first, while no other library's objects fill the heap
  const market = randomWalk(10_000);
  result.fleet = { newCandleMs: timeFleetPush(market, rounds), recomputeMs: timeFleetBatch(market, rounds) };
  result.streamingNsPerPush = timeStreams(market, rounds);
  result.cciNsByPeriod = timeCciByPeriod(rounds);
  for (const [size, { length, series }] of Object.entries(SIZES)) {
    const markets = Array.from({ length: series }, (_, i) => randomWalk(length, i + 1));
    const table = {};
    log(`\n${size} candles (own: into the caller’s columns; new: into new ones)`);
    for (const indicator of INDICATORS) {
      const off = size === '10k' ? checkAgreement(indicator, markets[0]) : {};
      const times = timeBatch(indicator, markets, rounds);
      table[indicator.name] = times;
      log(describe(indicator, times, off));
    }
    result.nsPerCandle[size] = table;
  }
  result.technicalindicators = {};
  for (const size of Object.keys(SIZES)) {
    for (const [label, key] of [
      ['', 'own'],
      ['NewColumns', 'ownNewColumns'],
    ]) {
      const ratios = INDICATORS.filter(({ main }) => main).map(({ name }) => {
        const times = result.nsPerCandle[size][name];
        return times.technicalindicators / times[key];
      });
      result.technicalindicators[`geomean${size}${label}`] = geometricMean(ratios);
      result.technicalindicators[`min${size}${label}`] = Math.min(...ratios);
    }
  }
  result.slowerThanAnother = slower(result.nsPerCandle, 'own');
  result.slowerIntoNewColumns = slower(result.nsPerCandle, 'ownNewColumns');
  log(summary(result));
  return result;
}

/**
 * Where another library was faster than this one. The others always make new arrays.
 *
 * @param key `own`: into the caller’s columns; `ownNewColumns`: into new ones
 */
function slower(nsPerCandle, key) {
  return Object.entries(nsPerCandle).flatMap(([size, table]) =>
    Object.entries(table).flatMap(([name, times]) => {
      const { own: _, ownNewColumns: __, ...rivals } = times;
      return Object.entries(rivals).flatMap(([library, ns]) =>
        ns < times[key] ? [`${name} at ${size}: ${library}, ${(times[key] / ns).toFixed(2)}×`] : [],
      );
    }),
  );
}

function describe({ name, differs }, { own, ownNewColumns, ...rivals }, off) {
  const others = Object.entries(rivals).map(([library, ns]) => {
    const how = differs?.[library] === undefined || off[library] === undefined ? '' : ` (${differs[library]})`;
    return `${library} ${ns.toFixed(1)} = ${(ns / own).toFixed(1)}×${how}`;
  });
  return `${name.padEnd(28)} own ${own.toFixed(2).padStart(6)}  new ${ownNewColumns.toFixed(2).padStart(6)}  ${others.join(', ')}`;
}

function summary(result) {
  const { technicalindicators: ti, slowerThanAnother, slowerIntoNewColumns, fleet } = result;
  const each = (times) => Object.entries(times).map(([name, ns]) => `${name} ${ns.toFixed(1)}`);
  return [
    '',
    `against technicalindicators, the eight at 1M: geometric mean ${ti.geomean1M.toFixed(1)}×, least ${ti.min1M.toFixed(1)}×` +
      ` (into new columns: ${ti.geomean1MNewColumns.toFixed(1)}×, ${ti.min1MNewColumns.toFixed(1)}×)`,
    `at 10k: geometric mean ${ti.geomean10k.toFixed(1)}×, least ${ti.min10k.toFixed(1)}×`,
    `another library is faster: ${slowerThanAnother.join('; ') || 'nowhere'}`,
    `another library is faster than into new columns: ${slowerIntoNewColumns.join('; ') || 'nowhere'}`,
    `streaming, ns per push: ${each(result.streamingNsPerPush).join(', ')}`,
    `CCI by period: ${each(result.cciNsByPeriod).join(', ')}`,
    `one new candle for ${SYMBOLS} symbols × 8 indicators: ${fleet.newCandleMs.toFixed(2)} ms`,
    `${SYMBOLS} symbols × 500 candles × 8 indicators afresh: ${fleet.recomputeMs.toFixed(1)} ms`,
  ].join('\n');
}
