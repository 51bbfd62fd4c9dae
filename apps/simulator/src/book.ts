import { hash, unit } from './random.ts';

/** One price level: price in ticks, quantity in steps, both whole numbers above 0. */
export interface BookLevel {
  readonly ticks: number;
  readonly steps: number;
}

/** Best level first on both sides; the best bid lies below the best ask, and both above 0. */
export interface Book {
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

export interface BookInput {
  readonly seed: number;
  /** market time, ms */
  readonly now: number;
  /** last price in ticks, >= 1 */
  readonly lastTicks: number;
  /** quote per base */
  readonly tickSize: number;
  /** base */
  readonly stepSize: number;
  /** quote traded in the last 24 h */
  readonly quoteVolume: number;
}

/** How long one draw of spread and quantities stands. */
const BUCKET_MS = 5_000;
/** Distances of the levels from the best price, fractions of it; those up to NEAR share the depth that volume promises. */
const OFFSETS = [
  0, 0.0003, 0.0007, 0.0012, 0.0018, 0.0025, 0.0033, 0.0043, 0.0054, 0.0066, 0.008, 0.0096, 0.0114, 0.0134, 0.0158,
  0.0185, 0.028, 0.038, 0.05, 0.065,
];
const NEAR = 0.02;
const NEAR_COUNT = OFFSETS.filter((offset) => offset <= NEAR).length;
/** Levels further away hold more. */
const GROWTH = OFFSETS.map((offset) => 1 + 40 * Math.min(offset, NEAR));
/** A market no one trades still shows a few orders. */
const LEAST_DEPTH_QUOTE = 40;

/** (ask - bid) ÷ mid a market of this volume is quoted with: 1 % where nothing trades, 0.05 % where much does. */
export function spreadFor(quoteVolume: number): number {
  if (quoteVolume <= 0) return 0.01;
  return Math.max(0.0005, Math.min(0.01, 0.0045 * (quoteVolume / 60_000) ** -0.35));
}

interface Ends {
  readonly bestBid: number;
  readonly bestAsk: number;
  /** quote on either side within {@link NEAR} of the price */
  readonly bidDepth: number;
  readonly askDepth: number;
}

function endsOf(input: BookInput, draw: (n: number) => number): Ends {
  const last = input.lastTicks;
  const halfSpread = (spreadFor(input.quoteVolume) / 2) * (0.7 + 0.6 * draw(1)) * last;
  const bestBid = Math.max(1, Math.floor(last - halfSpread));
  // 0.2 to 1 % of the day's volume stands within 2 % of the price, about half of it on either side
  const depth = Math.max(LEAST_DEPTH_QUOTE, input.quoteVolume * (0.002 + 0.008 * unit(hash(input.seed, 3, 0))));
  const bidShare = 0.35 + 0.3 * draw(2);
  return {
    bestBid,
    bestAsk: Math.max(bestBid + 1, Math.ceil(last + halfSpread)),
    bidDepth: depth * bidShare,
    askDepth: depth * (1 - bidShare),
  };
}

const drawsOf = (input: BookInput): ((n: number) => number) => {
  const bucket = Math.floor(input.now / BUCKET_MS);
  return (n) => unit(hash(input.seed, bucket, n));
};
const BIDS = 100;
const ASKS = 200;

/** The orders of the market around its last price, made up anew for each few seconds; the same for the same input. */
export function bookAround(input: BookInput): Book {
  const draw = drawsOf(input);
  const { bestBid, bestAsk, bidDepth, askDepth } = endsOf(input, draw);
  return {
    bids: levels(input, bestBid, -1, bidDepth, (n) => draw(BIDS + n)),
    asks: levels(input, bestAsk, 1, askDepth, (n) => draw(ASKS + n)),
  };
}

/** The best level of either side of {@link bookAround}, without the rest of it. */
export function topAround(input: BookInput): Book {
  const draw = drawsOf(input);
  const { bestBid, bestAsk, bidDepth, askDepth } = endsOf(input, draw);
  const top = (ticks: number, depth: number, first: number): BookLevel => {
    let near = 0;
    for (let n = 0; n < NEAR_COUNT; n++) near += (0.3 + draw(first + n)) * GROWTH[n]!;
    return { ticks, steps: stepsAt(input, ticks, (depth * (0.3 + draw(first)) * GROWTH[0]!) / near) };
  };
  return { bids: [top(bestBid, bidDepth, BIDS)], asks: [top(bestAsk, askDepth, ASKS)] };
}

function stepsAt({ tickSize, stepSize }: BookInput, ticks: number, quote: number): number {
  return Math.max(1, Math.round(quote / (ticks * tickSize) / stepSize));
}

function levels(
  input: BookInput,
  best: number,
  direction: 1 | -1,
  depthQuote: number,
  draw: (n: number) => number,
): BookLevel[] {
  const weights = GROWTH.map((growth, n) => (0.3 + draw(n)) * growth);
  const near = weights.slice(0, NEAR_COUNT).reduce((sum, weight) => sum + weight, 0);
  const result: BookLevel[] = [];
  let previous = best - direction;
  for (let n = 0; n < OFFSETS.length; n++) {
    const wanted = Math.round(best * (1 + direction * OFFSETS[n]!));
    // a coarse tick keeps levels a tick apart
    const ticks = direction > 0 ? Math.max(previous + 1, wanted) : Math.min(previous - 1, wanted);
    if (ticks < 1) break;
    result.push({ ticks, steps: stepsAt(input, ticks, (depthQuote * weights[n]!) / near) });
    previous = ticks;
  }
  return result;
}

/** What is left of one side after `steps` were taken off its top; its last level always keeps something. */
export function withoutTop(side: readonly BookLevel[], steps: number): readonly BookLevel[] {
  let taken = steps;
  for (let n = 0; n < side.length; n++) {
    const level = side[n]!;
    if (taken < level.steps) {
      return taken <= 0 ? side.slice(n) : [{ ticks: level.ticks, steps: level.steps - taken }, ...side.slice(n + 1)];
    }
    taken -= level.steps;
  }
  const deepest = side[side.length - 1];
  return deepest ? [{ ticks: deepest.ticks, steps: 1 }] : [];
}
