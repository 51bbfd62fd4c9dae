export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** A candidate is judged by what its price did in this time after it was seen. */
export const LABEL_AFTER_MS = 6 * HOUR_MS;

/**
 * Time as it is handed to the rest of the suite; nothing in pure code reads a clock of its own.
 *
 * Market time is the exchange's time: candles, cooldowns, confirmations and stored rows use it. Against the simulator it may
 * run many times faster than the wall. Wall time is this machine's: age of data, time-outs, heartbeats.
 */
export interface Clock {
  /** @returns market time, ms UTC */
  now(): number;
  /** @returns wall time, ms UTC */
  wallNow(): number;
  /** Market milliseconds per wall millisecond; 1 on a real exchange. */
  speed(): number;
  /** Waits `marketMs` of market time; ends early, without throwing, when `signal` aborts. */
  sleep(marketMs: number, signal?: AbortSignal): Promise<void>;
  /** Waits `wallMs` of wall time; ends early, without throwing, when `signal` aborts. */
  sleepWall(wallMs: number, signal?: AbortSignal): Promise<void>;
}

/** A clock that also measures what has passed since some moment, however this machine's clock is set meanwhile. */
export interface SteadyClock extends Clock {
  /** @returns wall ms; neither goes back nor jumps */
  monotonicNow(): number;
}

export type Timeframe = '1m' | '5m' | '15m' | '1h' | '4h' | '1d';

export const TIMEFRAME_MS: Readonly<Record<Timeframe, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '4h': 4 * HOUR_MS,
  '1d': DAY_MS,
};
