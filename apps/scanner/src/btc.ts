import { type BtcMeasures, type CandleColumns, type Clock, readBtc, toCandles } from '@mexc-bot/core';
import { QueryFailed } from '@mexc-bot/exchange';
import type { Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import type { CandleReader } from './candle-reader.ts';

const BTC = 'BTCUSDT';
/** 25 hours of 5 m candles. */
const CANDLES = 301;

/** BTC/USDT, which the market's mood is read from; null where it cannot be read, which is asked again at the next scan. */
export interface Btc {
  readonly measures: BtcMeasures | null;
  readonly candles: CandleColumns | null;
}
const UNREAD: Btc = { measures: null, candles: null };

/** Reads BTC once per closed candle. */
export function createBtc(deps: {
  readonly reader: CandleReader;
  readonly store: Pick<Store, 'markets'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Logger, 'warn'>;
}): () => Promise<Btc> {
  const { reader, store, clock, log } = deps;
  let read: { readonly candle: number; readonly btc: Btc } | null = null;

  return async () => {
    const candle = reader.lastClosed();
    if (read?.candle === candle && read.btc.measures !== null) return read.btc;
    if (store.markets.get(BTC) === undefined) return UNREAD;
    try {
      const candles = await reader.read(BTC, CANDLES);
      const btc = { candles, measures: readBtc(toCandles(candles), '5m', clock.now()) };
      read = { candle, btc };
      return btc;
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
      log.warn(`BTC could not be read: ${error.message}`);
      return UNREAD;
    }
  };
}
