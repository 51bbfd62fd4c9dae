import { type BookTicker, type Clock, Decimal, type ExchangeSymbol, type Side } from '@mexc-bot/core';
import { type DealText, type Push, type QuoteText, toNumber } from './push.ts';
import type { Topic, TopicKind } from './topics.ts';

/** Best bid and ask at one moment. */
export interface PriceTick extends BookTicker {
  /** when the exchange sent it, market ms UTC */
  readonly exchangeAt: number;
  /** when it came, wall ms UTC */
  readonly receivedAt: number;
}

/** A trade between others. For the last price, not for accounts: around a reconnection one may be missing or come twice. */
export interface PriceDeal {
  readonly market: ExchangeSymbol;
  readonly price: Decimal;
  /** base */
  readonly quantity: Decimal;
  /** what the taker did */
  readonly side: Side;
  /** market ms UTC */
  readonly tradedAt: number;
  /** when the exchange sent it, market ms UTC */
  readonly exchangeAt: number;
  /** when it came, wall ms UTC */
  readonly receivedAt: number;
}

/**
 * Why a message was not delivered: no message at all or not of its channel; a price or quantity that is no number > 0, but for an
 * ask that nobody quotes; bid above ask; sent before the last one; sent too long ago, or in the future; the same again from another connection.
 */
export const DROP_REASONS = ['undecodable', 'no_price', 'crossed', 'out_of_order', 'off_time', 'duplicate'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export interface PriceBookDeps {
  readonly clock: Clock;
  /** ms that never go back, for ages */
  readonly steadyNow: () => number;
  /** wall ms; a message sent longer ago than this is no price of now */
  readonly staleAfterMs: number;
  readonly onTick: (tick: PriceTick) => void;
  readonly onDeal: (deal: PriceDeal) => void;
}

interface Last {
  sentAt: number;
  source: number;
}
interface Entry {
  tick: PriceTick | undefined;
  /** steady ms */
  tickAt: number;
  readonly last: Record<TopicKind, Last>;
}

export interface PriceBook {
  /**
   * Judges a message, and delivers it if it is good.
   *
   * @param source which connection it came by
   * @returns null when it was good
   */
  take(topic: Topic, push: Push, source: number): DropReason | null;
  latest(market: ExchangeSymbol): PriceTick | undefined;
  /** wall ms since the last tick; Infinity before the first */
  ageMs(market: ExchangeSymbol): number;
  forget(market: ExchangeSymbol): void;
}

export function createPriceBook({ clock, steadyNow, staleAfterMs, onTick, onDeal }: PriceBookDeps): PriceBook {
  const entries = new Map<ExchangeSymbol, Entry>();

  const entryOf = (market: ExchangeSymbol): Entry => {
    const known = entries.get(market);
    if (known) return known;
    const never = (): Last => ({ sentAt: 0, source: 0 });
    const entry = { tick: undefined, tickAt: 0, last: { quotes: never(), deals: never() } };
    entries.set(market, entry);
    return entry;
  };

  /** A message that waited in a queue is no price of now, however lively the connection looks. */
  const isOffTime = (sentAt: number): boolean => Math.abs(clock.now() - sentAt) > staleAfterMs * clock.speed();

  const untimely = (last: Last, sentAt: number, source: number): DropReason | null => {
    if (isOffTime(sentAt)) return 'off_time';
    if (sentAt < last.sentAt) return 'out_of_order';
    return sentAt === last.sentAt && source !== last.source ? 'duplicate' : null;
  };

  return {
    take(topic, { symbol, sentAt, body }, source) {
      const { market, kind } = topic;
      if (body?.kind !== kind || (symbol !== '' && symbol !== market)) return 'undecodable';
      const entry = entryOf(market);
      const last = entry.last[kind];
      const fault =
        untimely(last, sentAt, source) ?? (body.kind === 'quotes' ? quoteFault(body.quote) : dealsFault(body.deals));
      if (fault !== null) return fault;

      last.sentAt = sentAt;
      last.source = source;
      const receivedAt = clock.wallNow();
      if (body.kind === 'quotes') {
        entry.tick = toTick(market, body.quote, sentAt, receivedAt);
        entry.tickAt = steadyNow();
        onTick(entry.tick);
      } else {
        for (const deal of body.deals) onDeal(toDeal(market, deal, sentAt, receivedAt));
      }
      return null;
    },
    latest: (market) => entries.get(market)?.tick,
    ageMs(market) {
      const entry = entries.get(market);
      return entry?.tick === undefined ? Number.POSITIVE_INFINITY : steadyNow() - entry.tickAt;
    },
    forget(market) {
      entries.delete(market);
    },
  };
}

const DECIMAL_TEXT = /^\d{1,40}(\.\d{1,40})?(e[+-]?\d{1,2})?$/i;
/** 0 for what is no decimal or not finite. */
const amountIn = (text: string): number => {
  const value = DECIMAL_TEXT.test(text) ? Number(text) : 0;
  return Number.isFinite(value) ? value : 0;
};

// numbers judge, and only what is delivered becomes a Decimal: rounding to a float keeps the order of two decimals
function quoteFault(quote: QuoteText): DropReason | null {
  const bid = amountIn(quote.bidPrice);
  if (bid === 0 || amountIn(quote.bidQuantity) === 0) return 'no_price';
  if (!hasAsk(quote)) return null;
  const ask = amountIn(quote.askPrice);
  if (ask === 0 || amountIn(quote.askQuantity) === 0) return 'no_price';
  return bid > ask ? 'crossed' : null;
}

/** A side nobody quotes is empty or zero; what is no number is neither. */
const isNothing = (text: string): boolean => text === '' || (DECIMAL_TEXT.test(text) && Number(text) === 0);
const hasAsk = ({ askPrice, askQuantity }: QuoteText): boolean => !isNothing(askPrice) && !isNothing(askQuantity);

function dealsFault(deals: readonly DealText[]): DropReason | null {
  const sane = (deal: DealText): boolean =>
    amountIn(deal.price) > 0 && amountIn(deal.quantity) > 0 && (deal.tradeType === 1 || deal.tradeType === 2);
  return deals.length > 0 && deals.every(sane) ? null : 'no_price';
}

const toTick = (market: ExchangeSymbol, quote: QuoteText, exchangeAt: number, receivedAt: number): PriceTick => ({
  market,
  bid: new Decimal(quote.bidPrice),
  bidQuantity: new Decimal(quote.bidQuantity),
  ask: hasAsk(quote) ? new Decimal(quote.askPrice) : null,
  askQuantity: hasAsk(quote) ? new Decimal(quote.askQuantity) : null,
  exchangeAt,
  receivedAt,
});

const toDeal = (market: ExchangeSymbol, deal: DealText, exchangeAt: number, receivedAt: number): PriceDeal => ({
  market,
  price: new Decimal(deal.price),
  quantity: new Decimal(deal.quantity),
  side: deal.tradeType === 1 ? 'buy' : 'sell',
  tradedAt: toNumber(deal.time),
  exchangeAt,
  receivedAt,
});
