import { type Endpoint, weightOf } from './endpoints.ts';

const WEIGHT_LIMIT = 500;
const WEIGHT_WINDOW_MS = 10_000;
const REQUESTS_PER_SECOND = 20;
const ORDERS_PER_SECOND = 12;
const SECOND_MS = 1_000;
/** So many requests sent while a 429 stands make it a ban. */
const IGNORED_BEFORE_BAN = 20;
const FIRST_BAN_MS = 2 * 60_000;
const LONGEST_BAN_MS = 3 * 24 * 3_600_000;

interface LimitedCall {
  /** `POST /api/v3/order` */
  readonly target: string;
  readonly endpoint: Endpoint;
  readonly hasSymbol: boolean;
  readonly address: string;
  readonly apiKey: string | undefined;
}

/** Too much: 429, or 418 where 429 was ignored. */
interface LimitRefusal {
  readonly status: 429 | 418;
  /** market seconds until a request may pass again */
  readonly retryAfterSeconds: number;
}

/**
 * MEXC's budgets per address and per key: 500 weight in 10 s, 20 requests a second, 12 orders and cancellations a second
 * together. Windows roll and count the market's time: at ×300 a client may do in a second what it may else do in five minutes.
 */
export interface RateLimits {
  /** @returns null: counted, and it may pass */
  check(call: LimitedCall, now: number): LimitRefusal | null;
}

interface Window {
  readonly limit: number;
  readonly ms: number;
  readonly entries: { at: number; weight: number }[];
  used: number;
}

interface Penalty {
  until: number;
  ignored: number;
  banMs: number;
  status: 429 | 418;
}

export function createRateLimits(): RateLimits {
  const windows = new Map<string, Window>();
  const penalties = new Map<string, Penalty>();

  const windowOf = (name: string, limit: number, ms: number): Window => {
    let window = windows.get(name);
    if (!window) {
      window = { limit, ms, entries: [], used: 0 };
      windows.set(name, window);
    }
    return window;
  };

  const penalised = (who: string, now: number): LimitRefusal | null => {
    const penalty = penalties.get(who);
    if (!penalty || now >= penalty.until) return null;
    penalty.ignored += 1;
    if (penalty.status === 429 && penalty.ignored > IGNORED_BEFORE_BAN) {
      penalty.status = 418;
      penalty.until = now + penalty.banMs;
      penalty.banMs = Math.min(LONGEST_BAN_MS, penalty.banMs * 2);
    }
    return { status: penalty.status, retryAfterSeconds: Math.ceil((penalty.until - now) / 1_000) };
  };

  const punish = (who: string, waitMs: number, now: number): LimitRefusal => {
    const banMs = penalties.get(who)?.banMs ?? FIRST_BAN_MS;
    penalties.set(who, { until: now + waitMs, ignored: 0, banMs, status: 429 });
    return { status: 429, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) };
  };

  return {
    check({ target, endpoint, hasSymbol, address, apiKey }, now) {
      const ip = `ip ${address}`;
      const key = endpoint.signed && apiKey !== undefined ? `key ${apiKey}` : null;
      const refused = penalised(ip, now) ?? (key === null ? null : penalised(key, now));
      if (refused) return refused;

      const weight = weightOf(target, endpoint, hasSymbol);
      const who = key ?? ip;
      const counted: [string, number, number, number][] = [
        [`${ip} requests`, REQUESTS_PER_SECOND, SECOND_MS, 1],
        [`${who} weight`, WEIGHT_LIMIT, WEIGHT_WINDOW_MS, weight],
      ];
      if (key !== null) counted.push([`${key} requests`, REQUESTS_PER_SECOND, SECOND_MS, 1]);
      if (endpoint.order) counted.push([`${who} orders`, ORDERS_PER_SECOND, SECOND_MS, 1]);
      if (endpoint.perSecond) counted.push([`${who} ${target}`, endpoint.perSecond, SECOND_MS, 1]);

      const used = counted.map(([name, limit, ms, load]) => ({ window: windowOf(name, limit, ms), load }));
      for (const { window, load } of used) {
        const wait = waitFor(window, load, now);
        if (wait > 0) return punish(who, wait, now);
      }
      for (const { window, load } of used) {
        window.entries.push({ at: now, weight: load });
        window.used += load;
      }
      return null;
    },
  };
}

/** @returns ms until `load` fits into the window; 0: it does */
function waitFor(window: Window, load: number, now: number): number {
  while (window.entries.length > 0 && window.entries[0]!.at <= now - window.ms) {
    window.used -= window.entries.shift()!.weight;
  }
  if (window.used + load <= window.limit) return 0;
  let free = window.limit - window.used;
  for (const { at, weight } of window.entries) {
    free += weight;
    if (free >= load) return at + window.ms - now;
  }
  return window.ms;
}
