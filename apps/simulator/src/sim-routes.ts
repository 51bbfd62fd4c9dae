import type { FastifyInstance } from 'fastify';
import type { Engine } from './engine.ts';
import type { MarketClock } from './market-clock.ts';

export interface SimRoutesDeps {
  readonly engine: Engine;
  readonly clock: MarketClock;
  readonly identity: string;
}

/** The simulator's own side door; the real exchange has none of this. */
export function simRoutes(app: FastifyInstance, { engine, clock, identity }: SimRoutesDeps): void {
  app.get('/sim/clock', () => ({
    now: clock.now(),
    speed: clock.speed,
    ended: clock.ended(),
    market: identity,
  }));

  /** Everything since the market began: for comparison with a client's own books. Quantities are decimal texts. */
  app.get('/sim/ledger', () => {
    engine.advance(clock.now());
    const { ledger } = engine;
    const maskedKeys = new Map(ledger.accounts().map(({ id, maskedKey }) => [id, maskedKey]));
    const owned = <Row extends { readonly accountId: string }>({ accountId, ...row }: Row) => ({
      apiKey: maskedKeys.get(accountId),
      ...row,
    });
    return {
      accounts: ledger.accounts().map(({ maskedKey, initial, balances }) => ({
        apiKey: maskedKey,
        initial: Object.fromEntries(initial),
        balances: Object.fromEntries(balances),
      })),
      orders: ledger.orders().map(owned),
      trades: ledger.trades().map(owned),
    };
  });
}
