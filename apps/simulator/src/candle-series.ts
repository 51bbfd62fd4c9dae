import { extremesOn, type Ohlc, type PricePath, pathOf, priceOn, volumeShareOn } from './price-path.ts';
import { factorAt, type PriceSteps, stepsBefore } from './price-steps.ts';
import { hash } from './random.ts';

/** Candles of one market, columns of equal length without gaps in time, plus running sums one longer. */
export interface CandleChunk {
  /** number of this chunk's first candle in the series */
  readonly first: number;
  readonly length: number;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** base */
  readonly volume: Float64Array;
  /** base traded in the series before candle i of this chunk; one entry more than candles */
  readonly baseBefore: Float64Array;
  /** quote traded in the series before candle i of this chunk */
  readonly quoteBefore: Float64Array;
}

/** One market's whole history on a regular grid: candle i opens at `firstOpen + i * stepMs`. */
export interface CandleSeries {
  readonly seed: number;
  readonly stepMs: number;
  /** ms UTC, a multiple of `stepMs` */
  readonly firstOpen: number;
  /** Infinity where candles are made on demand */
  readonly count: number;
  /** The chunk that holds candle `index`, 0 <= index < count. */
  chunkAt(index: number): CandleChunk;
  /** scripted shocks, laid over the candles; none unless given */
  readonly steps?: PriceSteps;
}

/** The same prices from `time` on, as if the market had begun there. */
export function seriesFrom(series: CandleSeries, time: number): CandleSeries {
  const skipped = Math.max(0, Math.floor((time - series.firstOpen) / series.stepMs));
  return {
    ...series,
    firstOpen: series.firstOpen + skipped * series.stepMs,
    count: series.count - skipped,
    chunkAt(index) {
      const chunk = series.chunkAt(index + skipped);
      return { ...chunk, first: chunk.first - skipped };
    },
  };
}

export interface TradedVolume {
  readonly base: number;
  readonly quote: number;
}

export interface CandleOver extends Ohlc, TradedVolume {}

/** Quote traded in a candle; candles hold base volume only, so their mean price values it. */
const quoteOf = (open: number, high: number, low: number, close: number, volume: number): number =>
  (volume * (open + high + low + close)) / 4;

/** @returns columns for `length` candles, all zero */
export function emptyChunk(first: number, length: number): CandleChunk {
  const column = (size: number): Float64Array => new Float64Array(size);
  return {
    first,
    length,
    open: column(length),
    high: column(length),
    low: column(length),
    close: column(length),
    volume: column(length),
    baseBefore: column(length + 1),
    quoteBefore: column(length + 1),
  };
}

/** Fills the running sums from the candle columns. */
export function sumVolumes(chunk: CandleChunk, baseBefore: number, quoteBefore: number): CandleChunk {
  let base = baseBefore;
  let quote = quoteBefore;
  for (let i = 0; i < chunk.length; i++) {
    chunk.baseBefore[i] = base;
    chunk.quoteBefore[i] = quote;
    const volume = chunk.volume[i]!;
    base += volume;
    quote += quoteOf(chunk.open[i]!, chunk.high[i]!, chunk.low[i]!, chunk.close[i]!, volume);
  }
  chunk.baseBefore[chunk.length] = base;
  chunk.quoteBefore[chunk.length] = quote;
  return chunk;
}

interface Place {
  readonly chunk: CandleChunk;
  /** position in the chunk */
  readonly i: number;
  /** number in the series */
  readonly index: number;
  /** fraction of the candle's time */
  readonly at: number;
}

/** Before the first candle its open holds, after the last one its close: the price stays and nothing trades. */
function locate(series: CandleSeries, time: number): Place {
  let index = Math.floor((time - series.firstOpen) / series.stepMs);
  let at = (time - (series.firstOpen + index * series.stepMs)) / series.stepMs;
  if (index < 0) [index, at] = [0, 0];
  else if (index >= series.count) [index, at] = [series.count - 1, 1];
  const chunk = series.chunkAt(index);
  return { chunk, i: index - chunk.first, index, at };
}

function pathIn(series: CandleSeries, chunk: CandleChunk, i: number): PricePath {
  const candle = { open: chunk.open[i]!, high: chunk.high[i]!, low: chunk.low[i]!, close: chunk.close[i]! };
  // keyed by the candle's own time, so that a history that starts earlier has the same paths
  const minute = (series.firstOpen + (chunk.first + i) * series.stepMs) / 60_000;
  return pathOf(candle, hash(series.seed, minute, 7));
}

function rawPriceAt(series: CandleSeries, time: number): number {
  const { chunk, i, at } = locate(series, time);
  return priceOn(pathIn(series, chunk, i), at);
}

/** Last price at `time`, not yet on the tick grid. */
export function priceAt(series: CandleSeries, time: number): number {
  const price = rawPriceAt(series, time);
  return series.steps === undefined ? price : price * factorAt(series.steps, time);
}

/** One moment of a series, looked up once. */
export interface SeriesMoment extends TradedVolume {
  readonly price: number;
  /** extremes of the moment's own candle, up to the moment or from it on */
  readonly low: number;
  readonly high: number;
}

/**
 * {@link priceAt}, {@link tradedBefore} and extremes of the candle on one side of `time`, with one look at the series. What it
 * returns holds until the next call: thousands of markets are looked at together, and need not leave a new object each.
 */
export type Cursor = (time: number, side: 'until' | 'from') => SeriesMoment;

/** For moments that follow each other closely: the candle they lie in is fetched from the columns once. */
export function createCursor(series: CandleSeries): Cursor {
  const recorded = recordedCursor(series);
  const { steps, stepMs, firstOpen } = series;
  if (steps === undefined) return recorded.at;
  const extremes = extremesInSteps(series, steps, recorded.pathNow);
  // between two steps prices are the recorded ones times a constant
  let [between, and, factor, shift] = [Number.NaN, Number.NaN, 1, 0];
  return (time, side) => {
    if (!(time >= between && time < and)) {
      const passed = stepsBefore(steps, time);
      between = steps.at[passed - 1] ?? Number.NEGATIVE_INFINITY;
      and = steps.at[passed] ?? Number.POSITIVE_INFINITY;
      [factor, shift] = [steps.factor[passed - 1] ?? 1, quoteShift(series, steps, passed)];
    }
    const moment = recorded.at(time, side);
    moment.price *= factor;
    moment.quote = moment.quote * factor + shift;
    const opens = firstOpen + Math.floor((time - firstOpen) / stepMs) * stepMs;
    if (side === 'until' ? opens < between : opens + stepMs > and) extremes(opens, time, side, moment);
    else {
      moment.low *= factor;
      moment.high *= factor;
    }
    return moment;
  };
}

/** Its holder's own, to write over. */
type OwnMoment = { -readonly [Field in keyof SeriesMoment]: SeriesMoment[Field] };

interface RecordedCursor {
  at(...asked: Parameters<Cursor>): OwnMoment;
  /** of the candle looked at last */
  pathNow(): PricePath;
}

/** As recorded: without what steps do to the prices. */
function recordedCursor(series: CandleSeries): RecordedCursor {
  const { firstOpen, stepMs, count } = series;
  const moment = { price: 0, base: 0, quote: 0, low: 0, high: 0 };
  let index = -1;
  let path: PricePath | null = null;
  let [base, baseAfter, quote, quoteAfter] = [0, 0, 0, 0];

  const at: RecordedCursor['at'] = (time, side) => {
    const asked = Math.floor((time - firstOpen) / stepMs);
    const wanted = Math.max(0, Math.min(asked, count - 1));
    if (path === null || wanted !== index) {
      const chunk = series.chunkAt(wanted);
      const i = wanted - chunk.first;
      index = wanted;
      path = pathIn(series, chunk, i);
      [base, baseAfter] = [chunk.baseBefore[i]!, chunk.baseBefore[i + 1]!];
      [quote, quoteAfter] = [chunk.quoteBefore[i]!, chunk.quoteBefore[i + 1]!];
    }
    const at = asked < 0 ? 0 : asked >= count ? 1 : (time - (firstOpen + index * stepMs)) / stepMs;
    const share = volumeShareOn(path, at);
    const { low, high } = side === 'until' ? extremesOn(path, 0, at) : extremesOn(path, at, 1);
    moment.price = priceOn(path, at);
    moment.base = base + (baseAfter - base) * share;
    moment.quote = quote + (quoteAfter - quote) * share;
    moment.low = low;
    moment.high = high;
    return moment;
  };
  return { at, pathNow: () => path! };
}

/**
 * Extremes of one side of a candle that has steps in it. What lies whole between two steps is looked at once while time goes on
 * in a candle: thousands of markets fall at once, and each has dozens of steps in its candle.
 */
function extremesInSteps(
  series: CandleSeries,
  steps: PriceSteps,
  pathNow: () => PricePath,
): (opens: number, time: number, side: 'until' | 'from', into: OwnMoment) => void {
  const { firstOpen, stepMs, count } = series;
  // the same ends as recorded: outside the history the price stands still
  const ended = firstOpen + count * stepMs;
  const shareAt = (opens: number, time: number): number =>
    time <= firstOpen ? 0 : time >= ended ? 1 : Math.min(1, (time - opens) / stepMs);
  /** widens `into` by the stretch from..to, which no step divides */
  const include = (opens: number, from: number, to: number, factor: number, into: OwnMoment): void => {
    const { low, high } = extremesOn(pathNow(), shareAt(opens, from), shareAt(opens, to));
    into.low = Math.min(into.low, low * factor);
    into.high = Math.max(into.high, high * factor);
  };
  const factorOf = (passed: number): number => steps.factor[passed - 1] ?? 1;

  // of the candle's steps up to number `done`, for time that goes on in it
  let [keptOpens, done, low, high] = [Number.NaN, 0, 0, 0];
  const until = (opens: number, time: number, into: OwnMoment): void => {
    const passed = stepsBefore(steps, time);
    if (opens !== keptOpens || passed < done) {
      [keptOpens, done, low, high] = [
        opens,
        stepsBefore(steps, opens),
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
      ];
    }
    [into.low, into.high] = [low, high];
    for (; done < passed; done++) {
      const from = Math.max(opens, steps.at[done - 1] ?? opens);
      if (from < steps.at[done]!) include(opens, from, steps.at[done]!, factorOf(done), into);
    }
    [low, high] = [into.low, into.high];
    const from = Math.max(opens, steps.at[done - 1] ?? opens);
    if (from < time) include(opens, from, time, factorOf(done), into);
  };
  const from = (opens: number, time: number, into: OwnMoment): void => {
    [into.low, into.high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const ends = opens + stepMs;
    for (let passed = stepsBefore(steps, time), start = time; start < ends; passed++) {
      const end = Math.min(ends, steps.at[passed] ?? ends);
      if (end > start) include(opens, start, end, factorOf(passed), into);
      start = Math.max(start, end);
    }
  };
  return (opens, time, side, into) => {
    if (side === 'until') until(opens, time, into);
    else from(opens, time, into);
    if (into.low > into.high) [into.low, into.high] = [into.price, into.price];
  };
}

/** Traded from the start of the series up to `time`. */
export function tradedBefore(series: CandleSeries, time: number): TradedVolume {
  const raw = rawTradedBefore(series, time);
  const { steps } = series;
  const passed = steps === undefined ? 0 : stepsBefore(steps, time);
  if (steps === undefined || passed === 0) return raw;
  return { base: raw.base, quote: raw.quote * steps.factor[passed - 1]! + quoteShift(series, steps, passed) };
}

const shifts = new WeakMap<PriceSteps, number[]>();

/** What the first `passed` steps did to the quote traded: a step changes the worth of what is traded after it only. */
function quoteShift(series: CandleSeries, steps: PriceSteps, passed: number): number {
  const known = shifts.get(steps) ?? [0];
  shifts.set(steps, known);
  for (let n = known.length; n <= passed; n++) {
    const change = (steps.factor[n - 2] ?? 1) - steps.factor[n - 1]!;
    known.push(known[n - 1]! + change * rawTradedBefore(series, steps.at[n - 1]!).quote);
  }
  return known[passed]!;
}

function rawTradedBefore(series: CandleSeries, time: number): TradedVolume {
  const { chunk, i, at } = locate(series, time);
  const share = volumeShareOn(pathIn(series, chunk, i), at);
  const base = chunk.baseBefore[i]!;
  const quote = chunk.quoteBefore[i]!;
  return {
    base: base + (chunk.baseBefore[i + 1]! - base) * share,
    quote: quote + (chunk.quoteBefore[i + 1]! - quote) * share,
  };
}

/**
 * The candle over `from`..`to` (ms UTC, from < to), at whatever boundaries: what a trade-by-trade recording of the quoted
 * prices would give.
 */
export function candleOver(series: CandleSeries, from: number, to: number): CandleOver {
  const { steps } = series;
  if (steps === undefined) return rawCandleOver(series, from, to);
  let candle: CandleOver | null = null;
  // between two steps the price is the recorded one times a constant
  for (let n = stepsBefore(steps, from), start = from; start < to; n++) {
    const end = Math.min(to, steps.at[n] ?? to);
    if (end <= start) continue;
    candle = joined(candle, scaled(rawCandleOver(series, start, end), steps.factor[n - 1] ?? 1));
    start = end;
  }
  return candle ?? rawCandleOver(series, from, to);
}

const scaled = ({ open, high, low, close, base, quote }: CandleOver, factor: number): CandleOver => ({
  open: open * factor,
  high: high * factor,
  low: low * factor,
  close: close * factor,
  base,
  quote: quote * factor,
});

function joined(before: CandleOver | null, after: CandleOver): CandleOver {
  if (before === null) return after;
  return {
    open: before.open,
    high: Math.max(before.high, after.high),
    low: Math.min(before.low, after.low),
    close: after.close,
    base: before.base + after.base,
    quote: before.quote + after.quote,
  };
}

function rawCandleOver(series: CandleSeries, from: number, to: number): CandleOver {
  const step = series.stepMs;
  const firstIndex = Math.floor((from - series.firstOpen) / step);
  const lastIndex = Math.ceil((to - series.firstOpen) / step) - 1;
  const start = Math.max(0, Math.min(firstIndex, series.count - 1));
  const end = Math.max(start, Math.min(lastIndex, series.count - 1));

  const open = rawPriceAt(series, from);
  let [high, low, close, base, quote] = [open, open, open, 0, 0];
  let chunk = series.chunkAt(start);
  for (let index = start; index <= end; index++) {
    if (index >= chunk.first + chunk.length) chunk = series.chunkAt(index);
    const i = index - chunk.first;
    const opensAt = series.firstOpen + index * step;
    const begin = Math.max(0, (from - opensAt) / step);
    const finish = Math.min(1, (to - opensAt) / step);
    if (begin >= 1 || finish <= 0) continue; // wholly outside the history: the price stands still

    const volume = chunk.volume[i]!;
    const amount = quoteOf(chunk.open[i]!, chunk.high[i]!, chunk.low[i]!, chunk.close[i]!, volume);
    if (begin === 0 && finish === 1) {
      low = Math.min(low, chunk.low[i]!);
      high = Math.max(high, chunk.high[i]!);
      close = chunk.close[i]!;
      base += volume;
      quote += amount;
    } else {
      const path = pathIn(series, chunk, i);
      const extremes = extremesOn(path, begin, finish);
      const share = volumeShareOn(path, finish) - volumeShareOn(path, begin);
      low = Math.min(low, extremes.low);
      high = Math.max(high, extremes.high);
      close = priceOn(path, finish);
      base += volume * share;
      quote += amount * share;
    }
  }
  return { open, high, low, close, base, quote };
}
