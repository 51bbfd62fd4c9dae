import {
  type BtcMeasures,
  breadthOf,
  type Clock,
  MINUTE_MS,
  nextRegime,
  type RegimeState,
  readBtc,
  TIMEFRAME_MS,
  type Ticker24h,
} from '@mexc-bot/core';
import { type MarketData, QueryFailed } from '@mexc-bot/exchange';
import type { Logger, Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';

const BTC = 'BTCUSDT';
/** 25 hours of 5 m candles. */
const CANDLES = 301;

/** Follows the market's mood from scan to scan, over restarts too: the last state is stored. */
export function createMood(deps: {
  readonly marketData: MarketData;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: Settings['regime'];
}) {
  const { marketData, store, clock, log, settings } = deps;
  const criteria = { ...settings, forgetAfterMs: settings.forgetAfterMinutes * MINUTE_MS };
  let read: { readonly bucket: number; readonly btc: BtcMeasures | null } | null = null;

  return async (tickers: readonly Ticker24h[]): Promise<RegimeState> => {
    const at = clock.now();
    const reading = { at, btc: await readBtcOnce(at), breadth: breadthOf(tickers) };
    const before = store.state.regime();
    const after = nextRegime(before, reading, criteria);
    store.state.setRegime(after, clock.wallNow());
    if (before?.regime !== after.regime) {
      log.info(`the market is ${after.regime} (${after.reason})`);
      if (after.regime === 'crash' || before?.regime === 'crash') tellCrash(after);
    }
    return after;
  };

  /** A crash stops buys; that it began, and that it is over. */
  function tellCrash({ regime, reason }: RegimeState): void {
    const rank = regime === 'crash' ? 'alarm' : 'notice';
    const at = { at: clock.now(), wallAt: clock.wallNow(), source: 'scanner' };
    store.alerts.add({ ...at, mode: null, rank, kind: 'regime', detail: { regime, reason } });
  }

  /** BTC once per closed candle; null where it cannot be read, which is asked again at the next scan. */
  async function readBtcOnce(at: number): Promise<BtcMeasures | null> {
    const bucket = Math.floor(at / TIMEFRAME_MS['5m']);
    if (read?.bucket === bucket) return read.btc;
    if (store.markets.get(BTC) === undefined) return null;
    try {
      read = { bucket, btc: readBtc(await marketData.closedCandles(BTC, '5m', CANDLES), '5m', at) };
      return read.btc;
    } catch (error) {
      if (!(error instanceof QueryFailed)) throw error;
      log.warn(`BTC could not be read: ${error.message}`);
      return null;
    }
  }
}
