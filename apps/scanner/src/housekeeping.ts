import { type Clock, DAY_MS, HOUR_MS } from '@mexc-bot/core';
import type { Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';

/** Deletes now and then what is old: inputs of scans hourly, by size; what else decisions were based on, and news, daily, wall time. */
export function createHousekeeping(deps: {
  readonly store: Pick<Store, 'scans' | 'candidates' | 'volatility' | 'activity' | 'alerts' | 'trainingRequests'>;
  readonly clock: Pick<Clock, 'now' | 'wallNow'>;
  readonly settings: Pick<
    Settings['scan'],
    'keepInputsDays' | 'keepInputsMb' | 'keepReasonsDays' | 'keepCandidatesDays' | 'keepNewsDays'
  >;
}): () => void {
  const { store, clock, settings } = deps;
  const { keepInputsDays, keepInputsMb, keepReasonsDays, keepCandidatesDays, keepNewsDays } = settings;
  let [hourly, daily] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];

  return () => {
    const [now, wall] = [clock.now(), clock.wallNow()];
    if (wall - hourly < HOUR_MS) return;
    hourly = wall;
    store.scans.pruneInputs(now - keepInputsDays * DAY_MS, keepInputsMb * 1e6);
    if (wall - daily < DAY_MS) return;
    daily = wall;
    const before = now - keepReasonsDays * DAY_MS;
    store.candidates.forgetStages(before);
    store.volatility.prune(before);
    const longPast = now - keepCandidatesDays * DAY_MS;
    store.candidates.prune(longPast);
    store.scans.prune(longPast);
    const oldNews = now - keepNewsDays * DAY_MS;
    store.activity.prune(oldNews);
    store.alerts.prune(oldNews);
    store.trainingRequests.prune(oldNews);
  };
}
