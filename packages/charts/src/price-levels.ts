import type { Plot } from './frame.ts';
import { priceText, textWidth } from './number-text.ts';
import type { Primitive } from './picture.ts';
import type { Scale } from './scale.ts';
import { spread } from './spread.ts';
import { SIZE, THEME } from './theme.ts';

/** A price that matters to a trade. */
export interface PriceLevel {
  readonly kind: 'entry' | 'stop' | 'target' | 'taken' | 'peak' | 'last';
  /** `TP1`, `stop`: as short as can be */
  readonly label: string;
  readonly price: number;
}

const COLOURS: Readonly<Record<PriceLevel['kind'], string>> = {
  entry: THEME.entry,
  stop: THEME.down,
  target: THEME.up,
  taken: THEME.taken,
  peak: THEME.peak,
  last: THEME.text,
};

const TAG_HEIGHT = 31;
const TAG_PADDING = 8;
/** between the plot and the tags, where leaders run */
const LEADER = 16;
/** how far a level may lie beyond the candles, entry and stop, in their height, and still be drawn at its place */
const REACH = 1.2;

const tagText = ({ label, price }: PriceLevel): string => `${label} ${priceText(price)}`;

/** @returns width the tags need right of the plot */
export const tagsWidth = (levels: readonly PriceLevel[]): number =>
  Math.max(0, ...levels.map((level) => textWidth(tagText(level), SIZE.label))) + 3 * TAG_PADDING + LEADER;

/**
 * The prices a chart must reach: a far target would press the candles flat, so it is left out, and shown at the edge.
 *
 * @param core prices that must be seen
 */
export function reachedPrices(core: readonly number[], levels: readonly PriceLevel[]): number[] {
  const must = [...core, ...levels.filter(({ kind }) => kind !== 'target').map(({ price }) => price)];
  const [low, high] = [Math.min(...must), Math.max(...must)];
  const reach = (high - low) * REACH;
  return [...must, ...levels.flatMap(({ price }) => (price <= high + reach && price >= low - reach ? [price] : []))];
}

/** A line across the plot for each level, and its tag beside it; what lies above the plot points up at its edge. */
export function levelShapes(unsorted: readonly PriceLevel[], y: Scale, plot: Plot): Primitive[] {
  const levels = [...unsorted].sort((a, b) => b.price - a.price);
  const inside = (price: number): boolean => price <= Math.max(y.from, y.to) && price >= Math.min(y.from, y.to);
  const places = levels.map(({ price }) => Math.min(Math.max(y(price), plot.top), plot.bottom));
  const centres = spread(places, TAG_HEIGHT + 3, plot.top - 10, plot.bottom + 10);
  const left = plot.right + LEADER;
  const width = tagsWidth(levels) - LEADER;

  return levels.flatMap((level, index): Primitive[] => {
    const [at, centre, fill] = [places[index]!, centres[index]!, COLOURS[level.kind]];
    const meaning = { role: 'level', label: level.label, value: level.price } as const;
    const full = level.kind === 'entry' || level.kind === 'stop';
    const line: Primitive[] = inside(level.price)
      ? [
          {
            kind: 'line',
            points: [
              { x: plot.left, y: at },
              { x: plot.right, y: at },
            ],
            stroke: fill,
            width: 2,
            ...(full ? {} : { dash: level.kind === 'last' ? [2, 6] : [9, 7] }),
            ...meaning,
          },
          {
            kind: 'line',
            points: [
              { x: plot.right, y: at },
              { x: left, y: centre },
            ],
            stroke: fill,
            width: 2,
          },
        ]
      : [];
    const up = level.price > Math.max(y.from, y.to);
    return [
      ...line,
      { kind: 'rect', x: left, y: centre - TAG_HEIGHT / 2, width, height: TAG_HEIGHT, fill, radius: 6 },
      ...(inside(level.price) ? [] : [pointer(left + width - 12, centre, up)]),
      {
        kind: 'text',
        x: left + TAG_PADDING,
        y: centre,
        text: tagText(level),
        size: SIZE.label,
        fill: level.kind === 'taken' ? THEME.text : THEME.onColour,
        align: 'start',
        bold: true,
        ...meaning,
      },
    ];
  });
}

/** A small triangle in the tag: the price is further up, or down. */
function pointer(x: number, y: number, up: boolean): Primitive {
  const tip = up ? -5 : 5;
  return {
    kind: 'area',
    points: [
      { x: x - 6, y: y - tip },
      { x: x + 6, y: y - tip },
      { x, y: y + tip },
    ],
    fill: THEME.onColour,
  };
}
