/** Maps a range of values to a range of pixels, linearly. */
export interface Scale {
  (value: number): number;
  readonly from: number;
  readonly to: number;
}

export function linearScale(from: number, to: number, pixelFrom: number, pixelTo: number): Scale {
  const perValue = (pixelTo - pixelFrom) / (to - from);
  return Object.assign((value: number) => pixelFrom + (value - from) * perValue, { from, to });
}

/** Values closer together than this, as a share of their size, differ by rounding alone: no axis can tell them apart. */
const ROUNDING = 1e-9;

/** A range that can be drawn: one with no height is given some around its value. */
export function paddedRange(
  low: number,
  high: number,
  padding: number,
): { readonly from: number; readonly to: number } {
  const span = high - low;
  const size = Math.max(Math.abs(low), Math.abs(high));
  const room = span > size * ROUNDING ? span * padding : size * 0.01 || 1;
  return { from: low - room, to: high + room };
}

/**
 * Round values inside a range: 1, 2 or 5 times a power of ten apart.
 *
 * @param count how many are wanted, about
 */
export function niceTicks(
  from: number,
  to: number,
  count: number,
): { readonly ticks: number[]; readonly step: number } {
  const rough = (to - from) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (rough / power >= 7 ? 10 : rough / power >= 3.5 ? 5 : rough / power >= 1.5 ? 2 : 1);
  const ticks: number[] = [];
  for (let index = Math.ceil(from / step); index * step <= to; index++) ticks.push(index * step);
  return { ticks, step };
}
