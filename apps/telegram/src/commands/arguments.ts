import { baseMeant, type ExchangeSymbol, type Mode, marketMeant } from '@mexc-bot/core';
import { didYouMean } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import type { Texts } from '../text/en.ts';
import { Refused } from './command.ts';

/** Reads the arguments of a command; whatever is wrong with one is said together with what is allowed. */
export function createArguments({
  store,
  quote,
  texts,
}: {
  readonly store: Store;
  readonly quote: string;
  readonly texts: Texts;
}) {
  const isMode = (word: string): word is Mode => word === 'live' || word === 'test';

  return {
    /** Takes `live` or `test` out of the words. */
    mode(args: readonly string[], fallback: Mode): { readonly mode: Mode; readonly rest: readonly string[] } {
      const lower = args.map((word) => word.toLowerCase());
      return { mode: lower.find(isMode) ?? fallback, rest: args.filter((word) => !isMode(word.toLowerCase())) };
    },

    whole(word: string | undefined, range: { readonly min: number; readonly max: number }, fallback: number): number {
      if (word === undefined) return fallback;
      const value = Number(word);
      if (Number.isInteger(value) && value >= range.min && value <= range.max) return value;
      throw new Refused(texts.notWhole(word, range.min, range.max));
    },

    oneOf<const Word extends string>(word: string | undefined, allowed: readonly Word[], fallback: Word): Word {
      if (word === undefined) return fallback;
      const found = allowed.find((each) => each === word.toLowerCase());
      if (found !== undefined) return found;
      throw new Refused(texts.notOneOf(word, allowed, didYouMean(word, allowed)));
    },

    /** `pepe`, `PEPE/USDT` and `PEPEUSDT` are the same market. */
    market(word: string | undefined, among?: readonly ExchangeSymbol[]): ExchangeSymbol {
      if (word === undefined) throw new Refused(texts.symbolMissing);
      const known = among ?? store.history.marketIds();
      const found = marketMeant(word, known, quote);
      if (found !== undefined) return found;
      const bases = known.map((id) => (id.endsWith(quote) ? id.slice(0, -quote.length) : id));
      const meant = didYouMean(baseMeant(word, quote).slice(0, 30), bases);
      throw new Refused(texts.symbolUnknown(word.slice(0, 30), meant, among ? bases : null));
    },

    none(args: readonly string[]): void {
      if (args.length > 0) throw new Refused(texts.noArguments(args.join(' ').slice(0, 60)));
    },
  };
}

export type Arguments = ReturnType<typeof createArguments>;
