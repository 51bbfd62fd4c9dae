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
import type { Picture, Primitive } from './picture.ts';
import { levelShapes, type PriceLevel, reachedPrices, tagsWidth } from './price-levels.ts';
import { linearScale, paddedRange, type Scale } from './scale.ts';
import { SIZE, THEME } from './theme.ts';
import type { TimeStyle } from './time-axis.ts';

export interface ChartCandle {
  /** ms UTC */
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Something that was bought or sold. */
export interface TradeMark {
  readonly side: 'buy' | 'sell';
  /** ms UTC */
  readonly at: number;
  readonly price: number;
}

export interface CandleChart extends Heading, TimeStyle {
  /** oldest first */
  readonly candles: readonly ChartCandle[];
  /** of one candle, ms */
  readonly candleMs: number;
  readonly levels: readonly PriceLevel[];
  readonly marks: readonly TradeMark[];
  /** shown where there is no candle */
  readonly emptyText: string;
}

/** More would be thinner than a phone can show: neighbours become one candle. */
const MOST_CANDLES = 110;
const WIDEST_BODY = 16;

/** Candles with the prices that matter to a trade, each labelled with its price, and what was bought and sold. */
export function candleChart(spec: CandleChart): Picture {
  const { levels, marks } = spec;
  const { candles, candleMs } = merged(spec.candles, spec.candleMs);
  const first = candles[0];
  const last = candles.at(-1);
  if (first === undefined || last === undefined) return emptyPicture(spec, spec.emptyText);

  const seen = [...candles.flatMap(({ low, high }) => [low, high]), ...marks.map(({ price }) => price)];
  const prices = reachedPrices(seen, levels);
  const range = paddedRange(Math.min(...prices), Math.max(...prices), 0.06);
  const plotHeight = PICTURE.height - HEADING_HEIGHT - TIME_AXIS_HEIGHT;
  const axis = valueAxis(range.from, range.to, plotHeight / 85);
  const plot: Plot = {
    left: MARGIN + axis.width,
    right: PICTURE.width - 8 - tagsWidth(levels),
    top: HEADING_HEIGHT,
    bottom: PICTURE.height - TIME_AXIS_HEIGHT,
  };
  const y = linearScale(range.from, range.to, plot.bottom, plot.top);
  // one candle stands in the middle, not at an edge
  const side = candles.length < 12 ? (12 - candles.length) / 2 : 0.5;
  const x = linearScale(first.openTime - side * candleMs, last.openTime + (1 + side) * candleMs, plot.left, plot.right);

  return picture([
    { kind: 'rect', x: plot.left, y: plot.top, width: plot.right - plot.left, height: plotHeight, fill: THEME.panel },
    ...headingShapes(spec, PICTURE.width),
    ...valueAxisShapes(axis, y, plot),
    ...timeAxisShapes(x, plot, spec),
    ...levelShapes(levels, y, plot),
    ...candles.flatMap((candle) => candleShapes(candle, candleMs, x, y)),
    ...marks.map((mark) => markShape(mark, x, y)),
  ]);
}

/** So many neighbours become one that few enough are left. */
function merged(candles: readonly ChartCandle[], candleMs: number): Pick<CandleChart, 'candles' | 'candleMs'> {
  const size = Math.ceil(candles.length / MOST_CANDLES);
  if (size <= 1) return { candles, candleMs };
  const width = size * candleMs;
  const groups = Map.groupBy(candles, ({ openTime }) => Math.floor(openTime / width));
  return {
    candleMs: width,
    candles: [...groups].map(([index, rows]) => ({
      openTime: index * width,
      open: rows[0]!.open,
      high: Math.max(...rows.map(({ high }) => high)),
      low: Math.min(...rows.map(({ low }) => low)),
      close: rows.at(-1)!.close,
    })),
  };
}

function candleShapes(candle: ChartCandle, candleMs: number, x: Scale, y: Scale): Primitive[] {
  const { openTime, open, high, low, close } = candle;
  const middle = x(openTime + candleMs / 2);
  const width = Math.max(1.5, Math.min(WIDEST_BODY, (x(openTime + candleMs) - x(openTime)) * 0.7));
  const colour = tone(close >= open);
  const top = y(Math.max(open, close));
  return [
    {
      kind: 'line',
      points: [
        { x: middle, y: y(high) },
        { x: middle, y: y(low) },
      ],
      stroke: colour,
      width: Math.min(2, width),
    },
    {
      kind: 'rect',
      x: middle - width / 2,
      y: top,
      width,
      height: Math.max(2.5, y(Math.min(open, close)) - top),
      fill: colour,
      role: 'candle',
      value: close,
    },
  ];
}

/** A triangle that points at the price: up from below for a purchase, down from above for a sale. */
function markShape({ side, at, price }: TradeMark, x: Scale, y: Scale): Primitive {
  const centre = Math.min(Math.max(x(at), x(x.from) + 8), x(x.to) - 8);
  const tip = y(price);
  const base = side === 'buy' ? tip + SIZE.label * 0.8 : tip - SIZE.label * 0.8;
  return {
    kind: 'area',
    points: [
      { x: centre, y: tip },
      { x: centre - 9, y: base },
      { x: centre + 9, y: base },
    ],
    fill: side === 'buy' ? THEME.entry : THEME.sale,
    role: 'mark',
    label: side,
    value: price,
  };
}
