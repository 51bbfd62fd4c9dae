import { candleOver, tradedBefore } from '../candle-series.ts';
import { onTick } from '../plain-number.ts';
import type { QuotedMarket } from '../quotes.ts';
import { hash, unit } from '../random.ts';

export const MINUTE_MS = 60_000;
/** At most one deal in each of these: a busy market's deals come bundled. */
const SLOT_MS = 500;
/** Volume gathers until it is worth an order of the exchange's own minimum. */
const LEAST_QUOTE = 1;

/** One trade between others, as everyone sees it. */
export interface Deal {
  /** ms UTC */
  readonly time: number;
  /** on the tick grid */
  readonly price: number;
  /** in steps, > 0 */
  readonly steps: number;
  /** whether the taker bought */
  readonly buys: boolean;
}

/**
 * The trades of one minute, oldest first, the same whoever asks and when. Their quantities add up to the minute's volume as the
 * candles have it (less the fraction of a step at its end), and their prices to its high, low and close, as far as anything
 * traded there.
 *
 * @param minute opening of the minute, ms UTC
 */
export function dealsOfMinute({ series, listing }: QuotedMarket, minute: number): readonly Deal[] {
  const scale = 10 ** listing.quantityDecimals;
  // a hair above: a whole number of steps must not fall to the one below through a float's last digit
  const stepsBy = (time: number): number => Math.floor(tradedBefore(series, time).base * scale + 1e-6);
  const end = minute + MINUTE_MS;
  const slots = MINUTE_MS / SLOT_MS;
  const deals: Deal[] = [];

  let since = minute;
  let before = stepsBy(minute);
  let lastPrice = onTick(candleOver(series, minute, minute + 1).open, listing.priceDecimals);
  for (let slot = 1; slot <= slots; slot++) {
    const draw = hash(series.seed, Math.floor(minute / SLOT_MS) + slot, 61);
    const at = slot === slots ? end : minute + slot * SLOT_MS - Math.floor(unit(draw) * SLOT_MS * 0.8);
    const steps = stepsBy(at) - before;
    if (steps <= 0) continue;
    const { open, high, low, close } = candleOver(series, since, at);
    if (slot < slots && (steps / scale) * close < LEAST_QUOTE) continue;

    // where the price turned on the way, someone traded at the turn
    const turned = high > Math.max(open, close) ? high : low < Math.min(open, close) ? low : close;
    const price = onTick(slot === slots ? close : turned, listing.priceDecimals);
    const buys = price === lastPrice ? unit(hash(draw, 1, 62)) < 0.5 : price > lastPrice;
    deals.push({ time: Math.min(at, end - 1), price, steps, buys });
    [since, before, lastPrice] = [at, before + steps, price];
  }
  return deals;
}
