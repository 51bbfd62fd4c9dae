import {
  approveExit,
  type Clock,
  closeIfDone,
  type Decimal,
  type ExchangeSymbol,
  type MarketRules,
  type OpenPosition,
  type PositionRules,
  realisedPnl,
  type StopConfig,
  step,
  withVolatility,
} from '@mexc-bot/core';
import type { MarketData } from '@mexc-bot/exchange';
import type { Executor } from '@mexc-bot/execution';
import type { Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { createPriceReader } from './prices.ts';
import { createVolatilityReader } from './volatility.ts';

export interface TrackDeps {
  readonly marketData: MarketData;
  readonly executor: Executor;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rules: PositionRules;
  readonly stop: StopConfig;
  readonly atrPeriod: number;
}

/**
 * One look at every open position, of both modes: prices, decisions, sales. Decisions are committed with the position before
 * an order leaves, so a crash in between changes nothing: what is pending is sold by the next look.
 */
export function createTrack(deps: TrackDeps): () => Promise<void> {
  const { marketData, executor, store, clock, log } = deps;
  const readPrices = createPriceReader(marketData);
  const readVolatility = createVolatilityReader(marketData, clock, deps.atrPeriod);
  const reported = new Set<string>();

  return async () => {
    await executor.settle();
    const positions = store.positions.open();
    if (positions.length === 0) return;

    const bids = await readPrices(positions);
    for (const { id, market } of positions) {
      const bid = bids.get(market);
      if (bid === undefined)
        reportOnce(`no price ${id}`, `${market} has no believable bid: position ${id} waits for one`);
      else judge(id, bid);
    }
    await sell(bids);

    const fractions = await readVolatility(store.positions.open(), (position, error) => {
      log.warn(`candles of ${position.market} could not be read, the stop keeps its distance`, { error });
    });
    for (const [id, fraction] of fractions) adjustStop(id, fraction);
  };

  function rulesOf(market: ExchangeSymbol): MarketRules {
    const found = store.markets.get(market);
    if (!found) throw new RangeError(`market ${market} is not in the store`);
    return found.rules;
  }

  function change(id: string, by: (position: OpenPosition) => OpenPosition): OpenPosition | null {
    return store.write(() => {
      const position = store.positions.get(id);
      if (position?.state !== 'open') return null;
      const changed = by(position);
      if (changed !== position) store.positions.save(changed);
      return changed;
    });
  }

  function judge(id: string, bid: Decimal): void {
    change(id, (position) => {
      const { position: after, exit } = step(
        position,
        { at: clock.now(), price: bid },
        deps.rules,
        rulesOf(position.market),
      );
      if (exit !== null) {
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
      }
      return after;
    });
  }

  function adjustStop(id: string, atrFraction: number): void {
    change(id, (position) => withVolatility(position, atrFraction, deps.stop, rulesOf(position.market)));
  }

  /** Sends one order for each position that has something pending and no order under way. */
  async function sell(bids: ReadonlyMap<ExchangeSymbol, Decimal>): Promise<void> {
    const pending = store.positions
      .open()
      .filter((position) => position.pendingExit !== null && bids.has(position.market));
    const outcomes = await Promise.allSettled(
      pending.map((position) => sellOne(position.id, bids.get(position.market)!)),
    );
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    if (failed.length > 0)
      throw new AggregateError(
        failed.map((outcome) => outcome.reason),
        `${failed.length} exit(s) failed`,
      );
  }

  async function sellOne(id: string, bid: Decimal): Promise<void> {
    await executor.execute(() => {
      const position = store.positions.get(id);
      if (position?.state !== 'open') return null;
      if (store.orders.unsettled().some((order) => order.positionId === id)) return null;

      const approved = approveExit(position, bid, rulesOf(position.market), deps.rules.maxExitSlippage);
      if (approved.ok) return { order: approved.value, positionId: id, entry: null };
      if (approved.error === 'dust') bookDust(position);
      else if (approved.error === 'below_exchange_minimum') {
        reportOnce(
          `minimum ${id}`,
          `${position.market}: what is held is worth less than the exchange sells; waiting for a higher price`,
        );
      }
      return null;
    });
  }

  function bookDust(position: OpenPosition): void {
    const closed = closeIfDone(position, rulesOf(position.market), clock.now());
    store.positions.save(closed);
    if (closed.state === 'closed') {
      log.info(`${closed.market}: closed, ${closed.dust} left as dust`, {
        mode: closed.mode,
        pnl: realisedPnl(closed).toString(),
      });
    }
  }

  function reportOnce(key: string, message: string): void {
    if (reported.has(key)) return;
    reported.add(key);
    log.warn(message);
  }
}
