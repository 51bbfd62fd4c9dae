import {
  type Clock,
  type Decimal,
  type ExchangeSymbol,
  forceExit,
  type MarketRules,
  type OpenPosition,
} from '@mexc-bot/core';
import type { Logger } from '@mexc-bot/runtime';
import type { RequestResult, Store, StoredRequest } from '@mexc-bot/store';

export interface RequestsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** Best bids known now; a market without one is left out. A failure says nothing. */
  readonly bids: (markets: ReadonlySet<ExchangeSymbol>) => Promise<ReadonlyMap<ExchangeSymbol, Decimal>>;
}

/** A request nobody took for so long is dropped, wall ms: a sale the owner asked for an hour ago may no longer be what he wants. */
const EXPIRES_MS = 10 * 60_000;

/**
 * Takes what the owner asked for: sell one market now, or everything. Decision and answer are committed together, so that a request
 * is carried out once, whenever the process dies; the tracker's next look sells, and goes on until it is sold.
 *
 * One that expired is told as an alarm: the owner believes that it is sold. `panic` stops buys at the same moment. Without a known bid
 * the decision is made all the same: the sale is priced when it leaves.
 */
export function createRequests({ store, clock, log, bids }: RequestsDeps): () => Promise<void> {
  return async () => {
    for (let request = store.requests.next(); request !== undefined; request = store.requests.next()) {
      // buys stop before anything is asked
      if (request.kind === 'panic' && !expired(request)) store.state.setPaused(true, clock.wallNow());
      const known = await bids(new Set(wanted(request).map(({ market }) => market)));
      carryOut(request, known);
    }
  };

  function expired({ wallAt }: StoredRequest): boolean {
    return clock.wallNow() - wallAt > EXPIRES_MS;
  }

  function wanted({ kind, market, mode }: StoredRequest): OpenPosition[] {
    return store.positions.open(mode ?? undefined).filter((position) => kind === 'panic' || position.market === market);
  }

  /** Another process may have taken it meanwhile: then it is no longer the next. Asked for anew meanwhile, it is looked at anew. */
  function carryOut({ id, wallAt }: StoredRequest, known: ReadonlyMap<ExchangeSymbol, Decimal>): void {
    store.write(() => {
      const request = store.requests.next();
      if (request?.id !== id || request.wallAt !== wallAt) return;
      const result = decide(request, known);
      store.requests.done(id, result, clock.wallNow());
      const { kind, market, mode, by } = request;
      const what = kind === 'panic' ? 'everything' : market;
      log.warn(`${by} asked to sell ${what}: ${result.code}`, { mode, markets: result.markets.join(', ') });
      store.activity.add({
        mode,
        at: clock.now(),
        wallAt: clock.wallNow(),
        source: 'tracker',
        kind: `request_${kind}`,
        ...(market === null ? {} : { market }),
        detail: { by, ...result },
      });
      if (result.code === 'expired') tellExpired(request);
    });
  }

  function tellExpired({ kind, market, mode, by }: StoredRequest): void {
    store.alerts.add({
      mode,
      at: clock.now(),
      wallAt: clock.wallNow(),
      source: 'tracker',
      rank: 'alarm',
      kind: 'request_expired',
      ...(market === null ? {} : { market }),
      detail: { state: kind, by },
    });
  }

  function decide(request: StoredRequest, known: ReadonlyMap<ExchangeSymbol, Decimal>): RequestResult {
    if (expired(request)) return { code: 'expired', markets: [] };
    const positions = wanted(request);
    for (const position of positions) {
      // only slippage is measured against this price
      const price = known.get(position.market) ?? position.entryPrice;
      const { position: after, exit } = forceExit(position, { at: clock.now(), price }, rulesOf(position.market));
      if (exit !== null) store.positions.save(after);
    }
    return positions.length === 0
      ? { code: 'nothing_to_sell', markets: [] }
      : { code: 'selling', markets: positions.map(({ market }) => market) };
  }

  function rulesOf(market: ExchangeSymbol): MarketRules {
    const found = store.markets.get(market);
    if (!found) throw new RangeError(`market ${market} is not in the store`);
    return found.rules;
  }
}
