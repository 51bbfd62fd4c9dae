import fc from 'fast-check';
import { it } from 'vitest';
import type { RequestCost, RequestPriority } from './request-budget.ts';
import { askBudget, type BudgetState, EMPTY_BUDGET, penaliseBudget, REQUEST_LIMITS } from './request-rules.ts';

interface Event {
  readonly after: number;
  readonly priority: RequestPriority;
  readonly cost: RequestCost;
  readonly penalty: { readonly kind: 'rate_limited' | 'banned'; readonly retryAfterMs: number | null } | null;
}

const arbEvent: fc.Arbitrary<Event> = fc.record({
  after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 })),
  priority: fc.constantFrom('exit', 'exit', 'confirmation', 'entry', 'data'),
  cost: fc.oneof(
    { weight: 4, arbitrary: fc.record({ orders: fc.constantFrom(0, 1), weight: fc.constantFrom(1, 2, 10, 40) }) },
    { weight: 1, arbitrary: fc.constant({ orders: 0, weight: 10, account: 1 } as const) },
  ),
  penalty: fc.option(
    fc.record({
      kind: fc.constantFrom('rate_limited', 'rate_limited', 'banned'),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 5_000 })),
    }),
    { freq: 30 },
  ),
});
const arbPlan = fc.record({
  events: fc.array(arbEvent, { minLength: 50, maxLength: 400 }),
  speed: fc.constantFrom(1, 7, 300),
  exitReserve: fc.double({ min: 0.1, max: 0.8, noNaN: true }),
});

it('whoever asks, whenever: limits hold over every window, and nothing leaves early but an exit order or a confirmation a second', () => {
  fc.assert(
    fc.property(arbPlan, ({ events, speed, exitReserve }) => {
      let state: BudgetState = EMPTY_BUDGET;
      let at = 1_700_000_000_000;
      const sent: { at: number; cost: RequestCost }[] = [];
      let blocked = { until: 0, banned: false, lastThrough: 0 };
      for (const { after, priority, cost, penalty } of events) {
        at += after / speed;
        const terms = { at, speed, exitReserve };
        if (penalty !== null) {
          const began = at >= blocked.until;
          state = penaliseBudget(state, penalty, terms);
          if (state.block!.until < blocked.until) return false;
          const { until, kind } = state.block!;
          blocked = { until, banned: kind === 'banned', lastThrough: began ? at : blocked.lastThrough };
          if (penalty.retryAfterMs !== null && until < at + penalty.retryAfterMs / speed) return false;
        }
        const answer = askBudget(state, { cost, priority, waitedMs: 0, ticket: null }, terms);
        state = answer.state;
        if (answer.waitMs > 0) continue;
        sent.push({ at, cost });
        if (at >= blocked.until) continue;
        const releases = priority === 'confirmation' || (priority === 'exit' && cost.orders === 1);
        const isTrickle = releases && !blocked.banned;
        if (!isTrickle || (at - blocked.lastThrough) * speed < 999) return false;
        blocked.lastThrough = at;
      }
      return Object.values(REQUEST_LIMITS).every(({ amount, windowMs, of }) =>
        sent.every(({ at: end }) => {
          const within = sent.filter((one) => one.at <= end && (end - one.at) * speed < windowMs);
          return within.reduce((sum, one) => sum + (of as (cost: RequestCost) => number)(one.cost), 0) <= amount;
        }),
      );
    }),
    { numRuns: 200 },
  );
});

it('who asks when told gets its turn, as long as those ahead take theirs, and nobody asks all the time', () => {
  fc.assert(
    fc.property(arbPlan, ({ events, speed, exitReserve }) => {
      let state: BudgetState = EMPTY_BUDGET;
      const start = 1_700_000_000_000;
      const waiting = events.slice(0, 60).map((event) => ({ ...event, ticket: null as number | null, due: start }));
      for (let turn = 0; waiting.length > 0; turn++) {
        // of 60 each is told to come back at most once for each that leaves, and once for each window
        if (turn > 6_000) return false;
        const next = waiting.reduce((first, one) => (one.due < first.due ? one : first));
        const request = { ...next, waitedMs: next.due - start };
        const answer = askBudget(state, request, { at: Math.max(state.at, next.due), speed, exitReserve });
        state = answer.state;
        next.ticket = answer.ticket;
        next.due += Math.min(answer.waitMs, 1_000);
        if (answer.waitMs === 0) waiting.splice(waiting.indexOf(next), 1);
      }
      return true;
    }),
    { numRuns: 100 },
  );
});
