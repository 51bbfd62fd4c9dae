import type { Clock } from '@mexc-bot/core';
import type { PriceStream, PriceTick } from '@mexc-bot/exchange';
import type { Life } from './life.ts';
import { momentOf, type StreamPlan } from './scenario.ts';
import type { World } from './world.ts';

/** Delivers what the client of the price stream would: quotes of the markets asked for, but for the silences of the plan. */
export function stubStream(
  { time, exchange, watch }: Pick<World, 'time' | 'exchange' | 'watch'>,
  { everyMs, silent }: StreamPlan,
  life: Life,
  clock: Clock,
): PriceStream {
  const ticks = new Map<string, PriceTick>();
  const listeners = new Set<(tick: PriceTick) => void>();
  let watched: ReadonlySet<string> = new Set();

  const deliver = (): void => {
    if (!life.alive()) return;
    time.at(time.now() + everyMs, deliver);
    const since = time.now() - momentOf(0);
    if (silent.some(([from, to]) => since >= from && since < to)) return;
    for (const symbol of watched) {
      const quote = exchange.bestOf(symbol);
      if (quote === null) continue;
      const tick = { ...quote, exchangeAt: time.now(), receivedAt: clock.wallNow() };
      ticks.set(symbol, tick);
      watch.pushed(life, tick);
      for (const listener of listeners) listener(tick);
    }
  };
  time.at(time.now() + everyMs, deliver);

  return {
    watch(markets) {
      watched = new Set(markets);
      for (const symbol of ticks.keys()) if (!watched.has(symbol)) ticks.delete(symbol);
    },
    onTick(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onDeal: () => () => undefined,
    latest: (market) => ticks.get(market),
    ageMs: (market) => {
      const tick = ticks.get(market);
      // the real one measures it without the wall clock, too
      return tick === undefined ? Number.POSITIVE_INFINITY : time.now() - tick.exchangeAt;
    },
    health: () => ({
      connections: 1,
      topics: watched.size,
      staleMarkets: [],
      refused: [],
      reconnects: 0,
      dropped: {} as ReturnType<PriceStream['health']>['dropped'],
    }),
    close: () => Promise.resolve(),
  };
}
