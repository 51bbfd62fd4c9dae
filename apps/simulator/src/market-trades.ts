import { plain } from './plain-number.ts';
import type { QuotedMarket } from './quotes.ts';
import { type Deal, dealsOfMinute, MINUTE_MS } from './ws/deals.ts';

/** Minutes looked back at for trades: a market that hardly trades shows few. */
const MOST_MINUTES = 240;

/** The latest trades up to `now`, oldest first. */
export function latestDeals(market: QuotedMarket, limit: number, now: number): readonly Deal[] {
  let deals: Deal[] = [];
  const last = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  for (let n = 0; n < MOST_MINUTES && deals.length < limit; n++) {
    const minute = last - n * MINUTE_MS;
    if (minute < market.series.firstOpen) break;
    deals = [...dealsOfMinute(market, minute).filter(({ time }) => time <= now), ...deals];
  }
  return deals.slice(-limit);
}

/** Trades of a stretch, oldest first, both ends included; at most `limit` of them from its start. */
export function dealsBetween(market: QuotedMarket, from: number, to: number, limit: number): readonly Deal[] {
  const deals: Deal[] = [];
  const first = Math.max(market.series.firstOpen, Math.floor(from / MINUTE_MS) * MINUTE_MS);
  for (let minute = first; minute <= to && deals.length < limit; minute += MINUTE_MS) {
    deals.push(...dealsOfMinute(market, minute).filter(({ time }) => time >= from && time <= to));
  }
  return deals.slice(0, limit);
}

const texts = ({ listing }: QuotedMarket, { price, steps }: Deal) => {
  const quantity = steps / 10 ** listing.quantityDecimals;
  return {
    price: price.toFixed(listing.priceDecimals),
    qty: plain(quantity, listing.quantityDecimals),
    quoteQty: plain(price * quantity, listing.priceDecimals + listing.quantityDecimals),
  };
};

/** `id` is null: MEXC gives none. */
export function tradeOf(market: QuotedMarket, deal: Deal) {
  return {
    id: null,
    ...texts(market, deal),
    time: deal.time,
    isBuyerMaker: !deal.buys,
    isBestMatch: true,
    tradeType: deal.buys ? 'ASK' : 'BID',
  };
}

/** Ids are null, and times rounded down to whole seconds. */
export function aggTradeOf(market: QuotedMarket, deal: Deal) {
  const { price, qty } = texts(market, deal);
  return {
    a: null,
    f: null,
    l: null,
    p: price,
    q: qty,
    T: Math.floor(deal.time / 1_000) * 1_000,
    m: !deal.buys,
    M: true,
  };
}
