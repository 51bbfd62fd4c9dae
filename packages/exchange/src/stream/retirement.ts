import type { ExchangeSymbol } from '@mexc-bot/core';
import type { Connection } from './connection.ts';
import { OVERLAP_MS } from './timing.ts';

export interface RetirementDeps {
  readonly now: () => number;
  /** @returns undefined when nobody wants the market any more; null while nothing serves it */
  readonly successorOf: (market: ExchangeSymbol) => Connection | null | undefined;
}

/** Connections that have successors, kept until these deliver too: a planned change leaves no gap. */
export interface Retirement {
  add(connection: Connection, markets: ReadonlySet<ExchangeSymbol>): void;
  step(): void;
}

export function createRetirement({ now, successorOf }: RetirementDeps): Retirement {
  const retired = new Map<Connection, { readonly markets: ReadonlySet<ExchangeSymbol>; readonly since: number }>();

  const isReplaced = (market: ExchangeSymbol, since: number): boolean => {
    const successor = successorOf(market);
    if (successor === undefined) return true;
    if (successor === null || successor.state() !== 'open') return false;
    // a thin market may say nothing for long: then it is enough that the successor has had its time
    return successor.hears(market) || now() - Math.max(since, successor.openedAt()) >= OVERLAP_MS;
  };

  return {
    add(connection, markets) {
      if (connection.state() === 'open') retired.set(connection, { markets: new Set(markets), since: now() });
      else connection.close();
    },
    step() {
      for (const [connection, { markets, since }] of retired) {
        if (connection.state() === 'open' && ![...markets].every((market) => isReplaced(market, since))) continue;
        retired.delete(connection);
        connection.close();
      }
    },
  };
}
