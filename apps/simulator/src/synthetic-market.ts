import type { CandleChunk, CandleSeries } from './candle-series.ts';
import type { MarketSource } from './market-source.ts';
import { hash, hashText } from './random.ts';
import { type Midnight, makeDay } from './synthetic-day.ts';
import { DAY_CANDLES } from './synthetic-events.ts';
import { createTokens, type SyntheticToken } from './synthetic-tokens.ts';

const DAY_MS = 86_400_000;
const STEP_MS = 300_000;
const HISTORY_DAYS = 3;
/** Days of candles kept in memory per token; older ones are made again when asked for. */
const DAYS_KEPT = 8;
/** Tokens whose next day {@link MarketSource.prepare} makes in one call: a few milliseconds of work. */
const PREPARED_PER_CALL = 16;

/** Fixed, so that a run can be repeated. */
export const SYNTHETIC_START = Date.UTC(2026, 0, 1);

/**
 * An invented market of `tokens` coins with BTC and ETH behind them, the same for the same seed: prices that jump and mostly
 * fade, pumps, crashes, sleepers that wake up, dead coins. Candles are made day by day as they are asked for.
 */
export function createSyntheticMarket(seed: number, tokens: number): MarketSource {
  const firstOpen = SYNTHETIC_START - HISTORY_DAYS * DAY_MS;
  const listed = createTokens(seed, tokens, firstOpen);
  const btc = createSeries(seed, firstOpen, listed[0]!, null);
  const btcReturns = createReturns(btc);
  const series = new Map<string, SyntheticSeries>([[listed[0]!.listing.symbol, btc]]);
  for (const token of listed.slice(1)) {
    series.set(token.listing.symbol, createSeries(seed, firstOpen, token, btcReturns));
  }

  return {
    identity: `synthetic/seed=${seed}/tokens=${tokens}`,
    startAt: SYNTHETIC_START,
    endAt: null,
    listings: listed.map(({ listing }) => listing),
    skipped: [],
    series(symbol) {
      const found = series.get(symbol);
      if (!found) throw new RangeError(`${symbol} is not listed`);
      return found;
    },
    prepare(now) {
      const tomorrow = Math.floor((now - firstOpen) / DAY_MS) + 1;
      let made = 0;
      for (const one of series.values()) {
        if (one.has(tomorrow)) continue;
        one.chunkAt(tomorrow * DAY_CANDLES);
        made += 1;
        if (made >= PREPARED_PER_CALL) return;
      }
    },
  };
}

interface SyntheticSeries extends CandleSeries {
  has(day: number): boolean;
}

function createSeries(
  seed: number,
  firstOpen: number,
  { listing, traits }: SyntheticToken,
  btcReturns: ((day: number) => Float64Array) | null,
): SyntheticSeries {
  const tokenSeed = hash(seed, hashText(listing.symbol), 2);
  const midnights: Midnight[] = [{ logPrice: Math.log(traits.basePrice), baseBefore: 0, quoteBefore: 0 }];
  const days = new Map<number, CandleChunk>();
  let old: { readonly day: number; readonly chunk: CandleChunk } | null = null;

  const make = (day: number): CandleChunk => {
    const { chunk, next } = makeDay(
      tokenSeed,
      traits,
      listing.priceDecimals,
      day,
      midnights[day]!,
      btcReturns === null ? null : btcReturns(day),
    );
    midnights[day + 1] = next;
    return chunk;
  };
  const chunkOf = (day: number): CandleChunk => {
    const kept = days.get(day);
    if (kept) return kept;
    if (old?.day === day) return old.chunk;

    if (day < midnights.length - 1 && days.size > 0) {
      old = { day, chunk: make(day) };
      return old.chunk;
    }
    for (let next = midnights.length - 1; next <= day; next++) {
      days.set(next, make(next));
      days.delete(next - DAYS_KEPT);
    }
    return days.get(day)!;
  };

  return {
    seed: tokenSeed,
    stepMs: STEP_MS,
    firstOpen,
    count: Number.POSITIVE_INFINITY,
    chunkAt: (index) => chunkOf(Math.floor(index / DAY_CANDLES)),
    has: (day) => days.has(day),
  };
}

function createReturns(series: CandleSeries): (day: number) => Float64Array {
  const byDay = new Map<number, Float64Array>();
  return (day) => {
    const kept = byDay.get(day);
    if (kept) return kept;
    const { open, close } = series.chunkAt(day * DAY_CANDLES);
    const returns = open.map((price, i) => Math.log(close[i]! / price));
    byDay.set(day, returns);
    byDay.delete(day - DAYS_KEPT);
    return returns;
  };
}
