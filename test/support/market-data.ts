import { resolve } from 'node:path';
import { suiteRoot } from '@mexc-bot/runtime';

const folder = process.env.MARKET_DATA ?? resolve(suiteRoot(), '../shared/market-data');

/** Recorded 5 m candles of MEXC spot, where this machine has them; tests that need them are skipped elsewhere. */
export const RECORDED_MEXC = resolve(folder, 'mexc-spot-2026');
