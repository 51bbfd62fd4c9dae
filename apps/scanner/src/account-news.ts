import type { AccountStop, Clock, Mode } from '@mexc-bot/core';
import type { Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';

/** Tells once that something stops all buys for a while, and once that it is over. */
export function createAccountNews({ store, clock, log }: { store: Store; clock: Clock; log: Logger }) {
  return (mode: Mode, stop: AccountStop | null): void => {
    const kind = `account_stop_${mode}`;
    const code = stop?.code ?? 'none';
    if ((store.alerts.newest(kind, null)?.code ?? 'none') === code) return;
    const row = { mode, at: clock.now(), wallAt: clock.wallNow(), source: 'scanner', kind };
    const detail = stop === null ? { code } : { ...stop };
    store.alerts.add({ ...row, rank: stop === null ? 'notice' : 'alarm', detail });
    store.activity.add({ ...row, detail });
    log.warn(stop === null ? `${mode} mode buys again` : `${mode} mode buys nothing for a while: ${stop.code}`);
  };
}
