import type { ExchangeSymbol, UniverseRejection } from '@mexc-bot/core';

/** Which markets may be traded now. */
export interface Universe {
  /** with when this suite first saw them, market ms UTC; null: they were listed before it first looked */
  readonly tradable: ReadonlyMap<ExchangeSymbol, number | null>;
  readonly rejected: ReadonlyMap<ExchangeSymbol, UniverseRejection>;
  /** the list shrank unbelievably: nothing is bought on it */
  readonly collapsed: boolean;
}
