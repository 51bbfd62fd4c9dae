/** Draws docs/img/strategy-*.svg: for each strategy the clearest case of the simulator's synthetic market. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitRow, STRATEGIES } from '@mexc-bot/core';
import { loadSettings, suiteRoot } from '@mexc-bot/runtime';
import { createSyntheticMarket } from '../../apps/simulator/dist/synthetic-market.js';
import { caseSvg } from './case-svg.mjs';
import { STEP_MS } from './recording.mjs';
import { classifyAt, HORIZON, replayHype } from './replay.mjs';

const SEED = 7;
const TOKENS = 400;
const DAYS = 7;
const BEFORE = 52;
const AFTER = 24;

/** How far a case is from the one that shows its rule best. */
const DISTANCE = {
  simple: (m) => Math.abs(m.gain - 0.032) * 50 + Math.abs(m.volumeRatio - 1.8),
  aggressive: (m) => Math.abs(m.gain - 0.065) * 50 + Math.max(0, 5 - m.volumeRatio),
  momentum_safe: (m) => Math.abs(m.gain - 0.07) * 50 + Math.abs(m.volumeRatio - 3.5),
  revival: (m) =>
    Math.abs(m.gain - 0.03) * 50 + Math.abs(m.rangeBefore - 0.02) * 50 + Math.abs(m.volumeRatio - 12) / 10,
};

function syntheticRecording(market) {
  const length = DAYS * 288;
  const tokens = market.listings
    .filter(
      ({ status, apiTradable, tradeSideType, base }) =>
        status === '1' && apiTradable && tradeSideType === 1 && !/3[LS]$/.test(base),
    )
    .map(({ symbol }) => {
      const series = market.series(symbol);
      const candles = [];
      const quoteBefore = new Float64Array(length + 1);
      for (let index = 0; index < length; index++) {
        const chunk = series.chunkAt(index);
        const i = index - chunk.first;
        const candle = { openTime: series.firstOpen + index * STEP_MS };
        for (const column of ['open', 'high', 'low', 'close', 'volume']) candle[column] = chunk[column][i];
        candles.push(candle);
        quoteBefore[index + 1] = quoteBefore[index] + candle.volume * candle.close;
      }
      return { market: symbol, first: 0, candles, quoteBefore };
    });
  return { start: tokens[0].candles[0].openTime, length, tokens };
}

function clearestCases(recording, settings) {
  const { hype } = replayHype(recording, { ...settings.hype, maxCandidates: settings.scan.maxCandidates });
  const best = {};
  for (const { token, index } of hype) {
    if (index < BEFORE + 240 || index + HORIZON >= recording.length) continue;
    const { strategy, measures } = classifyAt(token, index, settings.strategy);
    if (strategy === null) continue;
    const distance = DISTANCE[strategy](measures);
    if (distance < (best[strategy]?.distance ?? Number.POSITIVE_INFINITY))
      best[strategy] = { token, index, measures, distance };
  }
  return best;
}

export function run({ log }) {
  const files = [];
  const settings = loadSettings({}, { root: import.meta.dirname });
  const recording = syntheticRecording(createSyntheticMarket(SEED, TOKENS));
  const cases = clearestCases(recording, settings);
  for (const strategy of STRATEGIES) {
    const found = cases[strategy];
    if (found === undefined) throw new Error(`the market of seed ${SEED} has no case of ${strategy} in ${DAYS} days`);
    const { token, index, measures } = found;
    const entry = token.candles[index].close;
    const row = exitRow(settings.position.exits, strategy, settings.ai.fallbackConfidence[strategy]);
    const svg = caseSvg({
      strategy,
      measures,
      criteria: settings.strategy,
      candles: token.candles.slice(index - BEFORE, index + AFTER + 1),
      signal: BEFORE,
      stop: entry * (1 - row.stopLoss),
      target: entry * row.takeProfits[0],
      after6h: token.candles[index + HORIZON].close / entry - 1,
      source: `${token.market}, synthetic market of seed ${SEED} (${TOKENS} tokens)`,
    });
    const file = join(suiteRoot(), 'docs', 'img', `strategy-${strategy}.svg`);
    writeFileSync(file, svg);
    log(`${file}: ${token.market} ${new Date(token.candles[index].openTime).toISOString()}`);
    files.push(file);
  }
  return { files };
}
