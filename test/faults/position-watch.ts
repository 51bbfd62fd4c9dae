import type { Decimal, OpenPosition, Position } from '@mexc-bot/core';
import type { InspectorDeps } from './inspector.ts';
import type { Life } from './life.ts';

export interface PositionWatchDeps extends InspectorDeps {
  /** the exchange takes nothing at all for now */
  readonly isBanned: () => boolean;
}

/** Judges whether every open position is guarded: looked at, and sold in time when its price is through the stop. */
export interface PositionWatch {
  started(life: Life): void;
  crashed(): void;
  saved(position: Position): void;
  /** The tracker looked at it. */
  judged(positionId: string): void;
  exitSent(positionId: string): void;
  /** A process was told the market's true bid. */
  truePrice(life: Life, symbol: string, bid: Decimal): void;
  /** Markets of open positions and their true bids now. */
  trueBids(): ReadonlyMap<string, Decimal>;
  /** Whether any position is open. */
  holds(): boolean;
  look(): void;
  calmed(): void;
}

/** An exit must be on its way this long after the price that asked for it, ms, besides what requests take. */
const EXIT_WITHIN_MS = 3_000;

export function createPositionWatch(deps: PositionWatchDeps): PositionWatch {
  const { scenario, time, exchange, books, verdicts, heldBackUntil } = deps;
  const { tried, broken } = verdicts;
  const judged = new Map<string, number>();
  const bookedAt = new Map<string, number>();
  /** since when the tracker knows a price under the stop */
  const through = new Map<string, number>();
  const slack = 2 * scenario.latency[1] + 300;
  let tracker: Life | null = null;
  let calmSince: number | null = null;
  let heldBackAt = 0;

  /** Open positions, read again when something changed them. */
  let open: readonly OpenPosition[] = [];
  let openChangedAt: number | null = time.now();
  const openPositions = (): readonly OpenPosition[] => {
    if (openChangedAt === null) return open;
    open = books.positions.open();
    if (time.now() > openChangedAt) openChangedAt = null;
    return open;
  };

  const rulesOf = (market: string) => books.markets.get(market)?.rules;
  const halted = (symbol: string): boolean => {
    const market = exchange.quotes.find(symbol, time.now());
    return market === undefined || market.listing.status !== '1';
  };
  const someHalted = (): boolean => scenario.markets.some(({ symbol }) => halted(symbol));

  /** The tracker knows a price at or under a stop. */
  function truePrice(life: Life, symbol: string, bid: Decimal): void {
    if (life !== tracker || !life.alive()) return;
    const held = openPositions().filter((position) => position.market === symbol);
    if (held.length === 0 || halted(symbol)) return;
    for (const position of held) {
      if (position.openedAt < life.startedAt) tried('I10');
      if (bid.gt(position.hardStop) || through.has(position.id)) continue;
      // just bought: the tracker sees it in its next round
      if (time.now() - (bookedAt.get(position.id) ?? 0) > 4_000 + slack) through.set(position.id, time.now());
    }
  }

  function trueBids(): ReadonlyMap<string, Decimal> {
    const bids = new Map<string, Decimal>();
    for (const { market } of openPositions()) {
      const best = exchange.bestOf(market);
      if (best !== null) bids.set(market, best.bid);
    }
    return bids;
  }

  /** Why an exit may wait, if it may. */
  function excused(position: OpenPosition, bid: Decimal): boolean {
    const rules = rulesOf(position.market);
    if (rules === undefined) return true;
    const worth = position.quantity.mul(bid).mul(0.94);
    if (worth.lt(rules.minNotional)) return true;
    const orders = books.orders.ofPosition(position.id);
    if (orders.some(({ state }) => state === 'intended' || state === 'unknown' || state === 'accepted')) return true;
    // while the exchange wants to be left alone nobody may ask for the book, which fills a paper order and confirms an absurd fall
    if (time.now() < heldBackUntil() && (position.mode === 'test' || bid.lte(position.peak.div(2)))) return true;
    const last = orders.at(-1);
    // refused orders wait up to a minute for the next
    if (last?.side === 'sell' && last.state === 'rejected') return true;
    return deps.isBanned();
  }

  function lookForExits(): void {
    for (const [id, since] of through) {
      const position = books.positions.get(id);
      const bid = position === undefined ? undefined : exchange.bestOf(position.market)?.bid;
      const stands = position?.state === 'open' && bid !== undefined && bid.lte(position.hardStop);
      if (
        !stands ||
        !tracker?.alive() ||
        tracker.startedAt > since ||
        halted(position.market) ||
        excused(position, bid)
      ) {
        through.delete(id);
        continue;
      }
      const kinds: ('I9' | 'I21')[] = someHalted() ? ['I9', 'I21'] : ['I9'];
      for (const kind of kinds) {
        tried(kind);
        if (time.now() - since > EXIT_WITHIN_MS + slack)
          broken(
            kind,
            `${position.market} is under its stop for ${Math.round((time.now() - since) / 1000)} s and no exit left`,
          );
      }
    }
  }

  /** when a market was last seen without a price */
  const unquoted = new Map<string, number>();

  function lookAtWatch(): void {
    if (time.now() < heldBackUntil()) heldBackAt = time.now();
    for (const { market } of openPositions()) {
      if (halted(market) || exchange.bestOf(market) === null) unquoted.set(market, time.now());
    }
    if (calmSince === null || time.now() - Math.max(calmSince, heldBackAt) < 20_000) return;
    if (!tracker?.alive() || time.now() - tracker.startedAt < 20_000) return;
    for (const position of openPositions()) {
      const since = Math.max(bookedAt.get(position.id) ?? 0, unquoted.get(position.market) ?? 0);
      if (time.now() - since < 8_000 + slack) continue;
      tried('I10');
      const age = time.now() - (judged.get(position.id) ?? since);
      if (age > 8_000 + slack) broken('I10', `${position.market} was not looked at for ${Math.round(age / 1000)} s`);
    }
  }

  return {
    started(life) {
      if (life.process === 'tracker') tracker = life;
      through.clear();
    },
    crashed: () => through.clear(),
    saved({ id }) {
      openChangedAt = time.now();
      if (!bookedAt.has(id)) bookedAt.set(id, time.now());
    },
    judged: (positionId) => void judged.set(positionId, time.now()),
    exitSent: (positionId) => void through.delete(positionId),
    truePrice,
    trueBids,
    holds: () => openPositions().length > 0,
    look() {
      lookForExits();
      lookAtWatch();
    },
    calmed() {
      calmSince = time.now();
    },
  };
}
