/**
 * What a request is for. Exits come first, whatever else waits; market data comes last. `confirmation`: the look at the order book
 * that an exit waits for, as urgent as the exit's order.
 */
export type RequestPriority = 'exit' | 'confirmation' | 'entry' | 'data';

/** What one HTTP request takes from the exchange's limits. */
export interface RequestCost {
  /** 1 for what places or cancels an order */
  readonly orders: 0 | 1;
  /** the exchange's weight of the endpoint, > 0 */
  readonly weight: number;
  /** 1 for what reads the account, which has a limit of its own */
  readonly account?: 1;
}

/** The exchange refused a request for its rate. */
export interface Penalty {
  /** `banned`: HTTP 418, the ban that follows ignored refusals; nothing at all may be sent then */
  readonly kind: 'rate_limited' | 'banned';
  /** what the exchange asked for, ms of its own time; null where it did not say */
  readonly retryAfterMs: number | null;
}

/** The limits of one IP address, shared by every request of every process on this machine. */
export interface RequestBudget {
  /**
   * Waits until the request may leave. Send it at once then: what it takes is counted from now.
   *
   * @throws {BudgetRefused} the wait would be longer than a request of this priority is worth waiting for
   * @throws the signal's reason, when it aborts first
   */
  acquire(cost: RequestCost, priority: RequestPriority, signal?: AbortSignal): Promise<void>;
  /**
   * Holds back the requests of all processes until the exchange takes them again; longer each time where it does not say when.
   *
   * @returns wall ms until then
   */
  penalise(penalty: Penalty): number;
}

/** The request was not sent: there is no room for it in the next seconds. */
export class BudgetRefused extends Error {
  override readonly name = 'BudgetRefused';
  /** wall ms until there may be room */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`the request budget has no room for the next ${Math.ceil(retryAfterMs / 1000)} s`);
    this.retryAfterMs = retryAfterMs;
  }
}
