import type { Quotes } from '../quotes.ts';

/** The same quotes; `seen` is told whenever someone is shown a market's book. */
export function watchedQuotes(quotes: Quotes, seen: (symbol: string, now: number) => void): Quotes {
  return {
    ...quotes,
    book(market, now) {
      const book = quotes.book(market, now);
      seen(market.listing.symbol, now);
      return book;
    },
  };
}
