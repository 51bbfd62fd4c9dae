import { createHash } from 'node:crypto';
import {
  type Clock,
  grantedUse,
  judged,
  KEY_SENTENCES,
  type KeyFault,
  type KeyPolicy,
  type KeyRecord,
  type KeyUse,
  keyStop,
  keyVerdict,
  refusedUse,
  triedAgain,
  unknownKey,
} from '@mexc-bot/core';
import { keyFaultOf, type MexcTrading, QueryFailed, type Trading } from '@mexc-bot/exchange';
import type { Store } from '@mexc-bot/store';
import type { ExecutionLog } from './intent.ts';

export interface KeyWatchDeps {
  readonly apiKey: string;
  readonly policy: KeyPolicy;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: ExecutionLog;
  /** the process that writes alerts */
  readonly source: string;
}

/** Knows what the API key may do: from its checks, and from every answer to what is sent with it. */
export interface KeyWatch {
  /** Asks the exchange what the key may do, and lets buys go on or stops them. Throws {@link QueryFailed}: that changes nothing. */
  check(): Promise<void>;
  /** whether it is to be checked at once: something was refused, or it never was checked */
  checkIsDue(): boolean;
  /** when it was last judged, by whichever process, wall ms; null: never */
  judgedWallAt(): number | null;
  /** why nothing is bought with it, as a reason code; null: nothing speaks against it */
  stop(): string | null;
  /** The same account; what it is granted and refused is noted. */
  readonly trading: Trading;
}

/**
 * A key that is refused stops buys at once and the owner is told, whether its check, an order or a question about one was refused;
 * sales are tried all the same. What ends a refusal: the exchange grants the same use again, another key, or the owner's word
 * (`resume`).
 */
export function createKeyWatch(account: MexcTrading, deps: KeyWatchDeps): KeyWatch {
  const { store, clock, log, policy } = deps;
  const key = createHash('sha256').update(deps.apiKey).digest('hex').slice(0, 12);

  /** What another key may do says nothing of this one. */
  const current = (): KeyRecord => {
    const record = store.state.keyRecord();
    return record?.key === key ? record : unknownKey(key);
  };
  if (store.state.keyRecord()?.key !== key) change(unknownKey(key));

  /** @returns whether it changed why nothing is bought */
  function change(after: KeyRecord): boolean {
    return saveKeyRecord(store, after, clock.wallNow());
  }

  function refused(use: KeyUse, fault: KeyFault, detail: string): void {
    store.write(() => {
      const before = current();
      // told when it begins: from then on every order may be refused
      if (before.refused[use] === fault) return;
      change(refusedUse(before, use, fault));
      const verdict = keyVerdict({ state: 'refused', fault, detail }, policy, clock.now());
      if (verdict.entries === 'stopped') tell('alarm', WORDS[use](verdict.reason));
    });
  }

  function granted(use: KeyUse): void {
    // asked for with every answer
    if (store.state.keyRecord()?.refused[use] === undefined) return;
    store.write(() => {
      const before = current();
      const after = grantedUse(before, use);
      if (after !== before && change(after) && keyStop(after) === null) tell('notice', WORKS_AGAIN);
    });
  }

  async function noting<T>(use: KeyUse, query: Promise<T>): Promise<T> {
    let answer: T;
    try {
      answer = await query;
    } catch (error) {
      if (error instanceof QueryFailed && error.kind === 'key') {
        refused(use, keyFaultOf(error) ?? 'invalid', error.message);
      }
      throw error;
    }
    granted(use);
    return answer;
  }

  function tell(rank: 'alarm' | 'notice', words: string): void {
    const at = { at: clock.now(), wallAt: clock.wallNow(), source: deps.source, mode: 'live' } as const;
    store.alerts.add({ ...at, rank, kind: 'api_key', detail: { words } });
    if (rank === 'alarm') log.error(words);
    else log.warn(words);
  }

  return {
    async check() {
      const status = await account.checkKey();
      const verdict = keyVerdict(status, policy, clock.now());
      store.write(() => {
        if (status.state === 'refused') refused('account', status.fault, status.detail);
        const before = current();
        if (status.state === 'refused') {
          // what the key may do when it works again is not known anew
          change(judged(before, before.verdict, clock.wallNow()));
          return;
        }
        const code = verdict.entries === 'stopped' ? verdict.code : null;
        const after = judged(grantedUse(before, 'account'), code, clock.wallNow());
        const changed = change(after);
        if (verdict.entries === 'stopped') {
          if (changed) tell('alarm', verdict.reason);
        } else if (changed && keyStop(after) === null) tell('notice', WORKS_AGAIN);
        else if (verdict.warning !== null) warn(verdict.warning);
      });
    },
    checkIsDue: () => current().checkDue,
    judgedWallAt: () => current().judgedWallAt,
    stop: () => keyStop(current()),
    trading: {
      async placeOrder(order, clientOrderId) {
        const outcome = await account.placeOrder(order, clientOrderId);
        if (outcome.outcome === 'accepted') granted('orders');
        if (outcome.outcome === 'rejected' && outcome.code === 'key') {
          refused('orders', outcome.keyFault ?? 'invalid', outcome.detail);
        }
        return outcome;
      },
      findOrder: (...args) => noting('order_queries', account.findOrder(...args)),
      orderTrades: (...args) => noting('order_queries', account.orderTrades(...args)),
      openOrders: (...args) => noting('order_queries', account.openOrders(...args)),
      ordersSince: (...args) => noting('order_queries', account.ordersSince(...args)),
      tradesSince: (...args) => noting('order_queries', account.tradesSince(...args)),
      cancelOrder: (...args) => account.cancelOrder(...args),
      balances: () => noting('account', account.balances()),
    },
  };

  /** The age of a key: once for each day that is left. */
  function warn(words: string): void {
    const at = { at: clock.now(), wallAt: clock.wallNow(), source: deps.source, mode: 'live' } as const;
    if (store.alerts.addNews({ ...at, rank: 'notice', kind: 'api_key', detail: { words } })) log.warn(words);
  }
}

const { order_refused: REFUSED, order_untold: UNTOLD, resume: RESUME, works_again: WORKS_AGAIN } = KEY_SENTENCES;
const WORDS: Readonly<Record<KeyUse, (reason: string) => string>> = {
  account: (reason) => reason,
  orders: (reason) => `${REFUSED} ${reason} ${RESUME}`,
  order_queries: (reason) => `${UNTOLD} ${reason} ${RESUME}`,
};

/**
 * The owner's word to try orders again that the key was refused.
 *
 * @returns whether any had been refused
 */
export function retryRefusedOrders(store: Pick<Store, 'state'>, wallAt: number): boolean {
  const record = store.state.keyRecord();
  if (record === null || (record.refused.orders === undefined && record.refused.order_queries === undefined))
    return false;
  saveKeyRecord(store, triedAgain(record), wallAt);
  return true;
}

/** @returns whether it changed why nothing is bought */
function saveKeyRecord({ state }: Pick<Store, 'state'>, record: KeyRecord, wallAt: number): boolean {
  state.setKeyRecord(record, wallAt);
  const reason = keyStop(record);
  if (state.entriesStopped('live') === reason) return false;
  state.stopEntries('live', reason, wallAt);
  return true;
}
