import { baseMeant, type Market, marketMeant, type UniverseCriteria, universeRejection } from '@mexc-bot/core';
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
 * The market a person means, among those whose candles are stored.
 *
 * @throws {UserError} none of that market are
 */
export function storedMarket(name: string, series: readonly { readonly market: string }[], quote: string): string {
  const found = marketMeant(
    name,
    series.map(({ market }) => market),
    quote,
  );
  if (found !== undefined) return found;
  throw new UserError(`no candles of ${name} are stored`, `Fetch them: npm run collector symbol ${name}.`);
}

/**
 * The market a person means, among those the exchange lists.
 *
 * @throws {UserError} the exchange lists no such market
 */
export function marketNamed(name: string, markets: readonly Market[], quote: string): string {
  const found = marketMeant(
    name,
    markets.map(({ id }) => id),
    quote,
  );
  if (found !== undefined) return found;
  const bare = baseMeant(name, quote);
  const like = markets.filter(({ base }) => bare.length > 1 && base.includes(bare)).map(({ id }) => id);
  throw new UserError(
    `the exchange lists no market ${name}`,
    like.length > 0 ? `Did you mean ${like.slice(0, 5).join(', ')}?` : 'Name it as the exchange does: PEPEUSDT.',
  );
}
