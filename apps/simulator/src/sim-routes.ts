import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { resetAccount } from './account.ts';
import { checkedJson } from './checked-json.ts';
import type { Engine } from './engine.ts';
import type { FaultDesk } from './fault-desk.ts';
import { BadFaultPlan } from './faults/plan.ts';
import { isVirtual, type MarketClock } from './market-clock.ts';
import type { RequestLog } from './request-log.ts';

/** A day and a half at a time: further leaps would make the market's candles all at once. */
const MAX_ADVANCE_MS = 36 * 3_600_000;
const advanceSchema = z.strictObject({
  advanceMs: z
    .int(`must be a whole number from 0 to ${MAX_ADVANCE_MS}`)
    .min(0, 'must not be below 0')
    .max(MAX_ADVANCE_MS, `must be ${MAX_ADVANCE_MS} at most`),
});

export interface SimRoutesDeps {
  readonly engine: Engine;
  readonly clock: MarketClock;
  readonly identity: string;
  readonly desk: FaultDesk;
  readonly requests: RequestLog;
  /** told after a virtual clock went on */
  readonly onAdvance: () => void;
}

type Query = Readonly<Record<string, string | undefined>>;

const bad = (reply: FastifyReply, status: number, msg: string): FastifyReply =>
  reply.code(status).send({ code: status, msg });

const bodyOf = (request: FastifyRequest): string => (typeof request.body === 'string' ? request.body : '');

/** The simulator's own side door; the real exchange has none of this. */
export function simRoutes(app: FastifyInstance, deps: SimRoutesDeps): void {
  const { engine, clock, identity, desk, requests, onAdvance } = deps;
  const clockNow = () => ({
    now: clock.now(),
    speed: clock.speed,
    ended: clock.ended(),
    market: identity,
    virtual: isVirtual(clock),
  });
  app.get('/sim/clock', clockNow);

  /** `{"advanceMs": 5000}`: only where the clock is virtual. */
  app.post('/sim/clock', (request, reply) => {
    if (!isVirtual(clock)) {
      return bad(reply, 409, 'this market runs by the wall clock; start it with a virtual one to advance it');
    }
    const asked = checkedJson(bodyOf(request), advanceSchema, 'the request');
    if ('faults' in asked) return bad(reply, 400, asked.faults.join('; '));
    clock.advance(asked.content.advanceMs);
    engine.advance(clock.now());
    onAdvance();
    return clockNow();
  });

  /** Everything since the market began: for comparison with a client's own books. Quantities are decimal texts. */
  app.get<{ Querystring: Query }>('/sim/ledger', (request) => {
    engine.advance(clock.now());
    const { ledger } = engine;
    const maskedKeys = new Map(ledger.accounts().map(({ id, maskedKey }) => [id, maskedKey]));
    const owned = <Row extends { readonly accountId: string }>({ accountId, ...row }: Row) => ({
      apiKey: maskedKeys.get(accountId),
      ...row,
    });
    return {
      accounts: ledger.accounts().map(({ maskedKey, initial, balances, mxDeduct }) => ({
        apiKey: maskedKey,
        initial: Object.fromEntries(initial),
        balances: Object.fromEntries(balances),
        mxDeduct,
      })),
      orders: ledger.orders().map(owned),
      trades: ledger.trades().map(owned),
      adjustments: ledger.adjustments().map(owned),
      ...(request.query.requests !== undefined && {
        requests: { total: requests.total(), counts: requests.counts(), latest: requests.latest() },
      }),
    };
  });

  app.get('/sim/faults', () => desk.describe());
  app.post('/sim/faults', (request, reply) => {
    try {
      desk.add(bodyOf(request), 'POST /sim/faults', clock.now());
    } catch (error) {
      if (!(error instanceof BadFaultPlan)) throw error;
      return reply.code(400).send({ code: 400, msg: error.message, faults: error.faults });
    }
    return desk.describe();
  });
  app.delete<{ Querystring: Query }>('/sim/faults', (request, reply) => {
    const { id } = request.query;
    const removed = desk.remove(id);
    return id !== undefined && removed.faults === 0 ? bad(reply, 404, `id: there is no rule ${id}`) : removed;
  });

  /** The exchange loses its memory: every account as on its first day, no orders, no trades. Time goes on. */
  app.post('/sim/reset', () => {
    engine.advance(clock.now());
    engine.reset();
    for (const account of engine.ledger.accounts()) resetAccount(account);
    requests.clear();
    return { accounts: engine.ledger.accounts().length, now: clock.now() };
  });
}
