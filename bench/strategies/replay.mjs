/** The scanner's decisions at every close of a 5 m candle, by core's own functions, and what happened afterwards. */
import { breadthOf, classify, exitRow, findHype, toColumns } from '@mexc-bot/core';
import { adx, atr } from '@mexc-bot/indicators';
import { STEP_MS } from './recording.mjs';

const DAY = 288;
/** Candles of the 6 h after which a candidate is judged. */
export const HORIZON = 72;
/** As the scanner: Wilder's period, and how many candles its indicators are computed from. */
const PERIOD = 14;
const WINDOW = 70;

/**
 * Every scan's hype tokens.
 *
 * @returns `{ breadth, hype }` by grid index: share of tokens up in 24 h (NaN: too few to say), tokens that passed
 */
export function replayHype({ tokens, length }, criteria) {
  const byMarket = new Map(tokens.map((token) => [token.market, token]));
  const hype = [];
  const breadth = new Float64Array(length).fill(Number.NaN);
  for (let index = DAY; index < length; index++) {
    const tickers = [];
    for (const token of tokens) {
      const i = index - token.first;
      if (i < DAY || i >= token.candles.length) continue;
      const last = token.candles[i].close;
      const change = last / token.candles[i - DAY].close - 1;
      const quoteVolume = token.quoteBefore[i + 1] - token.quoteBefore[i + 1 - DAY];
      // candles have no spread: it counts as none
      tickers.push({ market: token.market, last, bid: last, ask: last, quoteVolume, change });
    }
    breadth[index] = breadthOf(tickers) ?? Number.NaN;
    for (const { ticker } of findHype(tickers, criteria).tokens) {
      hype.push({ token: byMarket.get(ticker.market), index });
    }
  }
  return { hype, breadth };
}

const measured = new WeakMap();

/** Indicators at a candle from as many candles as the scanner reads; each computed once. */
function indicatorsAt(token, i) {
  if (!measured.has(token)) measured.set(token, new Map());
  const known = measured.get(token);
  if (!known.has(i)) {
    const window = token.candles.slice(Math.max(0, i - WINDOW + 1), i + 1);
    const columns = {
      high: Float64Array.from(window, ({ high }) => high),
      low: Float64Array.from(window, ({ low }) => low),
      close: Float64Array.from(window, ({ close }) => close),
    };
    const last = window.at(-1).close;
    known.set(i, { atrFraction: atr(columns, PERIOD).at(-1) / last, adx: adx(columns, PERIOD).adx.at(-1) });
  }
  return known.get(i);
}

export function classifyAt(token, i, criteria) {
  token.columns ??= toColumns(token.candles);
  return classify(token.columns, i, indicatorsAt(token, i), criteria);
}

/**
 * Classifies every hype token.
 *
 * @param criteriaAt grid index → criteria: the regime may change them
 * @returns per strategy (and `none`) `{ classified, entries }`: how many candles, and those of them that could be bought: a token
 *   not again for the same strategy within 6 h, and only where 6 h of future are recorded
 */
export function replayStrategies({ start, length }, hype, criteriaAt) {
  const found = {};
  const lastEntry = new Map();
  for (const { token, index } of hype) {
    const i = index - token.first;
    if (i + HORIZON >= token.candles.length) continue;
    const strategy = classifyAt(token, i, criteriaAt(index)).strategy ?? 'none';
    found[strategy] ??= { classified: 0, entries: [] };
    found[strategy].classified += 1;
    const key = `${strategy} ${token.market}`;
    if (index - (lastEntry.get(key) ?? Number.NEGATIVE_INFINITY) < HORIZON) continue;
    lastEntry.set(key, index);
    found[strategy].entries.push({
      ...outcome(token, i),
      market: token.market,
      day: dayOf(start, index),
      firstHalf: index < length / 2,
      index,
      i,
      token,
    });
  }
  return found;
}

const dayOf = (start, index) => Math.floor((start + index * STEP_MS) / (DAY * STEP_MS));

/** Return at the close 6 h later, and the best price on the way, against the close of candle `i`. */
export function outcome(token, i) {
  const { candles } = token;
  const entry = candles[i].close;
  let high = 0;
  for (let n = i + 1; n <= i + HORIZON; n++) high = Math.max(high, candles[n].high);
  return { after6h: candles[i + HORIZON].close / entry - 1, best: high / entry - 1 };
}

/**
 * Which comes first within 6 h: the first take-profit level or the stop; a candle that spans both counts as the stop.
 *
 * @returns what it was, after how many candles, and the return there
 */
export function firstTouch({ token, i, after6h }, strategy, { ai, position }) {
  const { atrFraction } = indicatorsAt(token, i);
  const row = exitRow(position.exits, strategy, ai.fallbackConfidence[strategy]);
  const distance = stopDistanceOf(row.stopLoss, atrFraction, position.atr);
  const entry = token.candles[i].close;
  const target = row.takeProfits[0];
  for (let n = 1; n <= HORIZON; n++) {
    const { low, high } = token.candles[i + n];
    if (low <= entry * (1 - distance)) return { touch: 'stop', candles: n, result: -distance };
    if (high >= entry * target) return { touch: 'target', candles: n, result: target - 1 };
  }
  return { touch: 'neither', candles: HORIZON, result: after6h };
}

/** As core's `stopDistance`, which is no public name: tighter in a calm market, wider in a wild one. */
function stopDistanceOf(stopLoss, atrFraction, { calmFraction, wildFraction, calmFactor, wildFactor }) {
  const share = Math.min(1, Math.max(0, (atrFraction - calmFraction) / (wildFraction - calmFraction)));
  return stopLoss * (calmFactor + share * (wildFactor - calmFactor));
}
