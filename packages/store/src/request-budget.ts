import {
  askBudget,
  BudgetRefused,
  type BudgetRequest,
  type BudgetTerms,
  type Clock,
  LONGEST_NAP_MS,
  penaliseBudget,
  type RequestBudget,
  type RequestPriority,
  withdraw,
} from '@mexc-bot/core';
import type { BudgetLedger } from './request-budget-ledger.ts';

export interface RequestBudgetDeps {
  readonly ledger: BudgetLedger;
  readonly clock: Pick<Clock, 'wallNow' | 'speed' | 'sleepWall'>;
  /** share of each limit kept for exits, in [0.1, 0.8] */
  readonly exitReserve: number;
}

/** Wall ms a request may wait. An order's price is old after that, and an unsettled one must soon be found or be absent. */
export const BUDGET_PATIENCE_MS: Readonly<Record<RequestPriority, number>> = {
  exit: 4_000,
  confirmation: 4_000,
  entry: 2_000,
  data: 30_000,
};

/**
 * The limits of the exchange, shared through the ledger. Requests of one kind leave a process in the order they came; between
 * processes they alternate.
 */
export function createRequestBudget({ ledger, clock, exitReserve }: RequestBudgetDeps): RequestBudget {
  const lines = new Map<string, Promise<void>>();

  const terms = (): BudgetTerms => ({ at: clock.wallNow(), speed: clock.speed(), exitReserve });

  const ask = (request: BudgetRequest) =>
    ledger.update((before) => {
      // the time is taken inside the transaction, so that what is written is in order
      const { state, waitMs, ticket } = askBudget(before, request, terms());
      return { state, result: { waitMs, ticket } };
    });
  const leave = (ticket: number | null) => {
    if (ticket !== null) ledger.update((state) => ({ state: withdraw(state, ticket), result: undefined }));
  };

  async function waitForRoom(
    request: Pick<BudgetRequest, 'cost' | 'priority'>,
    since: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const patience = BUDGET_PATIENCE_MS[request.priority];
    let ticket: number | null = null;
    for (;;) {
      if (signal?.aborted) {
        leave(ticket);
        throw signal.reason;
      }
      const waitedMs = Math.max(0, clock.wallNow() - since);
      // asleep for longer than it meant to, with this machine perhaps: what is so late is not sent
      if (waitedMs > patience) {
        leave(ticket);
        throw new BudgetRefused(LONGEST_NAP_MS);
      }
      const answer = ask({ ...request, waitedMs, ticket });
      if (answer.waitMs === 0) return;
      ticket = answer.ticket;
      if (waitedMs + answer.waitMs > patience) {
        leave(ticket);
        throw new BudgetRefused(answer.waitMs);
      }
      await clock.sleepWall(Math.min(answer.waitMs, LONGEST_NAP_MS), signal);
    }
  }

  return {
    async acquire(cost, priority, signal) {
      const since = clock.wallNow();
      const line = `${priority} ${cost.orders}`;
      const mine = (lines.get(line) ?? Promise.resolve()).then(() => waitForRoom({ cost, priority }, since, signal));
      // the next in line goes on whatever became of this one
      const settled = mine.catch(() => undefined);
      lines.set(line, settled);
      try {
        await mine;
      } finally {
        if (lines.get(line) === settled) lines.delete(line);
      }
    },

    penalise(penalty) {
      return ledger.update((before) => {
        const now = terms();
        const state = penaliseBudget(before, penalty, now);
        return { state, result: state.block === null ? 0 : Math.max(0, state.block.until - now.at) };
      });
    },
  };
}
