import { timeAxisShapes, valueAxis, valueAxisShapes } from './axes.ts';
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
import { priceText } from './number-text.ts';
import type { Picture, Point, Primitive } from './picture.ts';
import { linearScale, paddedRange, type Scale } from './scale.ts';
import { SIZE, THEME } from './theme.ts';
import type { TimeStyle } from './time-axis.ts';

export interface EquityPoint {
  /** ms UTC */
  readonly at: number;
  /** quote */
  readonly equity: number;
}

export interface EquityChart extends Heading, TimeStyle {
  /** oldest first; the first is where it began */
  readonly points: readonly EquityPoint[];
  /** `drawdown` */
  readonly drawdownLabel: string;
  /** shown while there are fewer than two points */
  readonly emptyText: string;
}

/** Points a phone can tell apart; of more, each stretch keeps its lowest and highest. */
const MOST_POINTS = 600;
const DRAWDOWN_HEIGHT = 110;
const BETWEEN = 34;

/** Equity over time, and under it how far it was below its highest so far. */
export function equityChart(spec: EquityChart): Picture {
  const first = spec.points[0];
  const last = spec.points.at(-1);
  if (first === undefined || last === undefined || spec.points.length < 2 || last.at <= first.at) {
    return emptyPicture(spec, spec.emptyText);
  }
  const falls = drawdowns(spec.points);
  const keep = keptIndexes(spec.points);
  const values = spec.points.map(({ equity }) => equity);
  const range = paddedRange(least(values), most(values), 0.08);

  const bottom = PICTURE.height - TIME_AXIS_HEIGHT;
  const axis = valueAxis(range.from, range.to, 5);
  const deepest = most(falls);
  const fallAxis = valueAxis(0, (deepest || 0.01) * 100, 2);
  const left = MARGIN + Math.max(axis.width, fallAxis.width + 24);
  const right = PICTURE.width - MARGIN;
  const upper: Plot = { left, right, top: HEADING_HEIGHT, bottom: bottom - DRAWDOWN_HEIGHT - BETWEEN };
  const lower: Plot = { left, right, top: bottom - DRAWDOWN_HEIGHT, bottom };

  const x = linearScale(first.at, last.at, left, right);
  const y = linearScale(range.from, range.to, upper.bottom, upper.top);
  const fallY = linearScale(0, (deepest || 0.01) * 110, lower.top, lower.bottom);
  const percents = { ...fallAxis, texts: fallAxis.texts.map((text) => (Number(text) === 0 ? '0' : `−${text} %`)) };

  return picture([
    panel(upper),
    panel(lower),
    ...headingShapes(spec, PICTURE.width),
    ...timeAxisShapes(x, { ...lower, top: upper.top }, spec),
    { kind: 'rect', x: left, y: upper.bottom, width: right - left, height: BETWEEN, fill: THEME.background },
    ...valueAxisShapes(axis, y, upper),
    ...valueAxisShapes(percents, fallY, lower),
    ...curve(spec.points, keep, x, y, upper),
    ...fallShapes(spec.points, falls, keep, x, fallY, lower),
    {
      kind: 'text',
      x: left,
      y: lower.top - 16,
      text: `${spec.drawdownLabel} ${deepest > 0 ? '−' : ''}${priceText(deepest * 100, 3)} %`,
      size: SIZE.axis,
      fill: THEME.dim,
      align: 'start',
      role: 'label',
      value: deepest,
    },
  ]);
}

/** @returns how far each point is under the highest before it: 0.1 is 10 % */
export function drawdowns(points: readonly EquityPoint[]): number[] {
  let peak = Number.NEGATIVE_INFINITY;
  return points.map(({ equity }) => {
    peak = Math.max(peak, equity);
    return peak > 0 ? Math.min(1, (peak - equity) / peak) : 0;
  });
}

/** Of each stretch the lowest and the highest point, and both ends. */
function keptIndexes(points: readonly EquityPoint[]): readonly number[] {
  if (points.length <= MOST_POINTS) return points.map((_, index) => index);
  const size = Math.ceil((2 * points.length) / MOST_POINTS);
  const kept = new Set([0, points.length - 1]);
  for (let start = 0; start < points.length; start += size) {
    let [low, high] = [start, start];
    for (let index = start; index < Math.min(start + size, points.length); index++) {
      if (points[index]!.equity < points[low]!.equity) low = index;
      if (points[index]!.equity > points[high]!.equity) high = index;
    }
    kept.add(low).add(high);
  }
  return [...kept].sort((a, b) => a - b);
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));

const panel = ({ left, right, top, bottom }: Plot): Primitive => ({
  kind: 'rect',
  x: left,
  y: top,
  width: right - left,
  height: bottom - top,
  fill: THEME.panel,
});

function curve(points: readonly EquityPoint[], keep: readonly number[], x: Scale, y: Scale, plot: Plot): Primitive[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  const line = keep.map((index): Point => ({ x: x(points[index]!.at), y: y(points[index]!.equity) }));
  const colour = tone(last.equity >= first.equity);
  const start = y(first.equity);
  return [
    { kind: 'area', points: [{ x: plot.left, y: start }, ...line, { x: plot.right, y: start }], fill: `${colour}2e` },
    {
      kind: 'line',
      points: [
        { x: plot.left, y: start },
        { x: plot.right, y: start },
      ],
      stroke: THEME.dim,
      width: 1.5,
      dash: [6, 6],
      role: 'level',
      label: 'start',
      value: first.equity,
    },
    { kind: 'line', points: line, stroke: colour, width: 3, role: 'curve', value: last.equity },
    {
      kind: 'rect',
      x: plot.right - 5,
      y: y(last.equity) - 5,
      width: 10,
      height: 10,
      radius: 5,
      fill: colour,
    },
  ];
}

function fallShapes(
  points: readonly EquityPoint[],
  falls: readonly number[],
  keep: readonly number[],
  x: Scale,
  y: Scale,
  plot: Plot,
): Primitive[] {
  const line = keep.map((index): Point => ({ x: x(points[index]!.at), y: y(falls[index]! * 100) }));
  return [
    {
      kind: 'area',
      points: [{ x: plot.left, y: plot.top }, ...line, { x: plot.right, y: plot.top }],
      fill: `${THEME.down}66`,
      role: 'drawdown',
      value: most(falls),
    },
    { kind: 'line', points: line, stroke: THEME.down, width: 2 },
  ];
}
