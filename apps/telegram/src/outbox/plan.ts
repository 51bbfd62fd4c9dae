import type { PendingAlert } from '@mexc-bot/store';
import { type Loudness, loudnessOf, RANKS } from './loudness.ts';

/** What to do next in a chat. */
export type Plan =
  /** the owner does not want these */
  | { readonly do: 'skip'; readonly ids: readonly number[] }
  | {
      readonly do: 'send';
      readonly ids: readonly number[];
      /** one message for one alert; a line for each; or how many there are of each kind */
      readonly form: 'single' | 'lines' | 'counts';
      readonly silent: boolean;
      readonly rank: PendingAlert['rank'];
      /** of them, purchases that nobody guards yet */
      readonly unguarded: readonly number[];
    };

export interface PlanRules {
  readonly loudness: Loudness;
  /** it is quiet: notices wait, or make no sound */
  readonly quiet: 'hold' | 'silent' | null;
}

/** Longest wait after a failure, wall ms. */
export const LONGEST_RETRY_MS = 60_000;

/** From so many waiting alerts on they are told together. */
const FLOOD = 6;
/** Lines a message may hold, at about 150 characters each: Telegram takes 4,096 characters. */
const MOST_LINES = 24;

/** A purchase is told when it is guarded, or when it is not by now, wall ms: the tracker takes up what is new within two seconds. */
const GUARDED_WITHIN_MS = 10_000;

/** Alerts of one trade, or of one state such as "the API key", which are told in their order. */
interface Thread {
  readonly alerts: PendingAlert[];
  rank: PendingAlert['rank'];
}

/**
 * Money first, then alarms, then notices; the oldest first among equals, and within a thread always. A notice that stands before
 * money in its thread goes with it.
 *
 * @param pending oldest first
 * @param now wall time, ms UTC
 * @returns null when nothing is to be told now
 */
export function planNext(pending: readonly PendingAlert[], rules: PlanRules, now: number): Plan | null {
  const unwanted = pending.filter(({ kind }) => loudnessOf(kind, rules.loudness) === 'off');
  if (unwanted.length > 0) return { do: 'skip', ids: unwanted.map(({ id }) => id) };

  const ready = threadsOf(pending, now)
    .filter(({ rank }) => !(rank === 'notice' && rules.quiet === 'hold'))
    .filter(({ alerts }) => isDue(alerts[0]!, now))
    .sort((a, b) => RANKS[a.rank] - RANKS[b.rank] || a.alerts[0]!.id - b.alerts[0]!.id);
  const best = ready[0];
  if (best === undefined) return null;

  // a digest is a text of its own, and no one of many
  const alike = isDigest(best)
    ? [best]
    : ready.filter((thread) => !isDigest(thread) && (thread.rank === 'notice') === (best.rank === 'notice'));
  const waiting = alike
    .flatMap(({ alerts, rank }) => alerts.map((alert) => ({ alert, rank })))
    .sort((a, b) => RANKS[a.rank] - RANKS[b.rank] || a.alert.id - b.alert.id)
    .map(({ alert }) => alert);

  const isFlood = waiting.length >= FLOOD;
  const counted = isFlood && best.rank === 'notice';
  const chosen = !isFlood ? [best.alerts[0]!] : counted ? waiting : waiting.slice(0, MOST_LINES);
  return {
    do: 'send',
    ids: chosen.map(({ id }) => id),
    form: !isFlood ? 'single' : counted ? 'counts' : 'lines',
    silent: chosen.every((alert) => isSilent(alert, rules)),
    rank: best.rank,
    unguarded: chosen.filter(isUnguarded).map(({ id }) => id),
  };
}

/** What is due later than any retry was put off until by a clock that has been set back since. */
const isDue = ({ dueWallAt }: PendingAlert, now: number): boolean =>
  dueWallAt <= now || dueWallAt - now > LONGEST_RETRY_MS;

const isDigest = ({ alerts }: Thread): boolean => alerts[0]!.kind.startsWith('digest_');

const isSilent = ({ kind, rank }: PendingAlert, { loudness, quiet }: PlanRules): boolean =>
  loudnessOf(kind, loudness) === 'silent' || (rank === 'notice' && quiet !== null);

const isUnguarded = ({ kind, unguarded }: PendingAlert): boolean => kind === 'bought' && unguarded;

function threadsOf(pending: readonly PendingAlert[], now: number): Thread[] {
  const threads = new Map<string, Thread>();
  const held = new Set<string>();
  for (const alert of pending) {
    const key = alert.positionId ?? `${alert.kind} ${alert.market}`;
    if (isUnguarded(alert) && Math.abs(now - alert.wallAt) < GUARDED_WITHIN_MS) held.add(key);
    // what comes after it in its thread waits with it
    if (held.has(key)) continue;
    const thread = threads.get(key);
    if (thread === undefined) threads.set(key, { alerts: [alert], rank: alert.rank });
    else {
      thread.alerts.push(alert);
      if (RANKS[alert.rank] < RANKS[thread.rank]) thread.rank = alert.rank;
    }
  }
  return [...threads.values()];
}
