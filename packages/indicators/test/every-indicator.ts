import * as indicators from '../src/index.ts';

/** Candles with every column an indicator may ask for. */
export interface Series extends indicators.SessionColumns, indicators.OpenHighLowClose {}

export type SeriesCandle = { readonly [Column in keyof Series]: number };

/** One value, or one by name. */
type Answer<Value> = Value | object;

/** What happens to an answer when prices change: a price follows, a difference only stretches, a ratio only moves. */
export type Kind = 'price' | 'difference' | 'ratio' | 'oscillator' | 'volume';

export interface Subject {
  readonly name: string;
  readonly kind: Kind;
  /** index of the first value of each column, in order */
  readonly warmUp: readonly number[];
  readonly inputs: readonly (keyof Series)[];
  batch(series: Series, out?: Answer<Float64Array>): Answer<Float64Array>;
  stream(): indicators.Streaming<SeriesCandle, Answer<number>>;
}

/** A stream over one column as a stream over candles. */
function ofColumn<Output>(
  stream: indicators.Streaming<number, Output>,
  column: keyof Series,
): indicators.Streaming<SeriesCandle, Output> {
  return {
    push: (candle) => stream.push(candle[column]),
    peek: (candle) => stream.peek(candle[column]),
    save: () => stream.save(),
    restore: (state) => stream.restore(state),
  };
}

type Batch = (series: Series, out?: never) => Answer<Float64Array>;
const subject = (
  name: string,
  kind: Kind,
  warmUp: number | readonly number[],
  inputs: readonly (keyof Series)[],
  batch: Batch,
  stream: Subject['stream'],
): Subject => ({
  name,
  kind,
  warmUp: typeof warmUp === 'number' ? [warmUp] : warmUp,
  inputs,
  batch: batch as Subject['batch'],
  stream,
});

const HL = ['high', 'low'] as const;
const HLC = ['high', 'low', 'close'] as const;
const HLCV = ['high', 'low', 'close', 'volume'] as const;
const i = indicators;

/** Every indicator in both forms, with a period of `n` or near it. */
export function everyIndicator(n: number): Subject[] {
  const m = n + 1;
  return [
    subject(
      'sma',
      'price',
      n - 1,
      ['close'],
      (s, o) => i.sma(s.close, n, o),
      () => ofColumn(i.createSma(n), 'close'),
    ),
    subject(
      'ema',
      'price',
      n - 1,
      ['close'],
      (s, o) => i.ema(s.close, n, o),
      () => ofColumn(i.createEma(n), 'close'),
    ),
    subject(
      'macd',
      'difference',
      [m + 1, m + 1, m + 1],
      ['close'],
      (s, o) => i.macd(s.close, n, m, 3, o),
      () => ofColumn(i.createMacd(n, m, 3), 'close'),
    ),
    subject(
      'adx',
      'oscillator',
      [2 * m - 1, m, m],
      HLC,
      (s, o) => i.adx(s, m, o),
      () => i.createAdx(m),
    ),
    subject(
      'aroon',
      'oscillator',
      [n, n],
      HL,
      (s, o) => i.aroon(s, n, o),
      () => i.createAroon(n),
    ),
    subject(
      'linearRegressionSlope',
      'difference',
      m - 1,
      ['close'],
      (s, o) => i.linearRegressionSlope(s.close, m, o),
      () => ofColumn(i.createLinearRegressionSlope(m), 'close'),
    ),
    subject(
      'parabolicSar',
      'price',
      1,
      HL,
      (s, o) => i.parabolicSar(s, 0.02, 0.2, o),
      () => i.createParabolicSar(0.02, 0.2),
    ),
    subject(
      'rsi',
      'oscillator',
      n,
      ['close'],
      (s, o) => i.rsi(s.close, n, o),
      () => ofColumn(i.createRsi(n), 'close'),
    ),
    subject(
      'stochastic',
      'oscillator',
      [n + 3, n + 3],
      HLC,
      (s, o) => i.stochastic(s, n, 3, 3, o),
      () => i.createStochastic(n, 3, 3),
    ),
    subject(
      'stochastic, longer smoothing',
      'oscillator',
      [n + 3, n + 3],
      HLC,
      (s, o) => i.stochastic(s, n, 4, 2, o),
      () => i.createStochastic(n, 4, 2),
    ),
    subject(
      'stochasticRsi',
      'oscillator',
      [n + m + 1, n + m + 1],
      ['close'],
      (s, o) => i.stochasticRsi(s.close, n, m, 3, o),
      () => ofColumn(i.createStochasticRsi(n, m, 3), 'close'),
    ),
    subject(
      'cci',
      'oscillator',
      n - 1,
      HLC,
      (s, o) => i.cci(s, n, o),
      () => i.createCci(n),
    ),
    subject(
      'roc',
      'ratio',
      n,
      ['close'],
      (s, o) => i.roc(s.close, n, o),
      () => ofColumn(i.createRoc(n), 'close'),
    ),
    subject(
      'williamsR',
      'oscillator',
      n - 1,
      HLC,
      (s, o) => i.williamsR(s, n, o),
      () => i.createWilliamsR(n),
    ),
    subject(
      'ultimateOscillator',
      'oscillator',
      2 * n + 1,
      HLC,
      (s, o) => i.ultimateOscillator(s, n, m, 2 * n + 1, o),
      () => i.createUltimateOscillator(n, m, 2 * n + 1),
    ),
    subject(
      'ultimateOscillator, periods that double',
      'oscillator',
      4 * n,
      HLC,
      (s, o) => i.ultimateOscillator(s, n, 2 * n, 4 * n, o),
      () => i.createUltimateOscillator(n, 2 * n, 4 * n),
    ),
    subject(
      'trueRange',
      'difference',
      1,
      HLC,
      (s, o) => i.trueRange(s, o),
      () => i.createTrueRange(),
    ),
    subject(
      'atr',
      'difference',
      n,
      HLC,
      (s, o) => i.atr(s, n, o),
      () => i.createAtr(n),
    ),
    subject(
      'natr',
      'ratio',
      n,
      HLC,
      (s, o) => i.natr(s, n, o),
      () => i.createNatr(n),
    ),
    subject(
      'bollinger',
      'price',
      [n - 1, n - 1, n - 1],
      ['close'],
      (s, o) => i.bollinger(s.close, n, 2, o),
      () =>
        ofColumn(
          mapped(i.createBollinger(n, 2), ({ upper, middle, lower }) => ({ upper, middle, lower })),
          'close',
        ),
    ),
    subject(
      'bollingerPercentB',
      'oscillator',
      n - 1,
      ['close'],
      (s, o) => i.bollingerPercentB(s.close, n, 2, o),
      () =>
        ofColumn(
          mapped(i.createBollinger(n, 2), ({ percentB }) => percentB),
          'close',
        ),
    ),
    subject(
      'bollingerWidth',
      'ratio',
      n - 1,
      ['close'],
      (s, o) => i.bollingerWidth(s.close, n, 2, o),
      () =>
        ofColumn(
          mapped(i.createBollinger(n, 2), ({ width }) => width),
          'close',
        ),
    ),
    subject(
      'standardDeviation',
      'difference',
      n - 1,
      ['close'],
      (s, o) => i.standardDeviation(s.close, n, o),
      () => ofColumn(i.createStandardDeviation(n), 'close'),
    ),
    subject(
      'keltner',
      'price',
      [m, m, m],
      HLC,
      (s, o) => i.keltner(s, n, m, 2, o),
      () => i.createKeltner(n, m, 2),
    ),
    subject(
      'donchian',
      'price',
      [n - 1, n - 1, n - 1],
      HL,
      (s, o) => i.donchian(s, n, o),
      () => i.createDonchian(n),
    ),
    subject(
      'realizedVolatility',
      'ratio',
      m,
      ['close'],
      (s, o) => i.realizedVolatility(s.close, m, o),
      () => ofColumn(i.createRealizedVolatility(m), 'close'),
    ),
    subject(
      'obv',
      'volume',
      0,
      ['close', 'volume'],
      (s, o) => i.obv(s, o),
      () => i.createObv(),
    ),
    subject(
      'mfi',
      'ratio',
      n,
      HLCV,
      (s, o) => i.mfi(s, n, o),
      () => i.createMfi(n),
    ),
    subject(
      'vwap',
      'price',
      n - 1,
      HLCV,
      (s, o) => i.vwap(s, n, o),
      () => i.createVwap(n),
    ),
    subject(
      'sessionVwap',
      'price',
      0,
      [...HLCV, 'openTime'],
      (s, o) => i.sessionVwap(s, o),
      () => i.createSessionVwap(),
    ),
    subject(
      'volumeZScore',
      'oscillator',
      n - 1,
      ['volume'],
      (s, o) => i.volumeZScore(s.volume, n, o),
      () => ofColumn(i.createVolumeZScore(n), 'volume'),
    ),
  ];
}

/** The stream with each answer changed. */
function mapped<Output, Answered>(
  stream: indicators.Streaming<number, Output>,
  change: (answer: Output) => Answered,
): indicators.Streaming<number, Answered> {
  return {
    push: (value) => change(stream.push(value)),
    peek: (value) => change(stream.peek(value)),
    save: () => stream.save(),
    restore: (state) => stream.restore(state),
  };
}

/** The columns of an answer, by name. */
export function columnsOf<Value>(answer: Answer<Value>): [string, Value][] {
  const isOne = typeof answer === 'number' || answer instanceof Float64Array;
  return isOne ? [['value', answer as Value]] : Object.entries(answer as Record<string, Value>);
}

export function candleAt(series: Series, index: number): SeriesCandle {
  const at = (column: keyof Series) => series[column][index]!;
  return {
    openTime: at('openTime'),
    open: at('open'),
    high: at('high'),
    low: at('low'),
    close: at('close'),
    volume: at('volume'),
  };
}

/** The series with every column changed. */
export function mapSeries(series: Series, change: (column: Float64Array, name: keyof Series) => Float64Array): Series {
  return {
    openTime: change(series.openTime, 'openTime'),
    open: change(series.open, 'open'),
    high: change(series.high, 'high'),
    low: change(series.low, 'low'),
    close: change(series.close, 'close'),
    volume: change(series.volume, 'volume'),
  };
}

/** The stream's answers to the whole series, as columns. */
export function streamed(
  stream: indicators.Streaming<SeriesCandle, Answer<number>>,
  series: Series,
): [string, Float64Array][] {
  const answers = Array.from(series.close, (_, index) => columnsOf(stream.push(candleAt(series, index))));
  return (answers[0] ?? []).map(([name], column) => [name, Float64Array.from(answers, (answer) => answer[column]![1])]);
}
