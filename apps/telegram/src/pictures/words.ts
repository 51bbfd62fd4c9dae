/** Texts inside pictures. */
export const PICTURE_WORDS = {
  en: {
    entry: 'entry',
    stop: 'stop',
    peak: 'peak',
    now: 'now',
    opened: 'opened',
    noCandles: 'no candles yet',
    equity: 'Equity',
    drawdown: 'drawdown',
    closedTrades: 'trades closed',
    daily: 'Result by day',
    noTrades: 'no trade was closed yet',
  },
  lv: {
    entry: 'ieeja',
    stop: 'stops',
    peak: 'virsotne',
    now: 'tagad',
    opened: 'atvērts',
    noCandles: 'sveču vēl nav',
    equity: 'Kapitāls',
    drawdown: 'kritums',
    closedTrades: 'slēgti darījumi',
    daily: 'Rezultāts pa dienām',
    noTrades: 'neviens darījums vēl nav slēgts',
  },
} as const;
