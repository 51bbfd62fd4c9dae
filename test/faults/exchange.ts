import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BookTicker, Decimal } from '@mexc-bot/core';
import { openAccount } from '../../apps/simulator/dist/account.js';
import { createEngine } from '../../apps/simulator/dist/engine.js';
import { createFaultDesk } from '../../apps/simulator/dist/fault-desk.js';
import { createFaults } from '../../apps/simulator/dist/faults/faults.js';
import { checkPlan } from '../../apps/simulator/dist/faults/plan.js';
import { createQuotes } from '../../apps/simulator/dist/quotes.js';
import { createRateLimits } from '../../apps/simulator/dist/rate-limits.js';
import { createServer } from '../../apps/simulator/dist/server.js';
import { createListenKeys } from '../../apps/simulator/dist/ws/listen-keys.js';
import { createStreams } from '../../apps/simulator/dist/ws/streams.js';
import type { Account } from '../../apps/simulator/src/account.ts';
import type { Engine } from '../../apps/simulator/src/engine.ts';
import type { FaultPlanInput } from '../../apps/simulator/src/faults/plan.ts';
import type { MarketSource } from '../../apps/simulator/src/market-source.ts';
import type { Quotes } from '../../apps/simulator/src/quotes.ts';
import { SocketlessRequest, SocketlessResponse } from './socketless.ts';
import type { VirtualTime } from './virtual-time.ts';

export const API_KEY = 'mx0faults';
export const API_SECRET = 'faults-secret';

/** What came of one request at the exchange. */
export type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly fault: string | null;
    }
  /** the connection was cut, or stays open and silent */
  | { readonly kind: 'dropped' | 'hung'; readonly fault: string | null };

interface ExchangeRequest {
  readonly method: string;
  /** with the query */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The simulator itself, without its sockets and in virtual time. */
export interface InProcessExchange {
  readonly engine: Engine;
  readonly quotes: Quotes;
  readonly account: Account;
  /** Nothing else may be asked at the same time. */
  ask(request: ExchangeRequest): Promise<Answer>;
  /** What is really quoted; null: nothing on one side, or no such market. */
  bestOf(symbol: string): BookTicker | null;
  follow(plan: FaultPlanInput): void;
  /** No fault is left, nor one to come. */
  calm(): void;
  /** actions of the rules that fired */
  firedKinds(): ReadonlySet<string>;
  close(): Promise<void>;
}

export interface InProcessExchangeOptions {
  readonly source: MarketSource;
  readonly time: VirtualTime;
  readonly seed: number;
  readonly balances: Readonly<Record<string, string>>;
  readonly plan: FaultPlanInput;
  readonly rateLimits: boolean;
}

export function openExchange(options: InProcessExchangeOptions): InProcessExchange {
  const { source, time, seed } = options;
  const quotes = createQuotes(source);
  const clock = { now: () => Math.floor(time.now()), speed: 1, ended: () => false };
  const faults = createFaults({ now: clock.now, seed });
  const onFault = (error: unknown): void => {
    throw error;
  };
  const listenKeys = createListenKeys({ wallNow: time.now, clock, seed });
  const streams = createStreams({ quotes, clock, wallNow: time.now, listenKeys, faults, onFault });
  const engine = createEngine({ quotes, idSeed: seed, onEvent: () => undefined });
  const desk = createFaultDesk({ faults, engine, quotes });
  const account = openAccount('faults', '…ults', options.balances);
  engine.ledger.addAccount(account);

  let end: ((answer: Answer) => void) | null = null;
  const requests = {
    add({ outcome, fault }: { readonly outcome: string; readonly fault: string | null }): void {
      lastFault = fault;
      if (outcome === 'hung') end?.({ kind: outcome, fault });
    },
    latest: () => [],
    counts: () => ({}),
    total: () => 0,
    clear: () => undefined,
  };
  let lastFault: string | null = null;

  const app = createServer({
    quotes,
    engine,
    clock,
    keys: new Map([[API_KEY, { secret: API_SECRET, account }]]),
    identity: source.identity,
    behaviour: engine.behaviour,
    faults,
    desk,
    requests,
    rateLimits: options.rateLimits ? createRateLimits() : null,
    onAdvance: () => undefined,
    onFault,
    listenKeys,
    streams,
  });
  // no client gives up waiting
  app.addHook('preSerialization', async ({ passage }, _reply, payload) => {
    if (passage?.fault?.action.kind === 'accept-then-hang') end?.({ kind: 'hung', fault: passage.fault.rule });
    return payload;
  });
  desk.follow(checkPlan(options.plan, 'of the scenario'), 'of the scenario', source.startAt);
  engine.advance(clock.now());

  return {
    engine,
    quotes,
    account,
    ask: async (request) => {
      await app.ready();
      return new Promise((resolve) => {
        end = resolve;
        lastFault = null;
        const incoming = new SocketlessRequest(request, () => end?.({ kind: 'dropped', fault: lastFault }));
        const outgoing = new SocketlessResponse((status, headers, body) =>
          resolve({ kind: 'answered', status, headers: headers as Record<string, string>, body, fault: lastFault }),
        );
        app.routing(incoming as unknown as IncomingMessage, outgoing as unknown as ServerResponse);
      });
    },
    bestOf(symbol) {
      const now = clock.now();
      engine.advance(now);
      const market = quotes.find(symbol, now);
      if (!market) return null;
      const top = quotes.top(market, now);
      const [bid, ask] = [top.bids[0], top.asks[0]];
      if (!bid || !ask) return null;
      const price = (ticks: number): Decimal => market.tickSize.mul(ticks);
      const quantity = (steps: number): Decimal => market.stepSize.mul(steps);
      return {
        market: symbol,
        bid: price(bid.ticks),
        bidQuantity: quantity(bid.steps),
        ask: price(ask.ticks),
        askQuantity: quantity(ask.steps),
      };
    },
    follow: (plan) => desk.follow(checkPlan(plan, 'added'), 'added', clock.now()),
    calm() {
      faults.remove();
      engine.script.clear();
    },
    firedKinds: () => new Set(faults.rules().flatMap(({ fired, rule }) => (fired > 0 ? [rule.do.kind] : []))),
    close: () => app.close(),
  };
}

/** @returns the exchange's code of an error; null: none */
export function codeOf({ body }: Extract<Answer, { kind: 'answered' }>): number | null {
  const found = /"code":\s*(-?\d+)/.exec(body.slice(0, 200));
  const code = found === null ? null : Number(found[1]);
  return code === 200 || code === 0 ? null : code;
}
