import type { Penalty, RequestCost, RequestPriority } from './request-budget.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from './time.ts';

interface Limit {
  readonly amount: number;
  /** market ms */
  readonly windowMs: number;
  readonly of: (cost: RequestCost) => number;
  /** no exit ever takes of it, so nothing is kept back for them */
  readonly withoutReserve?: true;
}

/**
 * Of one IP address. MEXC's documents contradict each other; these are the strictest of them and of what its support told the
 * author of a client library.
 */
export const REQUEST_LIMITS = {
  requests: { amount: 20, windowMs: SECOND_MS, of: () => 1 },
  orders: { amount: 12, windowMs: SECOND_MS, of: (cost) => cost.orders },
  weight: { amount: 500, windowMs: 10 * SECOND_MS, of: (cost) => cost.weight },
  account: { amount: 2, windowMs: SECOND_MS, of: (cost) => cost.account ?? 0, withoutReserve: true },
} as const satisfies Record<string, Limit>;

const LIMITS: readonly Limit[] = Object.values<Limit>(REQUEST_LIMITS);

/** The exchange counts arrivals, we count departures: windows are kept this much longer. */
const WINDOW_SLACK = 1.05;
const LONGEST_WINDOW_MS = Math.max(...LIMITS.map(({ windowMs }) => windowMs)) * WINDOW_SLACK;

/** Exit orders, and what confirms that one must leave, before exit queries before entries before market data. */
type Rank = 0 | 1 | 2 | 3;
/** Market ms after which market data waits as entries do, so that they cannot starve it. */
const PROMOTED_AFTER_MS = 5 * SECOND_MS;
/** Share of each limit that exit queries leave to what is more urgent, and market data to entries. */
const STEP_SHARE = 0.1;

/** Market ms between the exit orders and confirmations that may leave though the exchange said to wait. */
const TRICKLE_MS = SECOND_MS;
/** MEXC's shortest documented ban, market ms, as all of these are. */
const SHORTEST_BAN_MS = 2 * MINUTE_MS;
const FIRST_BACKOFF_MS = SECOND_MS;
const LONGEST_BACKOFF_MS = MINUTE_MS;
/** MEXC's longest documented ban; a header that asks for more is a fault. */
const LONGEST_BLOCK_MS = 3 * DAY_MS;
/** A refusal this long after the last one ended begins anew with the shortest wait. */
const FORGIVEN_AFTER_MS = MINUTE_MS;

/** Wall ms between looks at whether the one ahead has left: two processes with long lines alternate. */
const TURN_MS = 2;
/** A waiting request keeps its place for its wait and this much longer, wall ms: its process may have died. */
const LEASE_MS = 500;
/** Nobody sleeps longer at once, wall ms, so that a dead process's place is soon free. */
export const LONGEST_NAP_MS = SECOND_MS;

interface Grant extends RequestCost {
  /** wall ms UTC */
  readonly at: number;
}

interface Waiter extends RequestCost {
  readonly ticket: number;
  readonly rank: Rank;
  /** wall ms UTC */
  readonly leaseUntil: number;
}

/** What all processes share. Times are wall ms UTC: one machine has one wall clock, while each process has its own market clock. */
export interface BudgetState {
  /** requests let out within the longest window, oldest first */
  readonly grants: readonly Grant[];
  readonly waiting: readonly Waiter[];
  /** the last refusal by the exchange, over or not */
  readonly block: { readonly kind: Penalty['kind']; readonly until: number; readonly strikes: number } | null;
  /** when an exit order or a confirmation was last let out through a block, or the block began */
  readonly trickledAt: number;
  readonly lastTicket: number;
  /** when this was written */
  readonly at: number;
}

export const EMPTY_BUDGET: BudgetState = {
  grants: [],
  waiting: [],
  block: null,
  trickledAt: 0,
  lastTicket: 0,
  at: 0,
};

export interface BudgetTerms {
  /** wall ms UTC */
  readonly at: number;
  /** market ms per wall ms: the exchange counts in its own time */
  readonly speed: number;
  /** share of each limit kept for exits, in [0.1, 0.8] */
  readonly exitReserve: number;
}

export interface BudgetRequest {
  readonly cost: RequestCost;
  readonly priority: RequestPriority;
  /** wall ms it has waited for */
  readonly waitedMs: number;
  /** the place it has in the queue; null before the first try */
  readonly ticket: number | null;
}

/** `waitMs` 0: send it now. Else its place is kept, and asking again makes sense after so many wall ms. */
export interface BudgetAnswer {
  readonly state: BudgetState;
  readonly waitMs: number;
  readonly ticket: number;
}

/**
 * Whether a request may leave now. No window of any length and place ever holds more than the limits, and nobody takes what a
 * request of higher rank, or an earlier one of the same, waits for. Entries and data
 * also let the earlier ones leave first; an exit does not wait for another to wake.
 *
 * @throws {RangeError} a cost no limit has room for
 */
export function askBudget(before: BudgetState, request: BudgetRequest, terms: BudgetTerms): BudgetAnswer {
  const state = upToDate(before, terms);
  const { cost } = request;
  const rank = rankOf(request, terms.speed);
  const ticket = request.ticket ?? state.lastTicket + 1;
  const others = state.waiting.filter((waiter) => waiter.ticket !== ticket);
  const ahead = aheadOf({ rank, ticket }, others);

  const roomFor = (wanted: RequestCost, before: readonly Waiter[]): number =>
    Math.max(...LIMITS.map((limit) => roomWait(limit, wanted, before, rank, state, terms)));
  const first = rank < 2 ? undefined : firstOf(ahead, rank);
  const turnMs = first === undefined ? 0 : Math.max(TURN_MS, roomFor(first, aheadOf(first, others)));
  const waitMs = Math.max(turnMs, blockWait(rank, ahead.length, state, terms), roomFor(cost, ahead));
  const lastTicket = Math.max(state.lastTicket, ticket);
  if (waitMs === 0) {
    const grants = [...state.grants, { at: terms.at, ...cost }];
    const trickledAt = isBlocked(state, terms.at) ? terms.at : state.trickledAt;
    return { state: { ...state, grants, waiting: others, lastTicket, trickledAt }, waitMs, ticket };
  }
  const leaseUntil = terms.at + Math.min(waitMs, LONGEST_NAP_MS) + LEASE_MS;
  const waiting = [...others, { ticket, rank, leaseUntil, ...cost }];
  return { state: { ...state, waiting, lastTicket }, waitMs, ticket };
}

const aheadOf = ({ rank, ticket }: Pick<Waiter, 'rank' | 'ticket'>, others: readonly Waiter[]): readonly Waiter[] =>
  others.filter((other) => other.rank < rank || (other.rank === rank && other.ticket < ticket));

/** Of those of a rank who wait, the one who may leave first: nobody behind it needs to ask before. */
function firstOf(waiting: readonly Waiter[], rank: Rank): Waiter | undefined {
  const same = waiting.filter((waiter) => waiter.rank === rank);
  return same.reduce<Waiter | undefined>((a, b) => (a === undefined || b.ticket < a.ticket ? b : a), undefined);
}

/** Gives up a place in the queue. */
export function withdraw(state: BudgetState, ticket: number): BudgetState {
  return { ...state, waiting: state.waiting.filter((waiter) => waiter.ticket !== ticket) };
}

/**
 * Nothing leaves before the exchange takes requests again, but for one exit order, or the look at the book that releases one, a
 * second after a mere rate limit.
 */
export function penaliseBudget(before: BudgetState, penalty: Penalty, terms: BudgetTerms): BudgetState {
  const state = upToDate(before, terms);
  const { at, speed } = terms;
  const last = state.block;
  const blocked = isBlocked(state, at);
  // refusals of requests that were under way together are one refusal
  const strikes = last === null || at - last.until > FORGIVEN_AFTER_MS / speed ? 1 : last.strikes + (blocked ? 0 : 1);
  const until = at + blockLength(penalty, strikes) / speed;
  return {
    ...state,
    block: {
      kind: blocked && last?.kind === 'banned' ? 'banned' : penalty.kind,
      until: blocked && last !== null ? Math.max(last.until, until) : until,
      strikes,
    },
    trickledAt: blocked ? state.trickledAt : at,
  };
}

function blockLength({ kind, retryAfterMs }: Penalty, strikes: number): number {
  if (retryAfterMs !== null && retryAfterMs > 0) return Math.min(retryAfterMs, LONGEST_BLOCK_MS);
  if (kind === 'banned') return SHORTEST_BAN_MS;
  return Math.min(FIRST_BACKOFF_MS * 2 ** (strikes - 1), LONGEST_BACKOFF_MS);
}

/** Forgets what no longer counts. Where the wall clock was set back, all times go back with it. */
function upToDate(state: BudgetState, { at, speed }: BudgetTerms): BudgetState {
  const back = Math.min(0, at - state.at);
  const oldest = at - LONGEST_WINDOW_MS / speed;
  return {
    ...state,
    grants: state.grants
      .map((grant) => (back === 0 ? grant : { ...grant, at: grant.at + back }))
      .filter((grant) => grant.at >= oldest),
    waiting: state.waiting
      .map((waiter) => (back === 0 ? waiter : { ...waiter, leaseUntil: waiter.leaseUntil + back }))
      .filter((waiter) => waiter.leaseUntil >= at),
    block: state.block && { ...state.block, until: state.block.until + back },
    trickledAt: state.trickledAt + back,
    at,
  };
}

const isBlocked = (state: BudgetState, at: number): boolean => state.block !== null && state.block.until > at;

function rankOf({ priority, cost, waitedMs }: BudgetRequest, speed: number): Rank {
  if (priority === 'confirmation') return 0;
  if (priority === 'exit') return cost.orders === 1 ? 0 : 1;
  return priority === 'entry' || waitedMs * speed > PROMOTED_AFTER_MS ? 2 : 3;
}

function shareOf(rank: Rank, exitReserve: number): number {
  return [1, 1 - STEP_SHARE, 1 - exitReserve, 1 - exitReserve - STEP_SHARE][rank]!;
}

function blockWait(rank: Rank, ahead: number, state: BudgetState, { at, speed }: BudgetTerms): number {
  if (state.block === null || state.block.until <= at) return 0;
  const rest = state.block.until - at;
  if (rank !== 0 || state.block.kind === 'banned') return rest;
  const trickle = TRICKLE_MS / speed;
  return Math.min(rest, Math.max(0, state.trickledAt + trickle - at) + ahead * trickle);
}

function roomWait(
  limit: Limit,
  cost: RequestCost,
  ahead: readonly Waiter[],
  rank: Rank,
  state: BudgetState,
  { at, speed, exitReserve }: BudgetTerms,
): number {
  const wanted = limit.of(cost);
  if (wanted === 0) return 0;
  if (wanted > limit.amount) throw new RangeError(`a request of ${wanted} where ${limit.amount} is the limit`);

  // what is larger than its share alone still gets its turn; the sum of shares is exact but for floats
  const share = limit.withoutReserve ? 1 : shareOf(rank, exitReserve);
  const ceiling = Math.max(Math.floor(limit.amount * share + 1e-9), wanted);
  const windowMs = (limit.windowMs * WINDOW_SLACK) / speed;
  const counted = state.grants.filter((grant) => at - grant.at <= windowMs);
  let over = wanted - ceiling;
  for (const each of [...counted, ...ahead]) over += limit.of(each);
  if (over <= 0) return 0;
  for (const grant of counted) {
    over -= limit.of(grant);
    if (over <= 0) return grant.at + windowMs - at + 1;
  }
  // those ahead fill a window of their own
  return windowMs;
}
