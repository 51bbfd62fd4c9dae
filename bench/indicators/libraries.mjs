import ixjb from '@ixjb94/indicators';
import * as own from '@mexc-bot/indicators';
import * as indicatorts from 'indicatorts';
import technical from 'technicalindicators';
import * as signals from 'trading-signals';

const ix = new ixjb.IndicatorsSync();
const columns = (length, ...names) => Object.fromEntries(names.map((name) => [name, new Float64Array(length)]));
const bands = (length) => columns(length, 'upper', 'middle', 'lower');

/**
 * Every indicator that at least one other library has, with each library's fastest public batch call for it.
 *
 * `pick` takes the column that is compared before timing; a library that defines the indicator otherwise says how in
 * `differs`, and is timed all the same. The first eight are those of the comparison with technicalindicators.
 */
export const INDICATORS = [
  {
    name: 'SMA 20',
    main: true,
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.sma(typed.close, 20, out),
    stream: () => [own.createSma(20), 'close'],
    rivals: {
      technicalindicators: ({ plain }) => technical.SMA.calculate({ period: 20, values: plain.close }),
      'trading-signals': ({ plain }) => new signals.SMA(20).updates(plain.close),
      indicatorts: ({ plain }) => indicatorts.sma(plain.close, { period: 20 }),
      ixjb94: ({ plain }) => ix.sma(plain.close, 20),
    },
  },
  {
    name: 'EMA 20',
    main: true,
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.ema(typed.close, 20, out),
    stream: () => [own.createEma(20), 'close'],
    rivals: {
      technicalindicators: ({ plain }) => technical.EMA.calculate({ period: 20, values: plain.close }),
      'trading-signals': ({ plain }) => new signals.EMA(20).updates(plain.close),
      indicatorts: ({ plain }) => indicatorts.ema(plain.close, { period: 20 }),
      ixjb94: ({ plain }) => ix.ema(plain.close, 20),
    },
  },
  {
    name: 'RSI 14',
    main: true,
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.rsi(typed.close, 14, out),
    stream: () => [own.createRsi(14), 'close'],
    rivals: {
      technicalindicators: ({ plain }) => technical.RSI.calculate({ period: 14, values: plain.close }),
      'trading-signals': ({ plain }) => new signals.RSI(14).updates(plain.close),
      indicatorts: ({ plain }) => indicatorts.rsi(plain.close, { period: 14 }),
      ixjb94: ({ plain }) => ix.rsi(plain.close, 14),
    },
    differs: { technicalindicators: 'rounds to 2 decimals' },
  },
  {
    name: 'MACD 12 26 9',
    main: true,
    out: (n) => columns(n, 'macd', 'signal', 'histogram'),
    own: ({ typed }, out) => own.macd(typed.close, 12, 26, 9, out),
    stream: () => [own.createMacd(12, 26, 9), 'close'],
    pick: {
      own: (r) => r.signal,
      technicalindicators: (r) => r.map((x) => x.signal),
      'trading-signals': (r) => r.map((x) => x?.signal),
      indicatorts: (r) => r.signalLine,
      ixjb94: (r) => r[1],
    },
    rivals: {
      technicalindicators: ({ plain }) =>
        technical.MACD.calculate({
          fastPeriod: 12,
          slowPeriod: 26,
          signalPeriod: 9,
          SimpleMAOscillator: false,
          SimpleMASignal: false,
          values: plain.close,
        }),
      'trading-signals': ({ plain }) =>
        new signals.MACD(new signals.EMA(12), new signals.EMA(26), new signals.EMA(9)).updates(plain.close),
      indicatorts: ({ plain }) => indicatorts.macd(plain.close, { fast: 12, slow: 26, signal: 9 }),
      ixjb94: ({ plain }) => ix.macd(plain.close, 12, 26, 9),
    },
  },
  {
    name: 'Bollinger 20 2',
    main: true,
    out: bands,
    own: ({ typed }, out) => own.bollinger(typed.close, 20, 2, out),
    stream: () => [own.createBollinger(20, 2), 'close'],
    pick: {
      own: (r) => r.upper,
      technicalindicators: (r) => r.map((x) => x.upper),
      'trading-signals': (r) => r.map((x) => x?.upper),
      indicatorts: (r) => r.upper,
      ixjb94: (r) => r[2],
    },
    rivals: {
      technicalindicators: ({ plain }) =>
        technical.BollingerBands.calculate({ period: 20, stdDev: 2, values: plain.close }),
      'trading-signals': ({ plain }) => new signals.BollingerBands(20, 2).updates(plain.close),
      indicatorts: ({ plain }) => indicatorts.bb(plain.close, { period: 20 }),
      ixjb94: ({ plain }) => ix.bbands(plain.close, 20, 2),
    },
  },
  {
    name: 'ATR 14',
    main: true,
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.atr(typed, 14, out),
    stream: () => [own.createAtr(14)],
    pick: { indicatorts: (r) => r.atrLine },
    rivals: {
      technicalindicators: ({ plain: { high, low, close } }) =>
        technical.ATR.calculate({ period: 14, high, low, close }),
      'trading-signals': ({ candles }) => new signals.ATR(14).updates(candles),
      indicatorts: ({ plain: { high, low, close } }) => indicatorts.atr(high, low, close, { period: 14 }),
      ixjb94: ({ plain: { high, low, close } }) => ix.atr(high, low, close, 14),
    },
    differs: { indicatorts: 'simple average, not Wilder’s' },
  },
  {
    name: 'ADX 14 with ±DI',
    main: true,
    out: (n) => columns(n, 'adx', 'plusDi', 'minusDi'),
    own: ({ typed }, out) => own.adx(typed, 14, out),
    stream: () => [own.createAdx(14)],
    pick: { own: (r) => r.adx, technicalindicators: (r) => r.map((x) => x.adx) },
    rivals: {
      technicalindicators: ({ plain: { high, low, close } }) =>
        technical.ADX.calculate({ period: 14, high, low, close }),
      'trading-signals': ({ candles }) => new signals.ADX(14).updates(candles),
      ixjb94: ({ plain: { high, low } }) => ix.adx(high, low, 14),
    },
    differs: { 'trading-signals': 'without ±DI', ixjb94: 'without ±DI' },
  },
  {
    name: 'Stochastic 14 3 3',
    main: true,
    out: (n) => columns(n, 'k', 'd'),
    own: ({ typed }, out) => own.stochastic(typed, 14, 3, 3, out),
    stream: () => [own.createStochastic(14, 3, 3)],
    pick: {
      own: (r) => r.k,
      technicalindicators: (r) => r.map((x) => x.d),
      'trading-signals': (r) => r.map((x) => x?.stochK),
      indicatorts: (r) => r.d,
      ixjb94: (r) => r[0],
    },
    rivals: {
      technicalindicators: ({ plain: { high, low, close } }) =>
        technical.Stochastic.calculate({ period: 14, signalPeriod: 3, high, low, close }),
      'trading-signals': ({ candles }) =>
        new signals.StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 }).updates(candles),
      indicatorts: ({ plain: { high, low, close } }) =>
        indicatorts.stoch(high, low, close, { kPeriod: 14, dPeriod: 3 }),
      ixjb94: ({ plain: { high, low, close } }) => ix.stoch(high, low, close, 14, 3, 3),
    },
    differs: { technicalindicators: 'fast only: one smoothing less', indicatorts: 'fast only: one smoothing less' },
  },
  {
    name: 'true range',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.trueRange(typed, out),
    stream: () => [own.createTrueRange()],
    rivals: {
      technicalindicators: ({ plain: { high, low, close } }) => technical.TrueRange.calculate({ high, low, close }),
      'trading-signals': ({ candles }) => new signals.TR().updates(candles),
      indicatorts: ({ plain: { high, low, close } }) => indicatorts.tr(high, low, close),
      ixjb94: ({ plain: { high, low, close } }) => ix.tr(high, low, close),
    },
  },
  {
    name: 'NATR 14',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.natr(typed, 14, out),
    stream: () => [own.createNatr(14)],
    rivals: {
      'trading-signals': ({ candles }) => new signals.NATR(14).updates(candles),
      ixjb94: ({ plain: { high, low, close } }) => ix.natr(high, low, close, 14),
    },
  },
  {
    name: 'StochRSI 14 14 3',
    out: (n) => columns(n, 'k', 'd'),
    own: ({ typed }, out) => own.stochasticRsi(typed.close, 14, 14, 3, out),
    stream: () => [own.createStochasticRsi(14, 14, 3), 'close'],
    pick: {
      own: (r) => r.k,
      technicalindicators: (r) => r.map((x) => x.stochRSI),
      'trading-signals': (r) => r.map((x) => (x === null ? undefined : 100 * x)),
      ixjb94: (r) => r.map((x) => 100 * x),
    },
    rivals: {
      technicalindicators: ({ plain }) =>
        technical.StochasticRSI.calculate({
          rsiPeriod: 14,
          stochasticPeriod: 14,
          kPeriod: 3,
          dPeriod: 3,
          values: plain.close,
        }),
      'trading-signals': ({ plain }) => new signals.StochasticRSI(14).updates(plain.close),
      ixjb94: ({ plain }) => ix.stochrsi(plain.close, 14),
    },
    differs: { technicalindicators: 'of the rounded RSI', 'trading-signals': 'k only', ixjb94: 'k only' },
  },
  {
    name: 'CCI 20',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.cci(typed, 20, out),
    stream: () => [own.createCci(20)],
    rivals: {
      technicalindicators: ({ plain: { high, low, close } }) =>
        technical.CCI.calculate({ period: 20, high, low, close }),
      'trading-signals': ({ candles }) => new signals.CCI(20).updates(candles),
      indicatorts: ({ plain: { high, low, close } }) => indicatorts.cci(high, low, close, { period: 20 }),
      ixjb94: ({ plain: { high, low, close } }) => ix.cci(high, low, close, 20),
    },
    differs: { indicatorts: 'deviation from moving means' },
  },
  {
    name: 'MFI 14',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.mfi(typed, 14, out),
    stream: () => [own.createMfi(14)],
    rivals: {
      technicalindicators: ({ plain: { high, low, close, volume } }) =>
        technical.MFI.calculate({ period: 14, high, low, close, volume }),
      'trading-signals': ({ candles }) => new signals.MFI(14).updates(candles),
      indicatorts: ({ plain: { high, low, close, volume } }) =>
        indicatorts.mfi(high, low, close, volume, { period: 14 }),
      ixjb94: ({ plain: { high, low, close, volume } }) => ix.mfi(high, low, close, volume, 14),
    },
    differs: { technicalindicators: 'rounds to 2 decimals', indicatorts: 'sign of the flow, not of the price' },
  },
  {
    name: 'OBV',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.obv(typed, out),
    stream: () => [own.createObv()],
    rivals: {
      technicalindicators: ({ plain: { close, volume } }) => technical.OBV.calculate({ close, volume }),
      'trading-signals': ({ candles }) => new signals.OBV(2).updates(candles),
      indicatorts: ({ plain: { close, volume } }) => indicatorts.obv(close, volume),
      ixjb94: ({ plain: { close, volume } }) => ix.obv(close, volume),
    },
    differs: {
      technicalindicators: 'starts at 0',
      'trading-signals': 'starts at 0',
      indicatorts: 'starts at 0',
      ixjb94: 'starts at 0',
    },
  },
  {
    name: 'ROC 10',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.roc(typed.close, 10, out),
    stream: () => [own.createRoc(10), 'close'],
    pick: {
      'trading-signals': (r) => r.map((x) => (x === null ? undefined : 100 * x)),
      ixjb94: (r) => r.map((x) => 100 * x),
    },
    rivals: {
      technicalindicators: ({ plain }) => technical.ROC.calculate({ period: 10, values: plain.close }),
      'trading-signals': ({ plain }) => new signals.ROC(10).updates(plain.close),
      indicatorts: ({ plain }) => indicatorts.roc(plain.close, { period: 10 }),
      ixjb94: ({ plain }) => ix.roc(plain.close, 10),
    },
  },
  {
    name: 'Williams %R 14',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.williamsR(typed, 14, out),
    stream: () => [own.createWilliamsR(14)],
    rivals: {
      technicalindicators: ({ plain: { high, low, close } }) =>
        technical.WilliamsR.calculate({ period: 14, high, low, close }),
      'trading-signals': ({ candles }) => new signals.WilliamsR(14).updates(candles),
      indicatorts: ({ plain: { high, low, close } }) => indicatorts.willr(high, low, close, { period: 14 }),
      ixjb94: ({ plain: { high, low, close } }) => ix.willr(high, low, close, 14),
    },
  },
  {
    name: 'Aroon 14',
    out: (n) => columns(n, 'up', 'down'),
    own: ({ typed }, out) => own.aroon(typed, 14, out),
    stream: () => [own.createAroon(14)],
    pick: {
      own: (r) => r.up,
      'trading-signals': (r) => r.map((x) => x?.aroonUp),
      indicatorts: (r) => r.up,
      ixjb94: (r) => r[1],
    },
    rivals: {
      'trading-signals': ({ candles }) => new signals.Aroon(14).updates(candles),
      indicatorts: ({ plain: { high, low } }) => indicatorts.aroon(high, low, { period: 14 }),
      ixjb94: ({ plain: { high, low } }) => ix.aroon(high, low, 14),
    },
    differs: { indicatorts: 'over 14 candles, not 15' },
  },
  {
    name: 'standard deviation 20',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.standardDeviation(typed.close, 20, out),
    stream: () => [own.createStandardDeviation(20), 'close'],
    rivals: {
      technicalindicators: ({ plain }) => technical.SD.calculate({ period: 20, values: plain.close }),
      indicatorts: ({ plain }) => indicatorts.mstd(plain.close, { period: 20 }),
      ixjb94: ({ plain }) => ix.stddev(plain.close, 20),
    },
  },
  {
    name: 'regression slope 14',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.linearRegressionSlope(typed.close, 14, out),
    stream: () => [own.createLinearRegressionSlope(14), 'close'],
    pick: { 'trading-signals': (r) => r.map((x) => x?.slope) },
    rivals: {
      'trading-signals': ({ plain }) => new signals.LinearRegression(14).updates(plain.close),
      ixjb94: ({ plain }) => ix.linregslope(plain.close, 14),
    },
  },
  {
    name: 'ultimate oscillator',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.ultimateOscillator(typed, 7, 14, 28, out),
    stream: () => [own.createUltimateOscillator(7, 14, 28)],
    rivals: {
      ixjb94: ({ plain: { high, low, close } }) => ix.ultosc(high, low, close, 7, 14, 28),
    },
  },
  {
    name: 'parabolic SAR',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.parabolicSar(typed, 0.02, 0.2, out),
    stream: () => [own.createParabolicSar(0.02, 0.2)],
    pick: { indicatorts: (r) => r.psarResult },
    rivals: {
      technicalindicators: ({ plain: { high, low } }) => technical.PSAR.calculate({ high, low, step: 0.02, max: 0.2 }),
      'trading-signals': ({ candles }) =>
        new signals.PSAR({ accelerationStep: 0.02, accelerationMax: 0.2 }).updates(candles),
      indicatorts: ({ plain: { high, low, close } }) => indicatorts.psar(high, low, close, { step: 0.02, max: 0.2 }),
      ixjb94: ({ plain: { high, low } }) => ix.psar(high, low, 0.02, 0.2),
    },
    differs: { 'trading-signals': 'holds the stop back otherwise', indicatorts: 'turns on the close' },
  },
  {
    name: 'VWAP 20',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.vwap(typed, 20, out),
    stream: () => [own.createVwap(20)],
    rivals: {
      indicatorts: ({ plain: { close, volume } }) => indicatorts.vwap(close, volume, { period: 20 }),
      ixjb94: ({ plain: { high, low, close, volume } }) => ix.vwap(high, low, close, volume, 20),
    },
    differs: { indicatorts: 'of the close' },
  },
  {
    name: 'VWAP since the day or start',
    out: (n) => new Float64Array(n),
    own: ({ typed }, out) => own.sessionVwap(typed, out),
    stream: () => [own.createSessionVwap()],
    rivals: {
      technicalindicators: ({ plain: { high, low, close, volume } }) =>
        technical.VWAP.calculate({ high, low, close, volume }),
      'trading-signals': ({ candles }) => new signals.VWAP().updates(candles),
    },
    differs: { technicalindicators: 'never starts again', 'trading-signals': 'never starts again' },
  },
  {
    name: 'Keltner 20 10 2',
    out: bands,
    own: ({ typed }, out) => own.keltner(typed, 20, 10, 2, out),
    stream: () => [own.createKeltner(20, 10, 2)],
    pick: {
      own: (r) => r.upper,
      technicalindicators: (r) => r.map((x) => x.upper),
      'trading-signals': (r) => r.map((x) => x?.upper),
      indicatorts: (r) => r.upper,
      ixjb94: (r) => r[2],
    },
    rivals: {
      technicalindicators: ({ plain: { high, low, close } }) =>
        technical.KeltnerChannels.calculate({
          maPeriod: 20,
          atrPeriod: 10,
          multiplier: 2,
          useSMA: false,
          high,
          low,
          close,
        }),
      'trading-signals': ({ candles }) =>
        new signals.KeltnerChannels({ emaInterval: 20, atrInterval: 10, multiplier: 2 }).updates(candles),
      indicatorts: ({ plain: { high, low, close } }) => indicatorts.kc(high, low, close, { period: 20 }),
      ixjb94: ({ plain: { high, low, close } }) => ix.kc(high, low, close, 20, 2),
    },
    differs: { indicatorts: 'simple average of the range', ixjb94: 'exponential average of the range' },
  },
  {
    name: 'Donchian 20',
    out: bands,
    own: ({ typed }, out) => own.donchian(typed, 20, out),
    stream: () => [own.createDonchian(20)],
    pick: {
      own: (r) => r.upper,
      'trading-signals': (r) => r.map((x) => x?.upper),
      indicatorts: (r) => r.upper,
      ixjb94: (r) => r[0],
    },
    rivals: {
      'trading-signals': ({ candles }) => new signals.DonchianChannels(20).updates(candles),
      indicatorts: ({ plain }) => indicatorts.dc(plain.close, { period: 20 }),
      ixjb94: ({ plain: { high, low } }) => ix.dc(high, low, 20),
    },
    differs: { indicatorts: 'of the close' },
  },
];

/** Streams of this package that no other library is compared with in batch. */
export const MORE_STREAMS = [
  { name: 'realised volatility 20', stream: () => [own.createRealizedVolatility(20), 'close'] },
  { name: 'volume z-score 20', stream: () => [own.createVolumeZScore(20), 'volume'] },
];
