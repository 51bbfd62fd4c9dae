import { z } from 'zod';
import { section, text, whole } from './fields.ts';

const fetched = (value: number, timeframe: string) =>
  whole(value, { min: 0, max: 1_500 }, `Of ${timeframe} candles, days; 0: none are fetched.`);
const kept = (value: number, timeframe: string) =>
  whole(value, { min: 1, max: 3_650 }, `Of ${timeframe} candles, days.`);

export const collectSection = section('The candles that are kept: about 66 bytes each.', {
  everyMinutes: whole(15, { min: 1, max: 1_440 }, 'New candles are fetched this often, market minutes.'),
  days: section('How far back candles are fetched.', {
    '1m': fetched(0, '1 m'),
    '5m': fetched(30, '5 m'),
    '15m': fetched(0, '15 m'),
    '1h': fetched(365, '1 h'),
    '4h': fetched(0, '4 h'),
  }),
  keepDays: section('How long candles are kept; older ones go with the daily cleanup, imported ones too.', {
    '1m': kept(30, '1 m'),
    '5m': kept(45, '5 m'),
    '15m': kept(120, '15 m'),
    '1h': kept(400, '1 h'),
    '4h': kept(800, '4 h'),
  }),
  alsoMarkets: z
    .array(z.string().regex(/^[A-Z0-9]+$/))
    .default(['BTCUSDT', 'ETHUSDT'])
    .describe('Markets whose candles are kept though they may not be traded: the mood of the market is read from BTC.'),
  csvFolder: text('data/market_data', 'Folder of exported candles (CSV).'),
});
