import {
  createCorrector,
  FEATURE_CANDLES,
  FEATURE_SET,
  featureColumns,
  featureRow,
  trainToken,
} from '@mexc-bot/models';
import { interleave, median, warmUp } from '../indicators/measure.mjs';
import { randomWalk } from '../indicators/walk.mjs';

const DAYS_28 = 8064;
const TOKENS = 40;
const ROWS = 2000;

/** Rows of a token that follow nothing: the cost is the same. */
function tokenSet(random, width) {
  const numbers = (count) => Float64Array.from({ length: count }, () => random() * 2 - 1);
  const returns = numbers(ROWS).map((value) => 0.1 * value);
  return {
    rows: { x: Float32Array.from(numbers(ROWS * width)), width, count: ROWS },
    labels: Uint8Array.from(returns, (value) => Number(value > 0.08)),
    moves: Int8Array.from(returns, (value) => (value > 0.08 ? 1 : value < -0.08 ? -1 : 0)),
    returns,
    times: Float64Array.from({ length: ROWS }, (_, row) => row * 1_800_000),
    markets: new Int32Array(ROWS),
    atr: numbers(ROWS),
    change24h: numbers(ROWS),
  };
}

export async function run({ rounds, log }) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const [live, month] = [randomWalk(FEATURE_CANDLES).typed, randomWalk(DAYS_28).typed];
  const contenders = { row: () => featureRow(live), series: () => featureColumns(month) };
  warmUp(contenders, 500);
  const row = interleave({ row: contenders.row }, rounds, 50).row / 1e6;
  const series = interleave({ series: contenders.series }, rounds, 2).series / 1e6;
  log(`${FEATURE_SET.names.length} features`);
  log(`  the last of ${FEATURE_CANDLES} candles    ${row.toFixed(3)} ms`);
  log(`  each of ${DAYS_28} candles         ${series.toFixed(1)} ms`);

  const sets = Array.from({ length: TOKENS }, () => tokenSet(random, FEATURE_SET.names.length));
  const prior = Float64Array.from({ length: ROWS }, () => 0.05 + 0.2 * random());
  const head = { scope: 'BENCHUSDT', exchange: 'bench', features: FEATURE_SET.hash, trainedAt: 0 };
  for (const set of sets.slice(0, 10)) trainToken(set, prior, head, 'logistic');
  const timeOf = (call) => median(sets.map((set) => measured(() => call(set))));
  const fit = timeOf((set) => createCorrector(set.rows, set.labels, prior).fitFirst(ROWS));
  const judged = timeOf((set) => trainToken(set, prior, head, 'logistic'));
  log(`a token of ${ROWS} rows`);
  log(`  corrected                   ${fit.toFixed(1)} ms`);
  log(
    `  corrected and judged        ${judged.toFixed(1)} ms: 2,000 tokens in ${(judged * 2).toFixed(0)} s on one core`,
  );
  return { features: FEATURE_SET.names.length, rowMs: row, seriesMs: series, correctMs: fit, judgeMs: judged };
}

function measured(call) {
  const start = process.hrtime.bigint();
  call();
  return Number(process.hrtime.bigint() - start) / 1e6;
}
