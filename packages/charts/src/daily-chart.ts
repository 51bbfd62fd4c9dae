import { valueAxis, valueAxisShapes } from './axes.ts';
import {
  emptyPicture,
  HEADING_HEIGHT,
  type Heading,
  headingShapes,
  MARGIN,
  PICTURE,
  type Plot,
  picture,
  TIME_AXIS_HEIGHT,
  tone,
} from './frame.ts';
import { signedText, textWidth } from './number-text.ts';
import type { Picture, Primitive } from './picture.ts';
import { linearScale, paddedRange } from './scale.ts';
import { SIZE, THEME } from './theme.ts';

export interface DailyBar {
  /** under the bar: `22 Nov` */
  readonly label: string;
  /** quote */
  readonly value: number;
}

export interface DailyChart extends Heading {
  /** oldest first */
  readonly bars: readonly DailyBar[];
  readonly emptyText: string;
}

const WIDEST_BAR = 70;

/** A bar a day, up for a profit, down for a loss; with its figure where there is room. */
export function dailyChart(spec: DailyChart): Picture {
  const { bars } = spec;
  if (bars.length === 0) return emptyPicture(spec, spec.emptyText);
  const values = bars.map(({ value }) => value);
  const range = paddedRange(Math.min(0, ...values), Math.max(0, ...values), 0.12);
  const axis = valueAxis(range.from, range.to, 5);
  const plot: Plot = {
    left: MARGIN + axis.width,
    right: PICTURE.width - MARGIN,
    top: HEADING_HEIGHT,
    bottom: PICTURE.height - TIME_AXIS_HEIGHT,
  };
  const y = linearScale(range.from, range.to, plot.bottom, plot.top);
  const slot = (plot.right - plot.left) / bars.length;
  const width = Math.max(1.5, Math.min(WIDEST_BAR, slot * 0.7));
  const figuresFit = bars.every(({ value }) => textWidth(signedText(value), SIZE.axis) < slot);
  const widestLabel = Math.max(...bars.map(({ label }) => textWidth(label, SIZE.axis)));
  const every = Math.ceil((widestLabel + 10) / slot);

  const shapes = bars.flatMap(({ label, value }, index): Primitive[] => {
    const middle = plot.left + slot * (index + 0.5);
    const top = Math.min(y(value), y(0));
    const colour = tone(value >= 0);
    const text = { kind: 'text', x: middle, align: 'middle', size: SIZE.axis } as const;
    const height = Math.max(1.5, Math.abs(y(value) - y(0)));
    return [
      { kind: 'rect', x: middle - width / 2, y: top, width, height, fill: colour, role: 'bar', label, value },
      ...(figuresFit
        ? [{ ...text, y: y(value) + (value >= 0 ? -14 : 14), text: signedText(value), fill: colour, bold: true }]
        : []),
      // counted from the newest, which always has its label
      ...((bars.length - 1 - index) % every === 0
        ? [
            {
              ...text,
              x: Math.min(middle, PICTURE.width - 6 - textWidth(label, SIZE.axis) / 2),
              y: plot.bottom + 22,
              text: label,
              fill: THEME.dim,
            },
          ]
        : []),
    ];
  });

  return picture([
    {
      kind: 'rect',
      x: plot.left,
      y: plot.top,
      width: plot.right - plot.left,
      height: plot.bottom - plot.top,
      fill: THEME.panel,
    },
    ...headingShapes(spec, PICTURE.width),
    ...valueAxisShapes(axis, y, plot),
    {
      kind: 'line',
      points: [
        { x: plot.left, y: y(0) },
        { x: plot.right, y: y(0) },
      ],
      stroke: THEME.dim,
      width: 1.5,
    },
    ...shapes,
  ]);
}
