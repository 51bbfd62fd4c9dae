import type { BookTicker, Decimal, ExchangeSymbol, OpenPosition, SteadyClock } from '@mexc-bot/core';
import { type MarketData, type PriceStream, QueryFailed } from '@mexc-bot/exchange';
import type { Executor } from '@mexc-bot/execution';
import type { Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { createAside } from './aside.ts';
import type { Guard } from './guard.ts';
import { createPriceNews } from './price-news.ts';
import { createVolatilityReader } from './volatility.ts';
import { within } from './within.ts';

export interface TrackDeps {
  /** asked before everything else */
  readonly marketData: MarketData;
  /** asked when there is room: stops can wait for candles */
  readonly candleData: MarketData;
  /** pushes bids between the cycles; null: REST alone */
  readonly stream: PriceStream | null;
  readonly guard: Guard;
  readonly executor: Executor;
  readonly store: Store;
  readonly clock: SteadyClock;
  readonly log: Logger;
  /** a market whose pushed bid is older than this is read by REST, wall ms */
  readonly staleAfterMs: number;
  readonly atrPeriod: number;
  /** carries out what the owner asked for */
  readonly takeRequests: () => Promise<void>;
  /** what is due from time to time: reconciliation, the key's check */
  readonly chores: () => Promise<void>;
}

/** Wall ms a cycle waits for the sales and the quotes it began; they go on beside it. */
const LONGEST_WAIT_MS = 500;

/**
 * One round over all open positions. Pushed prices are judged as they come (`guard`); this cycle settles orders, reads by REST what
 * the stream does not deliver, retries what is pending, and moves stops with volatility.
 */
export function createTrack(deps: TrackDeps): () => Promise<void> {
  const { marketData, stream, guard, executor, store, clock, log } = deps;
  const readVolatility = createVolatilityReader(deps.candleData, clock, deps.atrPeriod);
  /** positions without a price */
  const reported = new Set<string>();
  let withoutCandles: ReadonlySet<string> = new Set();
  const priceNews = createPriceNews({ store, clock });
  // no price waits for these, however slow the exchange answers
  const settleAside = createAside(() => executor.settle());
  const choresAside = createAside(deps.chores);
  const moveStopsAside = createAside(moveStops);
  // a request that hangs keeps no new position from its guard, and no pushed price from being judged
  const judgeQuotesAside = createAside(judgeQuotes, { clock, waitMs: LONGEST_WAIT_MS });
  let positions: readonly OpenPosition[] = [];

  return async () => {
    positions = guard.refresh();
    stream?.watch(new Set(positions.map((position) => position.market)));

    // exits first: nothing that can fail or wait stands before them
    const failures: unknown[] = [];
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        failures.push(error);
      }
    };
    await attempt(judgePushed);
    await attempt(judgeUnpushed);
    await attempt(async () => guard.write());
    await attempt(deps.takeRequests);
    await attempt(settleAside);
    await attempt(choresAside);
    await attempt(moveStopsAside);
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('; '));
  };

  async function judgePushed(): Promise<void> {
    await sold([...pushedBids()].map(([market, bid]) => guard.onBid(market, bid)));
  }

  async function judgeUnpushed(): Promise<void> {
    const held = new Set(positions.map(({ id }) => id));
    for (const id of reported) if (!held.has(id)) reported.delete(id);
    const pushed = pushedBids();
    if (positions.some(({ market }) => !pushed.has(market))) return judgeQuotesAside();
    priceNews.look(positions, []);
  }

  /** One REST request for what the stream does not deliver. */
  async function judgeQuotes(): Promise<void> {
    const askedAt = clock.monotonicNow();
    let quotes: ReadonlyMap<ExchangeSymbol, Pick<BookTicker, 'bid'>>;
    try {
      quotes = await marketData.bookTickers();
    } catch (error) {
      // a decided exit waits for no price; paper orders do, as they are filled from the book
      await sold([guard.goOnWithoutPrices()]);
      throw error;
    }
    // held by now: a position bought meanwhile is judged as well
    const pushed = pushedBids();
    const missing = positions.filter(({ market }) => !pushed.has(market) && !quotes.has(market));
    for (const { id, market } of missing) {
      reportOnce(id, `${market} has no bid: position ${id} waits for one`);
    }
    priceNews.look(positions, missing);
    // a push that came after the question is newer than the answer; an older one may have been the last before a silence
    const answeredInMs = clock.monotonicNow() - askedAt;
    const markets = new Set(positions.map(({ market }) => market));
    const newer = [...markets].flatMap((market) => {
      const quote = quotes.get(market);
      const isPushedSince = pushed.has(market) && stream !== null && stream.ageMs(market) < answeredInMs;
      return quote === undefined || isPushedSince ? [] : [guard.onBid(market, quote.bid)];
    });
    await sold(newer);
  }

  async function sold(begun: readonly Promise<void>[]): Promise<void> {
    const failed: unknown[] = [];
    const sales = begun.map((sale) => sale.catch((reason) => failed.push(reason)));
    // an answer may take long: the next prices do not wait for it
    await within(clock, LONGEST_WAIT_MS, Promise.all(sales));
    if (failed.length > 0)
      throw new AggregateError(failed, `${failed.length} exit(s) failed: ${failed.map(String).join('; ')}`);
  }

  /** What the stream says of held markets, where that is fresh. */
  function pushedBids(): ReadonlyMap<ExchangeSymbol, Decimal> {
    const bids = new Map<ExchangeSymbol, Decimal>();
    for (const { market } of positions) {
      const tick = stream?.latest(market);
      if (tick !== undefined && stream !== null && stream.ageMs(market) <= deps.staleAfterMs)
        bids.set(market, tick.bid);
    }
    return bids;
  }

  /** Candles come at the lowest priority, seconds after a restart with many positions. */
  async function moveStops(): Promise<void> {
    const unread = new Set<string>();
    const fractions = await readVolatility(store.positions.open(), (position, error) => {
      if (!(error instanceof QueryFailed)) throw error;
      unread.add(position.market);
      // said once for a market, until its candles can be read again: an outage fails every second
      if (!withoutCandles.has(position.market))
        log.warn(`candles of ${position.market} could not be read, the stop keeps its distance`, { error });
    });
    withoutCandles = unread;
    for (const [id, fraction] of fractions) guard.adjustStop(id, fraction);
  }

  function reportOnce(id: string, message: string): void {
    if (reported.has(id)) return;
    reported.add(id);
    log.warn(message);
  }
}
