/** From `from` on and before `until`, ms UTC, both on the timeframe's grid. */
export interface TimeRange {
  readonly from: number;
  readonly until: number;
}

/** Candles that are not stored, and how often the exchange was asked for them and had none; from 2 on it is its own hole. */
export interface CandleGap extends TimeRange {
  readonly looks: 0 | 1 | 2;
}

/** @param openTimes of the stored candles, rising; those outside of the range do not matter */
export function missingRanges(openTimes: ArrayLike<number>, range: TimeRange, stepMs: number): TimeRange[] {
  const missing: TimeRange[] = [];
  let from = range.from;
  for (let i = 0; i < openTimes.length && from < range.until; i++) {
    const openTime = openTimes[i]!;
    if (openTime < from) continue;
    const until = Math.min(openTime, range.until);
    if (until > from) missing.push({ from, until });
    from = openTime + stepMs;
  }
  if (from < range.until) missing.push({ from, until: range.until });
  return missing;
}

const looksOf = (count: number): CandleGap['looks'] => (count >= 2 ? 2 : count === 1 ? 1 : 0);

/**
 * The gaps of a range after it was looked at.
 *
 * @param missing what is not stored of it now, rising
 * @param before gaps known of it until now, rising
 * @param looks how many looks this one counts for: 0 where a file had nothing, 1 where the exchange had nothing, 2 where it is
 *   known to have nothing
 */
export function gapsAfterLook(
  missing: readonly TimeRange[],
  before: readonly CandleGap[],
  looks: CandleGap['looks'],
): CandleGap[] {
  const gaps: CandleGap[] = [];
  const add = (from: number, until: number, count: number): void => {
    const last = gaps.at(-1);
    if (from >= until) return;
    if (last?.until === from && last.looks === looksOf(count)) gaps[gaps.length - 1] = { ...last, until };
    else gaps.push({ from, until, looks: looksOf(count) });
  };
  for (const range of missing) {
    let { from } = range;
    for (const gap of before) {
      if (gap.until <= from || gap.from >= range.until) continue;
      add(from, Math.max(from, gap.from), looks);
      const start = Math.max(from, gap.from);
      from = Math.min(gap.until, range.until);
      add(start, from, gap.looks + looks);
    }
    add(from, range.until, looks);
  }
  return gaps;
}

/** The parts of known gaps that lie outside of a range. */
export function gapsOutside(gaps: readonly CandleGap[], range: TimeRange): CandleGap[] {
  return gaps.flatMap((gap) => {
    const parts: CandleGap[] = [];
    if (gap.from < range.from) parts.push({ ...gap, until: Math.min(gap.until, range.from) });
    if (gap.until > range.until) parts.push({ ...gap, from: Math.max(gap.from, range.until) });
    return parts;
  });
}
