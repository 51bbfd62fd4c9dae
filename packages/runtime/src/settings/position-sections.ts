import { DEFAULT_EXIT_TABLE, type Strategy } from '@mexc-bot/core';
import { z } from 'zod';
import { amount, flag, fraction, section, whole } from './fields.ts';

export const executionSection = section('How orders are priced and followed.', {
  maxSlippage: fraction(0.005, 'A buy pays at most this fraction above the ask.', 0.2),
  maxExitSlippage: fraction(0.02, 'An exit accepts at most this fraction under the bid.', 0.5),
  assumedTakerFee: amount(
    0.0005,
    { min: 0, max: 0.1 },
    'Taker fee as a fraction of the notional, used where the exchange has not said yet.',
  ),
  settleAfterMs: whole(
    2_000,
    { min: 0, max: 60_000 },
    'An order without an answer is looked up from this age on, wall ms: its sender may still be waiting.',
  ),
  absentAfterMs: whole(
    30_000,
    { min: 1_000, max: 600_000 },
    'An unanswered order the exchange does not know counts as never placed after this long, wall ms.',
  ),
});

export const reconcileSection = section('How the books are compared with the account.', {
  everyMinutes: amount(
    5,
    { min: 0.1, max: 1_440 },
    'Orders, trades and balances are compared this often, wall minutes.',
  ),
  confirmSeconds: amount(
    10,
    { min: 0, max: 3_600 },
    'Coins that are missing must be missing this long before a position shrinks, wall seconds: balances lag behind trades.',
  ),
});

const exitRow = z.strictObject({
  takeProfits: z
    .array(z.number().gt(1).max(100))
    .min(1)
    .max(10)
    .describe('Take-profit levels as multiples of the entry price, rising.'),
  stopLoss: z.number().gt(0).lt(0.5).describe('Stop as a fraction under the entry price.'),
});

const exitRows = (strategy: Strategy) =>
  z
    .array(exitRow)
    .length(4)
    .default(DEFAULT_EXIT_TABLE[strategy].map((row) => ({ takeProfits: [...row.takeProfits], stopLoss: row.stopLoss })))
    .describe(`Exits of \`${strategy}\`: a row for a confidence under 0.85, under 0.90, under 0.95, and above.`);

export const positionSection = section('How an open position is guarded and sold.', {
  trailFrom: fraction(0.01, 'The stop follows the highest price from this gain on, as a fraction.'),
  confirmSeconds: amount(
    30,
    { min: 0, max: 3_600 },
    'How long the price must stay under the trailing stop before it sells, market seconds. The hard stop sells at once.',
  ),
  peakDrop: fraction(0.03, 'After the last take-profit level: sell the rest this fraction under the highest price.'),
  breakEvenAfterFirstLevel: flag(
    false,
    'After the first take-profit level, lift the stop to the entry price plus fees.',
  ),
  timeStopHours: z
    .number()
    .gt(0)
    .max(8_760)
    .nullable()
    .default(null)
    .describe('Sell a position that is this old, market hours; null: never.'),
  atr: section('How volatility widens or tightens the stop; linear between calm and wild.', {
    period: whole(14, { min: 2, max: 100 }, 'ATR period, in closed 5 m candles.'),
    calmFraction: fraction(0.015, 'ATR against the close up to which a market is calm.'),
    wildFraction: fraction(0.05, 'ATR against the close from which a market is wild.'),
    calmFactor: amount(0.8, { min: 0.1, max: 10 }, 'The stop distance is multiplied by this in a calm market.'),
    wildFactor: amount(1.2, { min: 0.1, max: 10 }, 'The stop distance is multiplied by this in a wild market.'),
  }),
  exits: section(
    'Take-profit levels and stops, by strategy and confidence. Every level must clear the entry price plus the round-trip fee.',
    {
      simple: exitRows('simple'),
      aggressive: exitRows('aggressive'),
      revival: exitRows('revival'),
      momentum_safe: exitRows('momentum_safe'),
    },
  ),
});
