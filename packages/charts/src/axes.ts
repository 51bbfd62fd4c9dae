import type { Plot } from './frame.ts';
import { steppedText, textWidth } from './number-text.ts';
import type { Primitive } from './picture.ts';
import { niceTicks, type Scale } from './scale.ts';
import { SIZE, THEME } from './theme.ts';
import { type TimeStyle, timeTicks } from './time-axis.ts';

/** Ticks of a vertical axis whose texts stand left of the plot. */
export interface ValueAxis {
  readonly ticks: readonly number[];
  readonly texts: readonly string[];
  /** what the texts need, with some room around */
  readonly width: number;
}

export function valueAxis(from: number, to: number, count: number): ValueAxis {
  const { ticks, step } = niceTicks(from, to, count);
  const texts = ticks.map((tick) => steppedText(tick, step));
  return { ticks, texts, width: Math.max(0, ...texts.map((text) => textWidth(text, SIZE.axis))) + 16 };
}

export const valueAxisShapes = ({ ticks, texts }: ValueAxis, y: Scale, plot: Plot): Primitive[] =>
  ticks.flatMap((tick, index): Primitive[] => [
    {
      kind: 'line',
      points: [
        { x: plot.left, y: y(tick) },
        { x: plot.right, y: y(tick) },
      ],
      stroke: THEME.grid,
      width: 1,
      role: 'tick',
      value: tick,
    },
    {
      kind: 'text',
      x: plot.left - 8,
      y: y(tick),
      text: texts[index]!,
      size: SIZE.axis,
      fill: THEME.dim,
      align: 'end',
    },
  ]);

/** Texts under the plot, and faint lines through it; a text that would leave the plot is left out. */
export function timeAxisShapes(x: Scale, plot: Plot, style: TimeStyle): Primitive[] {
  const count = Math.max(2, Math.floor((plot.right - plot.left) / 110));
  return timeTicks(x.from, x.to, count, style).flatMap(({ time, text }): Primitive[] => {
    const at = x(time);
    const half = textWidth(text, SIZE.axis) / 2;
    const line: Primitive = {
      kind: 'line',
      points: [
        { x: at, y: plot.top },
        { x: at, y: plot.bottom },
      ],
      stroke: THEME.grid,
      width: 1,
      role: 'tick',
      value: time,
    };
    if (at - half < 4 || at + half > plot.right + 20) return [line];
    const y = plot.bottom + 22;
    return [line, { kind: 'text', x: at, y, text, size: SIZE.axis, fill: THEME.dim, align: 'middle' }];
  });
}
