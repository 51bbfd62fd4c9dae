import { type Market, type UniverseCriteria, universeRejection } from '@mexc-bot/core';
import { UserError } from '@mexc-bot/runtime';

/**
 * The markets whose candles are kept: every tradable one however new, those that are held, and those the owner names.
 *
 * @param also kept wherever the exchange lists them
 */
export function collectedMarkets(
  markets: readonly Market[],
  criteria: Omit<UniverseCriteria, 'minAgeMs'>,
  also: ReadonlySet<string>,
): string[] {
  return markets
    .filter(
      (market) => also.has(market.id) || universeRejection(market, null, { ...criteria, minAgeMs: 0 }, 0) === null,
    )
    .map(({ id }) => id)
    .sort();
}

/**
 * The market a person means by `PEPEUSDT`, `pepe/usdt` or `pepe`.
 *
 * @throws {UserError} the exchange lists no such market
 */
export function marketNamed(name: string, markets: readonly Market[], quote: string): string {
  const written = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  const found = [written, `${written}${quote}`].find((id) => markets.some((market) => market.id === id));
  if (found !== undefined) return found;
  const bare = written.endsWith(quote) ? written.slice(0, -quote.length) : written;
  const like = markets.filter(({ base }) => bare.length > 1 && base.includes(bare)).map(({ id }) => id);
  throw new UserError(
    `the exchange lists no market ${name}`,
    like.length > 0 ? `Did you mean ${like.slice(0, 5).join(', ')}?` : 'Name it as the exchange does: PEPEUSDT.',
  );
}
