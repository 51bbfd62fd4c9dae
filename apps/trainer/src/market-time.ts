import type { Store } from '@mexc-bot/store';

/**
 * Market time as far as the store tells it: the newest candle looked at. The trainer needs no exchange, and where the market runs
 * faster than the clock, models age with the market.
 *
 * @param wallNow ms UTC, where nothing is stored yet
 */
export const marketTime = (store: Pick<Store, 'candles'>, wallNow: number): number => store.candles.newest() ?? wallNow;
