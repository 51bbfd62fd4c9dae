import type { CandleChunk, CandleSeries } from '../../apps/simulator/src/candle-series.ts';
import type { Listing, MarketSource } from '../../apps/simulator/src/market-source.ts';
import { createRandom } from './random.ts';

/** One market of a run. What happens to its price during the run is in the fault plan. */
export interface MarketScript {
  readonly symbol: string;
  readonly base: string;
  readonly price: number;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  /** quote traded in 24 h: it makes the book deep or thin */
  readonly quoteVolume: number;
  /** price of the last closed candle against that of two candles before: what the scanner looks for */
  readonly gain: number;
}

const STEP_MS = 300_000;
const HISTORY = 310;
const FUTURE = 12;
/** A run begins here: a little after a candle closed. */
export const RUN_STARTS_AT = Date.UTC(2026, 2, 2, 12, 1, 0);

/** Candles of 25 hours, quiet until the last ones rise, and a flat price from the start of the run on. */
export function scriptedMarket(scripts: readonly MarketScript[], seed: number): MarketSource {
  const firstOpen = Math.floor(RUN_STARTS_AT / STEP_MS) * STEP_MS - HISTORY * STEP_MS;
  const series = new Map(
    scripts.map((script, n): [string, CandleSeries] => {
      const chunk = chunkOf(script, seed * 31 + n);
      return [script.symbol, { seed: seed + n, stepMs: STEP_MS, firstOpen, count: chunk.length, chunkAt: () => chunk }];
    }),
  );
  return {
    identity: `faults/${seed}`,
    startAt: RUN_STARTS_AT,
    endAt: null,
    listings: scripts.map((script) => listingOf(script, firstOpen)),
    skipped: [],
    series: (symbol) => series.get(symbol)!,
    prepare: () => undefined,
  };
}

const listingOf = (script: MarketScript, listedAt: number): Listing => ({
  symbol: script.symbol,
  base: script.base,
  quote: 'USDT',
  fullName: script.base,
  priceDecimals: script.priceDecimals,
  quantityDecimals: script.quantityDecimals,
  status: '1',
  apiTradable: true,
  tradeSideType: 1,
  riskFlagged: false,
  listedAt,
});

function chunkOf({ price, quoteVolume, gain }: MarketScript, seed: number): CandleChunk {
  const random = createRandom(seed);
  const length = HISTORY + FUTURE;
  const column = (size = length): Float64Array => new Float64Array(size);
  const chunk = {
    first: 0,
    length,
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    baseBefore: column(length + 1),
    quoteBefore: column(length + 1),
  };
  const before = price / (1 + gain);
  let last = before * random.between(0.93, 0.96);
  for (let i = 0; i < length; i++) {
    const towards = i < HISTORY - 2 ? last + (before - last) / 60 : i < HISTORY ? last + (price - last) * 0.6 : price;
    const close = i < HISTORY - 1 ? towards * random.between(0.998, 1.002) : price;
    const open = last;
    const quiet = i < HISTORY;
    chunk.open[i] = open;
    chunk.close[i] = close;
    chunk.high[i] = Math.max(open, close) * (quiet ? random.between(1, 1.003) : 1.0002);
    chunk.low[i] = Math.min(open, close) * (quiet ? random.between(0.997, 1) : 0.9998);
    chunk.volume[i] = ((quoteVolume / 288) * random.between(0.7, 1.3) * (i >= HISTORY - 2 ? 3 : 1)) / close;
    const mean = (open + chunk.high[i]! + chunk.low[i]! + close) / 4;
    chunk.baseBefore[i + 1] = chunk.baseBefore[i]! + chunk.volume[i]!;
    chunk.quoteBefore[i + 1] = chunk.quoteBefore[i]! + chunk.volume[i]! * mean;
    last = close;
  }
  return chunk;
}
