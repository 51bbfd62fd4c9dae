import type { OpenPosition, Position } from '@mexc-bot/core';
import { Decimal } from '@mexc-bot/core';
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
  /** What the tracker was told is the best bid, true or not. */
  toldBid(life: Life, symbol: string, bid: Decimal): void;
  /** The same of every market, in one answer. */
  toldQuotes(life: Life, body: string): void;
  /** The tracker asks for a market's book. */
  bookAsked(life: Life, symbol: string): void;
  /** @param bid true best bid; null: it got no book, or a false one */
  bookAnswered(life: Life, symbol: string, bid: Decimal | null): void;
  /** Whether the tracker was told of a fall so far that it must not sell without the book's word. */
  doubts(life: Life, symbol: string): boolean;
  /** Markets of open positions and their true bids now. */
  trueBids(): ReadonlyMap<string, Decimal>;
  /** Whether any position is open. */
  holds(): boolean;
  look(): void;
  calmed(): void;
}

/** An exit must be on its way this long after the price that asked for it, ms, besides what requests take. */
const EXIT_WITHIN_MS = 3_000;
/** A fall further than this under the last price, which is no higher than the peak, may need the book's word. */
const DOUBTED_SHARE = 0.75;
/** One further than this is never believed without it; a smaller one is once it lasts. */
const NEVER_BELIEVED_SHARE = 0.5;
/** A price that follows from the one before by no more than this is believed as it comes. */
const BELIEVED_STEP = 1.2;
/** What rose is written this long after the price that raised it, ms. */
const WRITTEN_WITHIN_MS = 2_000;
/** Two prices so far apart confirm each other, ms. */
const LASTS_MS = 900;

export function createPositionWatch(deps: PositionWatchDeps): PositionWatch {
  const { scenario, time, exchange, books, verdicts, heldBackUntil } = deps;
  const { tried, broken } = verdicts;
  const judged = new Map<string, number>();
  const bookedAt = new Map<string, number>();
  /** since when the tracker knows a price under the stop */
  const through = new Map<string, number>();
  /** when the tracker was last told a price under the stop */
  const toldAgainAt = new Map<string, number>();
  /** by position: the first pushed price above the peak that is written, and when it came */
  const rose = new Map<string, { readonly bid: Decimal; readonly at: number }>();
  /** by position: the last pushed price; null once one jumped, as nobody knows what the tracker believes since */
  const followed = new Map<string, Decimal | null>();
  let quotes: string | null = null;
  const pushed = new Map<string, Decimal>();
  /** markets whose book the tracker is asking for, and when it last got none */
  const booksAsked = new Set<string>();
  const booklessAt = new Map<string, number>();
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
      if (bid.gt(position.hardStop)) continue;
      toldAgainAt.set(position.id, time.now());
      if (through.has(position.id)) continue;
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
    // while the exchange wants to be left alone nobody may ask for the book that fills a paper order
    if (time.now() < heldBackUntil() && position.mode === 'test') return true;
    if (bid.lt(position.peak.mul(DOUBTED_SHARE)) && lacksConfirmation(position, bid)) return true;
    const last = orders.at(-1);
    // refused orders wait up to a minute for the next
    if (last?.side === 'sell' && last.state === 'rejected') return true;
    return deps.isBanned();
  }

  /** Though it asked for the book, which alone can confirm the fall, it got none. */
  function lacksConfirmation({ id, market, peak }: OpenPosition, bid: Decimal): boolean {
    const [since, last] = [through.get(id), toldAgainAt.get(id)];
    const lasts = since !== undefined && last !== undefined && last - since >= LASTS_MS;
    if (lasts && bid.gt(peak.mul(NEVER_BELIEVED_SHARE))) return false;
    // the next question leaves a second after the last, at the latest in the round after that
    return booksAsked.has(market) || time.now() - (booklessAt.get(market) ?? 0) < EXIT_WITHIN_MS;
  }

  function doubts(life: Life, symbol: string): boolean {
    if (life !== tracker) return false;
    const told = [pushed.get(symbol), quotedBid(symbol)];
    return openPositions().some(
      ({ market, peak }) => market === symbol && told.some((bid) => bid?.lt(peak.mul(DOUBTED_SHARE))),
    );
  }

  function quotedBid(symbol: string): Decimal | undefined {
    if (quotes === null) return undefined;
    const rows = JSON.parse(quotes) as readonly { readonly symbol: string; readonly bidPrice: string | null }[];
    const bid = Number(rows.find((row) => row.symbol === symbol)?.bidPrice ?? Number.NaN);
    return Number.isFinite(bid) ? new Decimal(bid) : undefined;
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

  /** A pushed price that needs nobody's word raises the peak. */
  function follow(symbol: string, bid: Decimal): void {
    for (const position of openPositions()) {
      if (position.market !== symbol) continue;
      const { id, peak } = position;
      const before = followed.get(id);
      if (before === undefined && time.now() - (bookedAt.get(id) ?? 0) < 4_000 + slack) continue;
      const from = before === undefined ? peak : before;
      const jumped = from === null || bid.gt(from.mul(BELIEVED_STEP)) || bid.lt(from.div(BELIEVED_STEP));
      followed.set(id, jumped ? null : bid);
      if (!jumped && bid.gt(peak) && !rose.has(id)) rose.set(id, { bid, at: time.now() });
    }
  }

  function lookAtPeaks(): void {
    for (const [id, { bid, at }] of rose) {
      const position = books.positions.get(id);
      if (position?.state !== 'open' || position.peak.gte(bid)) rose.delete(id);
      else if (time.now() - at > WRITTEN_WITHIN_MS + slack)
        broken('I11', `${position.market} rose to ${bid}, and its peak is still ${position.peak}`);
      tried('I11');
    }
  }

  function forgetPrices(): void {
    through.clear();
    rose.clear();
    followed.clear();
  }

  /** when a market was last seen without a price */
  const unquoted = new Map<string, number>();

  function lookAtWatch(): void {
    if (calmSince === null) {
      // nothing of this is asked before the calm, but the exchange goes on as it would if it were
      if (openPositions().some(({ market }) => !halted(market))) exchange.engine.advance(time.now());
      return;
    }
    if (time.now() < heldBackUntil()) heldBackAt = time.now();
    for (const { market } of openPositions()) {
      if (halted(market) || exchange.bestOf(market) === null) unquoted.set(market, time.now());
    }
    if (time.now() - Math.max(calmSince, heldBackAt) < 20_000) return;
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
      if (life.process === 'tracker') {
        tracker = life;
        quotes = null;
        pushed.clear();
        booksAsked.clear();
        booklessAt.clear();
      }
      forgetPrices();
    },
    crashed: forgetPrices,
    saved({ id }) {
      openChangedAt = time.now();
      if (!bookedAt.has(id)) bookedAt.set(id, time.now());
    },
    judged: (positionId) => void judged.set(positionId, time.now()),
    exitSent: (positionId) => void through.delete(positionId),
    truePrice,
    toldBid(life, symbol, bid) {
      if (life !== tracker) return;
      pushed.set(symbol, bid);
      if (life.alive()) follow(symbol, bid);
    },
    toldQuotes(life, body) {
      if (life === tracker) quotes = body;
    },
    bookAsked(life, symbol) {
      if (life === tracker) booksAsked.add(symbol);
    },
    bookAnswered(life, symbol, bid) {
      if (life !== tracker) return;
      booksAsked.delete(symbol);
      if (bid === null) booklessAt.set(symbol, time.now());
      else {
        booklessAt.delete(symbol);
        // where the account is paper, books are read to fill its orders too, and those the guard never sees
        const isPaper = openPositions().some(({ market, mode }) => market === symbol && mode === 'test');
        if (!isPaper) truePrice(life, symbol, bid);
      }
    },
    doubts,
    trueBids,
    holds: () => openPositions().length > 0,
    look() {
      lookForExits();
      lookAtPeaks();
      lookAtWatch();
    },
    calmed() {
      calmSince = time.now();
    },
  };
}
