const MAX_SPEED = 600;

/** The market's virtual time. */
export interface MarketClock {
  /** market time, whole ms UTC; never runs backwards, stands still at the market's end */
  now(): number;
  /** market milliseconds per wall millisecond */
  readonly speed: number;
  /** whether the market has reached its end */
  ended(): boolean;
}

export interface MarketClockOptions {
  /** market time at the wall's present moment, ms UTC */
  readonly anchor: number;
  /** 1..600 */
  readonly speed: number;
  /** where the market's data ends, ms UTC; null: never */
  readonly endAt: number | null;
  /** wall time, ms; only differences count */
  readonly wallNow: () => number;
}

/** @throws {RangeError} a speed outside 1..600 */
export function createMarketClock({ anchor, speed, endAt, wallNow }: MarketClockOptions): MarketClock {
  if (!(speed >= 1 && speed <= MAX_SPEED))
    throw new RangeError(`the market's speed is ${speed}; it must lie in 1..600`);
  const wallAnchor = wallNow();
  let latest = anchor;

  const now = (): number => {
    const time = Math.floor(anchor + (wallNow() - wallAnchor) * speed);
    latest = Math.max(latest, endAt === null ? time : Math.min(time, endAt));
    return latest;
  };
  return { now, speed, ended: () => endAt !== null && now() >= endAt };
}

/** Time that stands still until it is told to go on: a run can then be repeated to the byte. */
export interface VirtualClock extends MarketClock {
  /** @param ms whole, 0 or more; past the market's end it stands still */
  advance(ms: number): void;
}

/** The time of a request counts as wall time here: speed 1. */
export function createVirtualClock({ anchor, endAt }: Pick<MarketClockOptions, 'anchor' | 'endAt'>): VirtualClock {
  let time = anchor;
  return {
    now: () => time,
    speed: 1,
    ended: () => endAt !== null && time >= endAt,
    advance(ms) {
      if (!Number.isInteger(ms) || ms < 0) throw new RangeError(`time cannot go on by ${ms} ms`);
      time = endAt === null ? time + ms : Math.min(time + ms, endAt);
    },
  };
}

export const isVirtual = (clock: MarketClock): clock is VirtualClock => 'advance' in clock;
