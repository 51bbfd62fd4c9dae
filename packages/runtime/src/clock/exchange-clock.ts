import type { SteadyClock } from '@mexc-bot/core';
import type { Logger } from '../logging/logger.ts';
import { type LocalTime, localTime } from './system-clock.ts';

/**
 * A clock that follows the exchange's. Before the first answer it tells this machine's time: the client that asks for the
 * exchange's needs one; nothing else may read it before `start` has ended.
 */
export interface ExchangeClock extends SteadyClock {
  /**
   * Asks until the exchange answers, then keeps asking in the background.
   *
   * @throws the signal's reason, when it aborts first
   */
  start(signal?: AbortSignal): Promise<void>;
  /**
   * Asks at once, when the exchange says that our time is wrong; calls that meet share one question.
   *
   * @returns false when it did not answer
   */
  resync(): Promise<boolean>;
  /** Best estimate of the exchange's time, ms UTC. It may go back where market time stands still: sign requests with it. */
  exchangeNow(): number;
  /**
   * How far the exchange was ahead of this machine's wall clock when it last answered, ms; null before it answered, and where its
   * time runs at another speed.
   */
  offsetMs(): number | null;
  stop(): void;
}

export interface ExchangeClockDeps {
  /** The exchange's time, ms UTC, and how many of its milliseconds pass in one of ours. */
  readonly serverTime: () => Promise<{ readonly time: number; readonly speed: number }>;
  readonly log: Logger;
  readonly local?: LocalTime;
}

interface TimedAnswer {
  readonly answer: { readonly time: number; readonly speed: number };
  /** monotonic wall ms */
  readonly sent: number;
  readonly received: number;
}

const isUnsure = ({ answer, sent, received }: TimedAnswer): boolean =>
  answer.speed !== 1 && (received - sent) * answer.speed > UNSURE_MS;

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;
// a quartz clock drifts by a few ms a minute; at ×300 every lost ms is a third of a second
const RESYNC_REAL_MS = 60_000;
const RESYNC_FAST_MS = 2_000;
/** An answer that leaves market time so unsure is asked for again, market ms. */
const UNSURE_MS = 2_000;
const QUESTIONS_AT_MOST = 5;
// market time that far back is no correction: the exchange began anew
const SUSPICIOUS_STEP_BACK_WALL_MS = 5_000;

interface Anchor {
  readonly market: number;
  readonly local: number;
  readonly speed: number;
  /** market time ahead of the wall clock */
  readonly offset: number;
}

/**
 * Market time is the exchange's, half the round trip added. Where time runs faster, half a round trip may be a minute: there it is of
 * several answers that of the quickest, and nothing is added, so that no candle is taken for closed that is not. A correction never
 * takes market time back, it stands still instead.
 */
export function createExchangeClock({ serverTime, log, local = localTime }: ExchangeClockDeps): ExchangeClock {
  let anchor: Anchor | null = null;
  let latest = Number.NEGATIVE_INFINITY;
  let failing = false;
  let stopping = new AbortController();
  let asking: Promise<boolean> | null = null;

  const exchangeNow = (): number =>
    anchor === null
      ? local.wallNow()
      : Math.floor(anchor.market + (local.monotonicNow() - anchor.local) * anchor.speed);
  const now = (): number => {
    if (anchor === null) return local.wallNow();
    latest = Math.max(latest, exchangeNow());
    return latest;
  };
  const speed = (): number => anchor?.speed ?? 1;

  const sync = (): Promise<boolean> => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };

  async function quickestAnswer(): Promise<TimedAnswer> {
    let best = await answerOnce();
    for (let asked = 1; asked < QUESTIONS_AT_MOST && isUnsure(best); asked++) {
      const next = await answerOnce();
      if (next.received - next.sent <= best.received - best.sent) best = next;
    }
    return best;
  }

  async function answerOnce(): Promise<TimedAnswer> {
    const sent = local.monotonicNow();
    const answer = await serverTime();
    if (!(answer.time > 0 && answer.speed > 0 && Number.isFinite(answer.time * answer.speed))) {
      throw new Error(`server time makes no sense: ${JSON.stringify(answer)}`);
    }
    return { answer, sent, received: local.monotonicNow() };
  }

  async function ask(): Promise<boolean> {
    try {
      const { answer, sent, received } = await quickestAnswer();
      const market = answer.time + (answer.speed === 1 ? (received - sent) / 2 : 0);
      const stepBack = anchor === null ? 0 : now() - market;
      anchor = { market, local: received, speed: answer.speed, offset: Math.round(market - local.wallNow()) };
      if (stepBack > SUSPICIOUS_STEP_BACK_WALL_MS * answer.speed) {
        log.warn('the exchange set its time back; market time stands still until it has caught up', {
          byMs: Math.round(stepBack),
        });
      }
      if (failing) log.info('the exchange tells its time again');
      failing = false;
      return true;
    } catch (error) {
      if (!failing) log.warn('the exchange does not tell its time; asking on', { error });
      failing = true;
      return false;
    }
  }

  async function keepSynced(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await local.sleepWall(speed() === 1 ? RESYNC_REAL_MS : RESYNC_FAST_MS, signal);
      if (!signal.aborted) await sync();
    }
  }

  return {
    now,
    wallNow: local.wallNow,
    monotonicNow: local.monotonicNow,
    speed,
    sleep: (marketMs, signal) => local.sleepWall(marketMs / speed(), signal),
    sleepWall: local.sleepWall,
    async start(signal) {
      stopping.abort();
      stopping = new AbortController();
      const stopped = stopping.signal;
      let retryMs = FIRST_RETRY_MS;
      for (;;) {
        signal?.throwIfAborted();
        if (await sync()) break;
        await local.sleepWall(retryMs, signal);
        retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
      }
      void keepSynced(stopped); // ends with stop(); sync() keeps its own failures
    },
    resync: sync,
    exchangeNow,
    offsetMs: () => (anchor === null || anchor.speed !== 1 ? null : anchor.offset),
    stop: () => stopping.abort(),
  };
}
