import {
  type Decimal,
  type ExchangeSymbol,
  hasOnlyRisen,
  type MarketRules,
  type OpenPosition,
  type PositionRules,
  type SteadyClock,
  type StepResult,
  type StopConfig,
  step,
  withVolatility,
} from '@mexc-bot/core';
import type { MarketData } from '@mexc-bot/exchange';
import type { Seller } from '@mexc-bot/execution';
import type { Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { createBelief } from './prices.ts';
import { createRises } from './rises.ts';
import { createStopNews } from './stop-news.ts';

export interface GuardDeps {
  readonly marketData: MarketData;
  /** the same, asked as what an exit waits for */
  readonly fallData: MarketData;
  readonly seller: Seller;
  readonly store: Store;
  readonly clock: SteadyClock;
  readonly log: Logger;
  readonly rules: PositionRules;
  readonly stop: StopConfig;
}

/**
 * Judges the open positions of a market on each price, of both modes, and sells what was decided. The decision is committed with
 * the position before an order leaves, so a crash in between changes nothing: what is pending is sold on the next price. Most prices
 * change nothing that must be written: they take no lock, and wait for no other process.
 */
export interface Guard {
  /** Reads again which positions are open. @returns them, oldest first */
  refresh(): readonly OpenPosition[];
  /** Writes down what is known of the positions and not written: which are guarded, and how far they rose. */
  write(): void;
  /** One price. Resolves when what it decided was sent and answered, or when it decided nothing. */
  onBid(market: ExchangeSymbol, bid: Decimal): Promise<void>;
  /**
   * For when no price can be read: goes on with decided exits at the last bid that was believed, and asks the order book about falls
   * it has not confirmed. Resolves like `onBid`.
   */
  goOnWithoutPrices(): Promise<void>;
  adjustStop(positionId: string, atrFraction: number): void;
  /** Writes what is known of the positions. Resolves when no sale is under way. */
  close(): Promise<void>;
}

export function createGuard(deps: GuardDeps): Guard {
  const { seller, store, clock, log } = deps;
  const belief = createBelief(deps);
  const stopNews = createStopNews({ store, clock });
  const rises = createRises({ store, clock, stopNews });
  let byMarket = new Map<ExchangeSymbol, string[]>();
  /** written down as guarded */
  let armed: ReadonlySet<string> = new Set();
  const underway = new Set<Promise<void>>();

  return {
    refresh() {
      const positions = store.positions.open();
      const index = new Map<ExchangeSymbol, string[]>();
      for (const { market, id } of positions) index.set(market, [...(index.get(market) ?? []), id]);
      byMarket = index;
      belief.keep(new Map(positions.map(({ market, peak }) => [market, peak])));
      stopNews.keep(new Set(positions.map(({ id }) => id)));
      return positions;
    },

    write,

    async onBid(market, bid) {
      const ids = byMarket.get(market);
      if (ids === undefined) return;
      const believed = belief.follows(market, bid) ? bid : await belief.confirm(market, bid);
      if (believed !== null) await judgeAll(ids, believed);
    },

    async goOnWithoutPrices() {
      const pending = store.positions.open('live').filter((position) => position.pendingExit !== null);
      await Promise.all([
        ...pending.map(({ id, market }) => {
          const bid = belief.lastOf(market);
          return bid === undefined ? undefined : sell(id, bid);
        }),
        ...belief.doubtedFalls().map(async (market) => {
          const bid = await belief.askAgain(market);
          if (bid !== null) await judgeAll(byMarket.get(market) ?? [], bid);
        }),
      ]);
    },

    adjustStop: (id, atrFraction) => {
      change(id, (position) => withVolatility(position, atrFraction, deps.stop, rulesOf(position.market)));
    },

    async close() {
      try {
        write();
      } finally {
        await Promise.allSettled(underway);
      }
    },
  };

  function write(): void {
    writeArmed();
    rises.write();
  }

  /** What is in the index is judged on its next price, whatever becomes of this write. */
  function writeArmed(): void {
    const guarded = [...byMarket.values()].flat();
    const fresh = guarded.filter((id) => !armed.has(id));
    if (fresh.length > 0) store.write(() => store.positions.setArmed(fresh, clock.now()), 'soon');
    armed = new Set(guarded);
  }

  /** Where one cannot be judged, as another process keeps the database locked for long, the others are. */
  async function judgeAll(ids: readonly string[], bid: Decimal): Promise<void> {
    const failures: unknown[] = [];
    const decided = ids.filter((id) => {
      try {
        return judge(id, bid);
      } catch (error) {
        failures.push(error);
        return false;
      }
    });
    await Promise.all(decided.map((id) => sell(id, bid)));
    if (failures.length > 0) throw failures[0];
  }

  function rulesOf(market: ExchangeSymbol): MarketRules {
    const found = store.markets.get(market);
    if (!found) throw new RangeError(`market ${market} is not in the store`);
    return found.rules;
  }

  /** @returns whether something is to be sold */
  function judge(id: string, bid: Decimal): boolean {
    const position = store.positions.get(id);
    if (position?.state !== 'open') return false;
    const known = rises.over(position);
    const { position: after } = look(known, bid);
    if (after === known) return known.pendingExit !== null;
    if (!hasOnlyRisen(known, after)) return decide(id, bid);
    rises.keep(after);
    return after.pendingExit !== null;
  }

  function look(position: OpenPosition, bid: Decimal): StepResult {
    return step(position, { at: clock.now(), price: bid }, deps.rules, rulesOf(position.market));
  }

  /** @returns whether something is to be sold */
  function decide(id: string, bid: Decimal): boolean {
    const decided = change(id, (position) => {
      const { position: after, exit } = look(position, bid);
      if (exit === null) return after;
      log.info(`${position.market}: ${exit.reason} at ${bid}, selling ${exit.quantity}`, {
        mode: position.mode,
        position: id,
      });
      store.activity.add({
        mode: position.mode,
        at: clock.now(),
        wallAt: clock.wallNow(),
        source: 'tracker',
        kind: 'exit_decided',
        market: position.market,
        positionId: id,
        detail: { reason: exit.reason, price: bid, quantity: exit.quantity, levels: after.levelsTaken },
      });
      return after;
    });
    return decided !== null && decided.pendingExit !== null;
  }

  /**
   * The disk is not waited for: what a decision leads to, the intent of an order, is flushed together with it. A power cut may cost
   * the last second of a rising stop.
   */
  function change(id: string, by: (position: OpenPosition) => OpenPosition): OpenPosition | null {
    const result = store.write(() => {
      const position = store.positions.get(id);
      if (position?.state !== 'open') return null;
      const changed = by(rises.over(position));
      if (changed !== position) {
        store.positions.save(changed);
        stopNews.look(position, changed);
      }
      return changed;
    }, 'soon');
    rises.written(id);
    return result;
  }

  /** The journal takes no second order while one has no end; nothing else may hold up the next, as an answer may never come. */
  function sell(id: string, bid: Decimal): Promise<void> {
    const sale = seller.sell(id, bid).finally(() => underway.delete(sale));
    underway.add(sale);
    return sale;
  }
}
