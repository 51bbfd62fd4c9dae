import { amount, fraction, section, whole } from './fields.ts';

const change = (value: number, over: string) =>
  amount(value, { min: -1, max: 0 }, `BTC’s change over ${over}, at or under this, as a fraction.`);

const factor = (value: number, of: string) => amount(value, { min: 0.01, max: 100 }, `Factor on ${of}.`);

interface Factors {
  readonly minQuoteVolume: number;
  readonly minGain: number;
  readonly aggressiveGain: number;
  readonly momentumMultiple: number;
  readonly stake: number;
}

const factors = (mood: string, value: Factors) =>
  section(`In a ${mood} market.`, {
    minQuoteVolume: factor(value.minQuoteVolume, '`hype.minQuoteVolume`'),
    minGain: factor(value.minGain, '`strategy.minGain`'),
    aggressiveGain: factor(value.aggressiveGain, '`strategy.aggressiveGain`'),
    momentumMultiple: factor(value.momentumMultiple, '`strategy.momentumSafe.gainMultiple`'),
    stake: factor(value.stake, 'the share of the equity and the largest stake'),
    stop: factor(1, 'the stop distance of a new position'),
    minConfidence: fraction(0, 'Confidence a candidate must have, at least.'),
  });

/**
 * The original bought more easily in a falling market. On recorded candles that bought nearly seven times as often, at a loss each
 * (docs/strategies.md), so the thresholds stay and the stake halves.
 */
const BEARISH: Factors = { minQuoteVolume: 1, minGain: 1, aggressiveGain: 1, momentumMultiple: 1, stake: 0.5 };

/** The original's figures: a rising market must show more. */
const BULLISH: Factors = {
  minQuoteVolume: 1.5,
  minGain: 1.75,
  aggressiveGain: 1.5,
  momentumMultiple: 1.5,
  stake: 1,
};

export const regimeSection = section(
  'The market’s mood, from BTC/USDT and the share of markets that rose in 24 h (breadth). Without BTC, breadth alone decides.',
  {
    crash: section('Nothing is bought while any of these holds.', {
      change1h: change(-0.03, '1 h'),
      change4h: change(-0.05, '4 h'),
      change24h: change(-0.1, '24 h'),
    }),
    bearish: section('Any one of these is enough.', {
      change4h: change(-0.02, '4 h'),
      change24h: change(-0.03, '24 h'),
      breadth: fraction(0.4, 'Share of the markets that rose, at or under this.'),
    }),
    bullish: section('All of these are needed.', {
      change24h: amount(0.02, { min: 0, max: 1 }, 'BTC’s change over 24 h, at or above this, as a fraction.'),
      breadth: fraction(0.6, 'Share of the markets that rose, at or above this.'),
      maxVolatility: fraction(0.01, 'Standard deviation of BTC’s hourly returns of the last day, at or under this.'),
    }),
    margin: section('A regime is left only this far past its threshold.', {
      change: fraction(0.0075, 'For BTC’s changes.', 0.2),
      breadth: fraction(0.03, 'For breadth.', 0.2),
      volatility: fraction(0.001, 'For BTC’s volatility.', 0.2),
    }),
    readings: whole(
      5,
      { min: 1, max: 1_000 },
      'A regime is left after this many scans in a row that say so. A crash is entered at once.',
    ),
    forgetAfterMinutes: amount(
      30,
      { min: 1, max: 1_440 },
      'A regime stands this long while BTC cannot be read, and over a stop of the scanner, market minutes.',
    ),
    adjust: section('What a regime does to the other settings, which are those of a neutral market.', {
      bearish: factors('bearish', BEARISH),
      bullish: factors('bullish', BULLISH),
    }),
  },
);
