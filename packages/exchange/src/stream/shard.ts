import type { ExchangeSymbol } from '@mexc-bot/core';
import { backOffMs } from './back-off.ts';
import type { Connection } from './connection.ts';
import { HEALTHY_AFTER_MS, LIFE_JITTER_MS, LIFE_MS, RECONNECT } from './timing.ts';

export interface ShardDeps {
  readonly now: () => number;
  /** in [0, 1) */
  readonly random: () => number;
  readonly staleAfterMs: number;
  readonly open: (onEnd: (why: string) => void) => Connection;
  /** Takes over a connection that has a successor: it goes on delivering until that delivers too. */
  readonly retire: (connection: Connection) => void;
  readonly onTrouble: (why: string) => void;
  readonly onRecovered: () => void;
}

/** The markets of one connection, and the connections that serve them one after another. */
export interface Shard {
  markets(): ReadonlySet<ExchangeSymbol>;
  setMarkets(markets: ReadonlySet<ExchangeSymbol>): void;
  connection(): Connection | null;
  /** Opens, watches over and replaces its connection. */
  step(): void;
  /** Gives its connection to `retire`; the shard is done. */
  giveUp(): void;
}

export function createShard(deps: ShardDeps): Shard {
  const { now, random, staleAfterMs, open, retire, onTrouble, onRecovered } = deps;
  let markets: ReadonlySet<ExchangeSymbol> = new Set();
  let current: Connection | null = null;
  let failures = 0;
  let openAt = now();
  let replaceAt: number | null = null;
  let lifeMs = LIFE_MS;

  const connect = (): void => {
    replaceAt = null;
    lifeMs = LIFE_MS - random() * LIFE_JITTER_MS;
    const connection = open((why) => {
      if (current !== connection) return;
      current = null;
      fail(why);
      openAt = now() + backOffMs(RECONNECT, failures, random());
    });
    current = connection;
    connection.want(markets);
  };

  const fail = (why: string): void => {
    failures++;
    if (failures === 1) onTrouble(why);
  };

  const replace = (old: Connection): void => {
    retire(old);
    connect();
  };

  /** Make before break: what is only a thin market's silence leaves no gap. */
  const watchOver = (connection: Connection): void => {
    const age = now() - connection.openedAt();
    if (connection.silentMs() > staleAfterMs) {
      replaceAt ??= now() + backOffMs(RECONNECT, failures + 1, random());
      if (now() < replaceAt) return;
      fail(`nothing but silence for ${connection.silentMs()} ms`);
      replace(connection);
      return;
    }
    replaceAt = null;
    if (failures > 0 && age >= HEALTHY_AFTER_MS) {
      failures = 0;
      onRecovered();
    }
    if (age >= lifeMs) replace(connection);
  };

  return {
    markets: () => markets,
    setMarkets(wanted) {
      markets = wanted;
      current?.want(markets);
    },
    connection: () => current,
    step() {
      if (current === null && now() >= openAt) connect();
      else if (current?.state() === 'open') watchOver(current);
    },
    giveUp() {
      const last = current;
      current = null; // its end is no failure
      if (last) retire(last);
    },
  };
}
