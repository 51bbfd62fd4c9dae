import { z } from 'zod';
import { amount, choice, fraction, orNull, section, text, whole } from './fields.ts';

const EXCLUDED_BASES = [
  // dollar-pegged
  ...['USDC', 'USDE', 'FDUSD', 'TUSD', 'DAI', 'USD1', 'USDD', 'PYUSD', 'XUSD', 'USDP', 'BUSD', 'USDS', 'USDR', 'USDQ'],
  ...['GUSD', 'LUSD', 'FRAX', 'RLUSD', 'USDF', 'USD0', 'USDX', 'USDB', 'USDY', 'USTC', 'AEUR'],
  // euro-pegged
  ...['EUR', 'EURI', 'EURQ', 'EURC', 'EURR', 'EURT'],
  // wrapped and staked twins of other coins, and gold
  ...['WBTC', 'WETH', 'WBETH', 'STETH', 'WSTETH', 'CBBTC', 'CBETH', 'RETH', 'WBNB', 'WSOL', 'JITOSOL', 'PAXG', 'XAUT'],
];

export const scanSection = section('The scanner’s loop.', {
  everySeconds: whole(60, { min: 5, max: 3_600 }, 'A scan starts this often, market seconds.'),
  maxCandidates: whole(
    20,
    { min: 1, max: 200 },
    'How many of the strongest hype tokens are looked at closely in a scan.',
  ),
  keepInputsDays: amount(
    3,
    { min: 0, max: 365 },
    'What a scan was decided on is kept this long, market days: for `scanner replay`, and for `why` of rejected markets.',
  ),
  keepInputsMb: whole(
    250,
    { min: 1, max: 100_000 },
    'And takes at most this much of the database, MB; a scan of 1,700 markets takes about 0.05.',
  ),
  keepReasonsDays: amount(
    14,
    { min: 1, max: 3_650 },
    'Every check of a candidate, and the volatility of markets, are kept this long, market days.',
  ),
  keepCandidatesDays: amount(
    365,
    { min: 30, max: 3_650 },
    'A candidate itself, with its features and its label, and its scan are kept this long, market days: models learn from it. A year takes 1 to 2 GB.',
  ),
  keepNewsDays: amount(
    90,
    { min: 7, max: 3_650 },
    'What happened (activity, alerts, training that was asked for and is over) is kept this long, market days. Positions, orders and fills are kept for ever.',
  ),
});

export const universeSection = section('Which markets may be traded at all.', {
  quote: z
    .string()
    .regex(/^[A-Z0-9]+$/)
    .default('USDT')
    .describe('Only markets quoted in this asset.'),
  excludedBases: z
    .array(z.string().min(1))
    .default(EXCLUDED_BASES)
    .describe('Base assets never bought: stable, wrapped and staked coins, fiat.'),
  blocklist: z
    .array(z.string().regex(/^[^\sa-z]+$/))
    .default([])
    .describe('Markets never bought, by the exchange’s own symbol, `PEPEUSDT`, or by the base alone, `PEPE`.'),
  minAgeHours: amount(24, { min: 0, max: 8_760 }, 'A market must have been listed this long, hours.'),
});

export const hypeSection = section('What makes a token a candidate: 24 h figures, ranked by change.', {
  minQuoteVolume: amount(100_000, { min: 0 }, 'USDT traded in 24 h, at least.'),
  minChange24h: amount(0.02, { min: -1, max: 10 }, '24 h price change, at least, as a fraction: 0.02 is +2 %.'),
  maxChange24h: amount(
    0.4,
    { min: -1, max: 100 },
    '24 h price change, at most, as a fraction: what ran further fell, on average, in the next hours.',
  ),
  minPrice: amount(0, { min: 0 }, 'Price, at least, USDT.'),
  maxSpread: fraction(0.015, 'Distance between best bid and best ask, at most, as a fraction of the price.'),
});

export const strategySection = section('How a candidate’s strategy is named from its closed 5 m candles.', {
  minGain: amount(0.02, { min: 0.0001, max: 10 }, '`simple` from this gain on, as a fraction.'),
  aggressiveGain: amount(0.04, { min: 0.0001, max: 10 }, '`aggressive` from this gain on, as a fraction.'),
  gainCandles: whole(2, { min: 1, max: 50 }, 'The gain is the last close against the close this many candles before.'),
  volumeNormCandles: whole(
    12,
    { min: 1, max: 400 },
    'The volume’s norm is the mean of this many candles before the last.',
  ),
  momentumSafe: section('`momentum_safe`: a strong move on steady volume in a calm market.', {
    gainMultiple: amount(3, { min: 1, max: 100 }, 'Gain, at least, as a multiple of `minGain`.'),
    minVolumeRatio: amount(2, { min: 0 }, 'Volume against its norm, at least.'),
    maxVolumeRatio: amount(5, { min: 0 }, 'Volume against its norm, less than this.'),
    maxAtrFraction: fraction(0.03, 'ATR against the close, at most.'),
    minAdx: amount(20, { min: 0, max: 100 }, 'ADX, at least.'),
  }),
  revival: section('`revival`: volume wakes up in a quiet or fallen token.', {
    minVolumeRatio: amount(5, { min: 0 }, 'Volume against its norm, at least.'),
    quietRange: amount(
      0.03,
      { min: 0, max: 10 },
      'Quiet: the look-back’s high is at most this fraction above its low.',
    ),
    fallenBy: fraction(
      1,
      'Fallen: the close before the move is at least this fraction under the look-back’s high; 1: only quiet tokens revive.',
    ),
    lookbackCandles: whole(48, { min: 2, max: 400 }, 'How many candles before the move are looked at.'),
  }),
});

const confidence = (value: number, strategy: string) => fraction(value, `Of \`${strategy}\`.`);

export const aiSection = section('The models’ say before a buy.', {
  fallbackConfidence: section('Confidence where no model can say; it picks the row of the exit table.', {
    simple: confidence(0.8, 'simple'),
    aggressive: confidence(0.9, 'aggressive'),
    revival: confidence(0.85, 'revival'),
    momentum_safe: confidence(0.87, 'momentum_safe'),
  }),
  onMissing: section('What happens to `simple` and `revival`, which need a model’s yes, where there is no model.', {
    test: choice(['pass', 'reject'], 'pass', 'In test mode: `pass` gathers evidence with paper money.'),
    live: choice(['pass', 'reject'], 'reject', 'In live mode.'),
  }),
  onUnproven: section(
    'What happens to them where the model is not proven: `pass` buys whatever it says, `ask` takes its word all the same.',
    {
      test: choice(['pass', 'ask', 'reject'], 'pass', 'In test mode: `pass` gathers evidence with paper money.'),
      live: choice(['pass', 'ask', 'reject'], 'reject', 'In live mode.'),
    },
  ),
  minConfidence: fraction(
    0.8,
    'Confidence a model’s yes needs, at least: 0.8 is higher than 80 % of its own out-of-sample predictions. A regime may ask for more.',
  ),
  maxAgeDays: amount(30, { min: 0.1, max: 3_650 }, 'A model older than this is not asked any more, market days.'),
  engine: choice(
    ['logistic', 'gbdt', 'mlp'],
    'logistic',
    'What learns: logistic regression, boosted trees, or small neural networks trained by TensorFlow.js.',
  ),
  slippage: fraction(0.001, 'What a buy or a sale is assumed to lose against the price seen, as a fraction, a side.'),
  trainTimeoutMs: whole(
    2_000,
    { min: 0, max: 60_000 },
    'A token without a model of its own gets one while the scan waits, at most this long, wall ms; 0: the scan never waits.',
  ),
  maxRows: whole(
    150_000,
    { min: 1_000, max: 5_000_000 },
    'Rows the model of all tokens learns from, at most; a row takes about 0.5 KB of memory.',
  ),
  threads: whole(0, { min: 0, max: 256 }, 'Threads the trainer uses; 0: as many as the machine has cores.'),
  folder: text(
    'models',
    'Where the models are kept, a folder each; those of the simulator beside it, in `models-simulator`.',
  ),
});

const stakeLimits = (mode: string, min: number, max: number) =>
  section(`Stake of one position in ${mode} mode.`, {
    min: amount(min, { min: 1 }, 'At least, USDT.'),
    max: amount(max, { min: 1 }, 'At most, USDT.'),
  });

export const stakeSection = section('How much one buy spends.', {
  test: stakeLimits('test', 3, 15),
  live: stakeLimits('live', 5, 50),
  equityFraction: fraction(0.05, 'Share of the equity a position aims at, inside the limits of the mode.'),
});

export const protectionsSection = section('What stops a buy.', {
  maxOpenPositions: whole(10, { min: 0, max: 200 }, 'Open positions, at most; 0 buys nothing.'),
  cooldownMinutes: amount(
    60,
    { min: 0, max: 10_080 },
    'No new position in a market this long after one closed there, market minutes.',
  ),
  maxPriceAgeMs: whole(
    5_000,
    { min: 100, max: 600_000 },
    'The price a buy is decided on is at most this old, wall ms.',
  ),
  stopGuard: section('A pause of all buys after many losing stops: the market is against the rules.', {
    stops: whole(4, { min: 0, max: 1_000 }, 'This many losing stops, in any market; 0: never.'),
    withinMinutes: amount(60, { min: 1, max: 10_080 }, 'Within this time, market minutes.'),
    pauseMinutes: amount(
      60,
      { min: 1, max: 10_080 },
      'Nothing is bought this long after the last of them, market minutes.',
    ),
  }),
  dailyLossFraction: orNull(
    z.number().gt(0).max(1),
    0.03,
    'Nothing more is bought on a day (UTC) that lost this share of the equity it began with; null: whatever it lost.',
  ),
  dailyLossUsdt: orNull(
    z.number().gt(0),
    null,
    'The same in USDT; the tighter of the two counts; null: no such limit.',
  ),
  maxDrawdown: orNull(
    z.number().gt(0).max(1),
    0.15,
    'Nothing is bought while the equity is this far under its highest, as a fraction; null: however far. Every scan reads it, and the highest is what two in a row reached.',
  ),
  forgetPeakDays: orNull(
    z.number().gt(0).max(3_650),
    14,
    'The highest equity counts this long, market days: a drawdown cannot stop buys for ever; null: it can.',
  ),
});
