import type { Candle, Ticker24h } from './market.ts';
import { HOUR_MS, TIMEFRAME_MS, type Timeframe } from './time.ts';

/** The market's mood, worst first. */
export const REGIMES = ['crash', 'bearish', 'neutral', 'bullish'] as const;
export type Regime = (typeof REGIMES)[number];

/** BTC/USDT at one moment; fractions. */
export interface BtcMeasures {
  readonly change1h: number;
  readonly change4h: number;
  readonly change24h: number;
  /** standard deviation of the last 24 hourly log returns */
  readonly volatility: number;
}

/** What the regime is decided on. */
export interface RegimeReading {
  /** market time, ms UTC */
  readonly at: number;
  /** null: BTC could not be read, or its candles are too old or too few */
  readonly btc: BtcMeasures | null;
  /** share of the markets that moved in 24 h which rose, 0..1; null: too few markets to say */
  readonly breadth: number | null;
}

/** Changes as fractions: −0.03 is −3 %. */
export interface RegimeCriteria {
  /** any one of them at or under its threshold */
  readonly crash: {
    readonly change1h: number;
    readonly change4h: number;
    readonly change24h: number;
  };
  /** any one of them at or under its threshold */
  readonly bearish: {
    readonly change4h: number;
    readonly change24h: number;
    readonly breadth: number;
  };
  /** all of them: change and breadth at or above theirs, volatility at or under */
  readonly bullish: {
    readonly change24h: number;
    readonly breadth: number;
    readonly maxVolatility: number;
  };
  /** how far past a threshold a measure must be before the regime is left */
  readonly margin: { readonly change: number; readonly breadth: number; readonly volatility: number };
  /** readings in a row that must ask for another regime; a crash needs one */
  readonly readings: number;
  /** a state, or a reading of BTC, this old says nothing any more, market ms */
  readonly forgetAfterMs: number;
}

/** The measure that decided; `calm`: none stands out; `no_btc`: breadth alone was asked. */
export type RegimeReason = 'btc_1h' | 'btc_4h' | 'btc_24h' | 'breadth' | 'rising' | 'calm' | 'no_btc' | 'no_data';

export interface RegimeState {
  readonly regime: Regime;
  /** why it began */
  readonly reason: RegimeReason;
  /** market time it began, ms UTC */
  readonly since: number;
  /** market time of the last reading, ms UTC */
  readonly at: number;
  /** market time BTC was last read, ms UTC; null: never */
  readonly btcAt: number | null;
  /** where the last readings in a row point, the nearest regime of theirs; null: here */
  readonly next: { readonly regime: Regime; readonly reason: RegimeReason; readonly readings: number } | null;
}

/** With fewer moving markets than this, breadth is chance. */
const FEWEST_MOVERS = 30;

/** Markets that did not move, mostly dead ones, say nothing about the mood. */
export function breadthOf(tickers: readonly Pick<Ticker24h, 'change'>[]): number | null {
  let [up, moved] = [0, 0];
  for (const { change } of tickers) {
    if (change === null || change === 0 || !Number.isFinite(change)) continue;
    moved += 1;
    if (change > 0) up += 1;
  }
  return breadthOfCounts(up, moved);
}

/** @param moved markets that moved in 24 h, `up` of them rose */
export const breadthOfCounts = (up: number, moved: number): number | null =>
  moved < FEWEST_MOVERS ? null : up / moved;

/**
 * BTC's measures at its last close.
 *
 * @param candles closed candles, oldest first, of 1 h or less, 25 h of them; those that close after `asOf` are not looked at
 * @returns null where the last close is more than two candles old, or an hour of the last 25 is missing
 */
export function readBtc(candles: readonly Candle[], timeframe: Timeframe, asOf: number): BtcMeasures | null {
  const step = TIMEFRAME_MS[timeframe];
  let last = candles.length - 1;
  while (last >= 0 && candles[last]!.openTime + step > asOf) last -= 1;
  if (last < 0) return null;
  const closedAt = candles[last]!.openTime + step;
  if (asOf - closedAt > 2 * step) return null;

  /** closes[h]: the close h hours before the last one */
  const closes: number[] = [];
  let i = last;
  for (let hours = 0; hours <= 24; hours++) {
    const wanted = closedAt - hours * HOUR_MS;
    while (i >= 0 && candles[i]!.openTime + step > wanted) i -= 1;
    const candle = candles[i];
    if (candle === undefined || wanted - (candle.openTime + step) >= HOUR_MS || !(candle.close > 0)) return null;
    closes.push(candle.close);
  }

  const change = (hours: number): number => closes[0]! / closes[hours]! - 1;
  const returns = closes.slice(1).map((close, hour) => Math.log(closes[hour]! / close));
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  return { change1h: change(1), change4h: change(4), change24h: change(24), volatility: Math.sqrt(variance) };
}

interface Verdict {
  readonly regime: Regime;
  readonly reason: RegimeReason;
}

/**
 * The regime after one more reading.
 *
 * Around each threshold lies a band of the margin on both sides: inside it the regime stays what it is, so that noise changes
 * nothing. Outside, `readings` in a row must agree on the direction. A crash is entered at its threshold at once: not buying for
 * a few minutes costs nothing, buying into a crash does.
 *
 * While BTC cannot be read the regime stands for `forgetAfterMs`, because a failed query says nothing; then breadth alone decides.
 *
 * @param previous null, or older than `forgetAfterMs`: the reading alone decides
 */
export function nextRegime(
  previous: RegimeState | null,
  reading: RegimeReading,
  criteria: RegimeCriteria,
): RegimeState {
  const { at } = reading;
  const btcAt = reading.btc === null ? (previous?.btcAt ?? null) : at;
  if (previous === null || at - previous.at > criteria.forgetAfterMs) {
    return { ...judge(reading, null, criteria), since: at, at, btcAt, next: null };
  }
  const stays = { ...previous, at, btcAt, next: null };
  if (reading.btc === null && btcAt !== null && at - btcAt <= criteria.forgetAfterMs) return stays;

  const verdict = judge(reading, previous.regime, criteria);
  if (verdict.regime === previous.regime) return stays;
  const begins = { since: at, at, btcAt, next: null };
  if (verdict.regime === 'crash') return { ...verdict, ...begins };

  const next = nearest(previous, verdict);
  return next.readings >= criteria.readings
    ? { regime: next.regime, reason: next.reason, ...begins }
    : { ...stays, next };
}

const rank = (regime: Regime): number => REGIMES.indexOf(regime);

/** Counts readings that point the same way; of the regimes they name, the one nearest to the present one is kept. */
function nearest({ regime, next }: RegimeState, verdict: Verdict): NonNullable<RegimeState['next']> {
  const up = rank(verdict.regime) > rank(regime);
  if (next === null || rank(next.regime) > rank(regime) !== up) return { ...verdict, readings: 1 };
  const verdictIsNearer = up ? rank(verdict.regime) < rank(next.regime) : rank(verdict.regime) > rank(next.regime);
  return { ...(verdictIsNearer ? verdict : next), readings: next.readings + 1 };
}

/** What one reading says, with the thresholds moved by the margin against leaving `current`; null: where they are. */
function judge({ btc, breadth }: RegimeReading, current: Regime | null, criteria: RegimeCriteria): Verdict {
  const { crash, bearish, bullish, margin } = criteria;
  if (btc === null && breadth === null) return { regime: 'neutral', reason: 'no_data' };
  // 1: easier to stay under or above the threshold, −1: harder to get there
  const [inCrash, inBearish, inBullish] =
    current === null
      ? [0, 0, 0]
      : [current === 'crash' ? 1 : 0, rank(current) <= rank('bearish') ? 1 : -1, current === 'bullish' ? 1 : -1];

  if (btc !== null) {
    const ease = inCrash * margin.change;
    if (btc.change1h <= crash.change1h + ease) return { regime: 'crash', reason: 'btc_1h' };
    if (btc.change4h <= crash.change4h + ease) return { regime: 'crash', reason: 'btc_4h' };
    if (btc.change24h <= crash.change24h + ease) return { regime: 'crash', reason: 'btc_24h' };
  }
  const named = (reason: RegimeReason): RegimeReason => (btc === null ? 'no_btc' : reason);
  if (btc !== null) {
    const ease = inBearish * margin.change;
    if (btc.change4h <= bearish.change4h + ease) return { regime: 'bearish', reason: 'btc_4h' };
    if (btc.change24h <= bearish.change24h + ease) return { regime: 'bearish', reason: 'btc_24h' };
  }
  if (breadth !== null && breadth <= bearish.breadth + inBearish * margin.breadth) {
    return { regime: 'bearish', reason: named('breadth') };
  }
  const broad = breadth !== null && breadth >= bullish.breadth - inBullish * margin.breadth;
  const rising =
    btc === null ||
    (btc.change24h >= bullish.change24h - inBullish * margin.change &&
      btc.volatility <= bullish.maxVolatility + inBullish * margin.volatility);
  return broad && rising
    ? { regime: 'bullish', reason: named('rising') }
    : { regime: 'neutral', reason: named('calm') };
}
