import { describe, expect, it } from 'vitest';
import type { RequestCost, RequestPriority } from './request-budget.ts';
import { askBudget, type BudgetState, EMPTY_BUDGET, penaliseBudget, withdraw } from './request-rules.ts';

const ORDER: RequestCost = { orders: 1, weight: 1 };
const READ: RequestCost = { orders: 0, weight: 1 };
const START = 1_700_000_000_000;

/** One budget and a wall clock to move. */
function aBudget(speed = 1) {
  let state: BudgetState = EMPTY_BUDGET;
  const budget = {
    at: START,
    ask(priority: RequestPriority, cost: RequestCost = READ, more: { ticket?: number; waitedMs?: number } = {}) {
      const request = { cost, priority, ticket: more.ticket ?? null, waitedMs: more.waitedMs ?? 0 };
      const answer = askBudget(state, request, { at: budget.at, speed, exitReserve: 0.3 });
      state = answer.state;
      return answer;
    },
    /** how many leave at once before one must wait; that one gives up */
    burst(priority: RequestPriority, cost: RequestCost = READ): number {
      for (let count = 0; ; count++) {
        const { waitMs, ticket } = budget.ask(priority, cost);
        if (waitMs === 0) continue;
        state = withdraw(state, ticket);
        return count;
      }
    },
    penalise(kind: 'rate_limited' | 'banned', retryAfterMs: number | null): number {
      state = penaliseBudget(state, { kind, retryAfterMs }, { at: budget.at, speed, exitReserve: 0.3 });
      return state.block!.until - budget.at;
    },
  };
  return budget;
}

describe('shares', () => {
  it.each<[RequestPriority, RequestCost, number]>([
    ['exit', ORDER, 12],
    ['exit', READ, 18],
    ['confirmation', READ, 20],
    ['entry', ORDER, 8],
    ['entry', READ, 14],
    ['data', READ, 12],
    ['exit', { orders: 0, weight: 40 }, 11],
    ['entry', { orders: 0, weight: 40 }, 8],
    ['data', { orders: 0, weight: 40 }, 7],
    ['entry', { orders: 0, weight: 10, account: 1 }, 2],
  ])('%s of %j: %i at once', (priority, cost, count) => {
    expect(aBudget().burst(priority, cost)).toBe(count);
  });

  it('entries find room where data used up its share, exits where entries did', () => {
    const budget = aBudget();
    expect(budget.burst('data')).toBe(12);
    expect(budget.burst('entry')).toBe(2);
    expect(budget.burst('exit')).toBe(4);
    expect(budget.burst('exit', ORDER)).toBe(2);
  });

  it('a request larger than its share leaves once nothing else is counted', () => {
    const budget = aBudget();
    expect(budget.ask('data', { orders: 0, weight: 400 }).waitMs).toBe(0);
    expect(() => budget.ask('exit', { orders: 0, weight: 501 })).toThrow(RangeError);
  });
});

describe('windows', () => {
  it('room comes back one window later, a little slack included', () => {
    const budget = aBudget();
    budget.burst('exit', ORDER);
    const { waitMs, ticket } = budget.ask('exit', ORDER);
    expect(waitMs).toBe(1_051);
    budget.at += 1_050;
    expect(budget.ask('exit', ORDER, { ticket }).waitMs).toBe(1);
    budget.at += 1;
    expect(budget.ask('exit', ORDER, { ticket }).waitMs).toBe(0);
  });

  it('shrink with the speed of the market', () => {
    const budget = aBudget(300);
    expect(budget.burst('exit', ORDER)).toBe(12);
    expect(budget.ask('exit', ORDER).waitMs).toBeCloseTo(1_050 / 300 + 1);
    budget.at += 5;
    expect(budget.burst('exit', ORDER)).toBe(11); // one waits
  });

  it('a wall clock set back takes what is counted along, so nobody waits for it to catch up', () => {
    const budget = aBudget();
    budget.burst('exit', ORDER);
    budget.penalise('rate_limited', 2_000);
    budget.at -= 3_600_000;
    expect(budget.ask('data').waitMs).toBe(2_000);
  });
});

describe('order', () => {
  it('nobody takes what an earlier request of its rank, or any of a higher one, waits for', () => {
    const budget = aBudget();
    budget.burst('exit', ORDER);
    const first = budget.ask('exit', ORDER);
    const second = budget.ask('exit', ORDER);
    budget.at += 1_051;
    // room for both, so the second need not wait for the first to wake
    expect(budget.ask('exit', ORDER, { ticket: second.ticket }).waitMs).toBe(0);
    expect(budget.burst('exit', ORDER)).toBe(10);
    expect(budget.ask('exit', ORDER, { ticket: first.ticket }).waitMs).toBe(0);
  });

  it('entries and data leave in the order they came', () => {
    const budget = aBudget();
    budget.burst('data');
    const first = budget.ask('data');
    const second = budget.ask('data');
    budget.at += 1_051;
    expect(budget.ask('data', READ, { ticket: second.ticket }).waitMs).toBe(2);
    expect(budget.ask('data', READ, { ticket: first.ticket }).waitMs).toBe(0);
    expect(budget.ask('data', READ, { ticket: second.ticket }).waitMs).toBe(0);
  });

  it('the place of a process that died is free again soon', () => {
    const budget = aBudget();
    budget.burst('exit', ORDER);
    for (let lost = 0; lost < 5; lost++) budget.ask('exit', ORDER);
    budget.at += 1_051;
    expect(budget.burst('entry', ORDER)).toBe(3);
    budget.at += 1_501;
    expect(budget.burst('entry', ORDER)).toBe(8);
  });

  it('data that waited for five seconds counts as an entry', () => {
    const budget = aBudget();
    budget.burst('data');
    expect(budget.ask('data').waitMs).toBeGreaterThan(0);
    expect(budget.ask('data', READ, { waitedMs: 5_001 }).waitMs).toBe(0);
  });
});

describe('a refusal by the exchange', () => {
  it('holds everything back until Retry-After, but for one exit order a second', () => {
    const budget = aBudget();
    expect(budget.penalise('rate_limited', 7_000)).toBe(7_000);
    expect(budget.ask('data').waitMs).toBe(7_000);
    expect(budget.ask('entry', ORDER).waitMs).toBe(7_000);
    expect(budget.ask('exit').waitMs).toBe(7_000);
    const { waitMs, ticket } = budget.ask('exit', ORDER);
    expect(waitMs).toBe(1_000);
    expect(budget.ask('exit', ORDER).waitMs).toBe(2_000);
    budget.at += 1_000;
    expect(budget.ask('exit', ORDER, { ticket }).waitMs).toBe(0);
    expect(budget.burst('exit', ORDER)).toBe(0);
    budget.at += 6_000;
    expect(budget.ask('exit').waitMs).toBe(0);
  });

  it('the look at the book that an exit waits for takes its turn among the exit orders, a ban excepted', () => {
    const budget = aBudget();
    budget.penalise('rate_limited', 7_000);
    const order = budget.ask('exit', ORDER);
    const look = budget.ask('confirmation');
    expect([order.waitMs, look.waitMs]).toEqual([1_000, 2_000]);
    budget.at += 1_000;
    expect(budget.ask('exit', ORDER, order).waitMs).toBe(0);
    expect(budget.ask('confirmation', READ, look).waitMs).toBe(1_000);
    budget.at += 1_000;
    expect(budget.ask('confirmation', READ, look).waitMs).toBe(0);
    expect(budget.penalise('banned', 9_000)).toBe(9_000);
    expect(budget.ask('confirmation').waitMs).toBe(9_000);
  });

  it('a ban lets nothing through, and is not shortened by a rate limit', () => {
    const budget = aBudget();
    expect(budget.penalise('banned', null)).toBe(120_000);
    expect(budget.penalise('rate_limited', 1_000)).toBe(120_000);
    budget.at += 119_999;
    expect(budget.ask('exit', ORDER).waitMs).toBe(1);
  });

  it('without Retry-After each wait is twice the last, 1 s to 60 s, and a quiet minute forgives', () => {
    const budget = aBudget();
    const waits: number[] = [];
    for (let strike = 0; strike < 8; strike++) {
      waits.push(budget.penalise('rate_limited', strike % 2 === 0 ? null : 0));
      budget.at += waits.at(-1)! + 10;
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1_000));
    budget.at += 60_001;
    expect(budget.penalise('rate_limited', null)).toBe(1_000);
  });

  it('refusals of requests under way together are one, and the longest counts', () => {
    const budget = aBudget();
    expect(budget.penalise('rate_limited', null)).toBe(1_000);
    expect(budget.penalise('rate_limited', null)).toBe(1_000);
    expect(budget.penalise('rate_limited', 5_000)).toBe(5_000);
    expect(budget.penalise('rate_limited', 2_000)).toBe(5_000);
  });

  it('the exchange means its own seconds', () => {
    expect(aBudget(300).penalise('rate_limited', 60_000)).toBe(200);
    expect(aBudget(10).penalise('rate_limited', null)).toBe(100);
  });

  it('an absurd Retry-After is cut to the longest ban there is', () => {
    expect(aBudget().penalise('banned', 1e15)).toBe(3 * 86_400_000);
  });
});
