import type { CandleGap, TimeRange } from './candle-gaps.ts';
import { MINUTE_MS } from './time.ts';

/** Rows the exchange returns at most, whatever its documents say. */
export const CANDLE_PAGE = 500;

/** A candle is asked for this long after its close: the exchange's clock and ours differ a little. */
export const CANDLE_CLOSED_FOR_MS = 2_000;
/** A candle that is missing so long after its close will not come any more by itself: it is a gap. */
const SETTLED_AFTER_MS = 10 * MINUTE_MS;

/**
 * How far an answer of the exchange may be believed: what it lacks at its end may only be late.
 *
 * @param asked on the timeframe's grid
 * @param lastFound open time of the newest candle it had; undefined: it had none
 * @returns up to where every candle was found or is missing for good; not after `asked.from` where nothing can be said
 */
export function lookedUntil(asked: TimeRange, lastFound: number | undefined, stepMs: number, asOf: number): number {
  const settled = Math.floor((asOf - SETTLED_AFTER_MS) / stepMs) * stepMs;
  return Math.min(asked.until, Math.max(settled, lastFound === undefined ? 0 : lastFound + stepMs));
}

/** What is known of one market's candles of one timeframe. */
export interface CandlesKnown {
  /** every candle of it is stored, or in a gap; null: nothing was looked at yet */
  readonly checked: TimeRange | null;
  readonly gaps: readonly CandleGap[];
}

/** Pages to ask for, in this order; none is longer than {@link CANDLE_PAGE} candles. */
export interface CandlePlan {
  /** up to now, oldest first: nothing is left out behind them */
  readonly tail: readonly TimeRange[];
  /** gaps the exchange was not asked for twice */
  readonly gaps: readonly TimeRange[];
  /** further back, newest first */
  readonly head: readonly TimeRange[];
}

/**
 * What to ask the exchange for, so that `wanted` is stored.
 *
 * @param wanted on the timeframe's grid
 */
export function planCandles({ checked, gaps }: CandlesKnown, wanted: TimeRange, stepMs: number): CandlePlan {
  const pageMs = CANDLE_PAGE * stepMs;
  if (wanted.from >= wanted.until) return { tail: [], gaps: [], head: [] };
  if (checked === null || checked.until <= wanted.from || checked.from >= wanted.until) {
    const [newest, ...head] = pagesBack(wanted, pageMs);
    return { tail: newest === undefined ? [] : [newest], gaps: [], head };
  }

  const due = gaps
    .filter((gap) => gap.looks < 2 && gap.until > wanted.from && gap.from < wanted.until)
    .map(({ from, until }) => ({ from: Math.max(from, wanted.from), until: Math.min(until, wanted.until) }));
  // gaps of the last page are asked for together with what is new
  const recentFrom = checked.until < wanted.until ? wanted.until - pageMs : Number.POSITIVE_INFINITY;
  const recent = due.find(({ from }) => from >= recentFrom);
  const older = due.filter(({ from }) => from < recentFrom);
  return {
    tail: pagesOn({ from: recent?.from ?? checked.until, until: wanted.until }, pageMs),
    gaps: pagesOver(older, checked, stepMs),
    head: pagesBack({ from: wanted.from, until: checked.from }, pageMs),
  };
}

function pagesOn(range: TimeRange, pageMs: number): TimeRange[] {
  const pages: TimeRange[] = [];
  for (let { from } = range; from < range.until; from += pageMs) {
    pages.push({ from, until: Math.min(from + pageMs, range.until) });
  }
  return pages;
}

function pagesBack(range: TimeRange, pageMs: number): TimeRange[] {
  const pages: TimeRange[] = [];
  for (let { until } = range; until > range.from; until -= pageMs) {
    pages.push({ from: Math.max(until - pageMs, range.from), until });
  }
  return pages;
}

/**
 * Several small gaps share a page. It reaches one candle further on both sides: were the exchange to count its ends otherwise than
 * we do, the candles of a gap would still be inside.
 */
function pagesOver(gaps: readonly TimeRange[], checked: TimeRange, stepMs: number): TimeRange[] {
  const room = (CANDLE_PAGE - 2) * stepMs;
  const pages: TimeRange[] = [];
  for (const gap of gaps.flatMap((wide) => pagesOn(wide, room))) {
    const last = pages.at(-1);
    if (last !== undefined && gap.until - last.from <= room) pages[pages.length - 1] = { ...last, until: gap.until };
    else pages.push(gap);
  }
  return pages.map(({ from, until }) => ({
    from: Math.max(from - stepMs, checked.from),
    until: Math.min(until + stepMs, checked.until),
  }));
}
