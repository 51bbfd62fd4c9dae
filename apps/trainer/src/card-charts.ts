import type { Picture, Point, Primitive } from '@mexc-bot/charts';
import type { Card, Interval } from '@mexc-bot/models';

type Judged = Extract<Card, { state: 'judged' }>;

const COLOURS = {
  background: '#10151c',
  grid: '#26303c',
  text: '#e8edf3',
  dim: '#8b98a8',
  model: '#5aa9ff',
  bar: '#2ebd85',
  bad: '#f6465d',
};
const PLOT = { left: 74, right: 500, top: 56, bottom: 300 };
const SIZE = { width: 520, height: 350 };

const text = (over: Partial<Extract<Primitive, { kind: 'text' }>> & Point & { text: string }): Primitive => ({
  kind: 'text',
  size: 13,
  fill: COLOURS.dim,
  align: 'start',
  ...over,
});
const line = (points: readonly Point[], stroke: string, width = 1, dash?: readonly [number, number]): Primitive => ({
  kind: 'line',
  points,
  stroke,
  width,
  ...(dash && { dash }),
});

const frame = (title: string, primitives: readonly Primitive[]): Picture => ({
  ...SIZE,
  background: COLOURS.background,
  primitives: [text({ x: 16, y: 24, text: title, size: 17, fill: COLOURS.text, bold: true }), ...primitives],
});

/** Ticks of a scale from 0 up, about four of them. */
function ticksTo(top: number): number[] {
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((times) => times * power).find((each) => each >= rough) ?? rough;
  return Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, i) => i * step);
}

const percentText = (value: number): string => `${Number((100 * value).toPrecision(3))} %`;

/** What was said against what happened, in tenths: on the diagonal every probability means what it says. */
export function reliabilityChart(card: Judged): Picture {
  const bins = card.reliability;
  const top = Math.max(0.01, ...bins.flatMap(({ predicted, observed }) => [predicted, observed])) * 1.1;
  const x = (value: number): number => PLOT.left + (value / top) * (PLOT.right - PLOT.left);
  const y = (value: number): number => PLOT.bottom - (value / top) * (PLOT.bottom - PLOT.top);
  const ticks = ticksTo(top).flatMap((tick) => [
    line(
      [
        { x: PLOT.left, y: y(tick) },
        { x: PLOT.right, y: y(tick) },
      ],
      COLOURS.grid,
    ),
    text({ x: PLOT.left - 8, y: y(tick), text: percentText(tick), align: 'end' }),
    text({ x: x(tick), y: PLOT.bottom + 18, text: percentText(tick), align: 'middle' }),
  ]);
  const points = bins.map(({ predicted, observed }) => ({ x: x(predicted), y: y(observed) }));
  return frame(`${card.scope}: said and happened`, [
    ...ticks,
    line(
      [
        { x: x(0), y: y(0) },
        { x: x(top), y: y(top) },
      ],
      COLOURS.dim,
      1,
      [5, 5],
    ),
    line(points, COLOURS.model, 2),
    ...points.map(
      (point): Primitive => ({
        kind: 'rect',
        x: point.x - 4,
        y: point.y - 4,
        width: 8,
        height: 8,
        radius: 4,
        fill: COLOURS.model,
      }),
    ),
    text({ x: PLOT.right, y: PLOT.bottom + 38, text: 'probability said', align: 'end' }),
    text({ x: PLOT.left + 6, y: PLOT.top - 8, text: 'share that happened' }),
  ]);
}

/** How often the label came true in each tenth of the predictions, against how often it does anyway. */
export function liftChart(card: Judged): Picture {
  const bins = card.reliability;
  const lifts = bins.map(({ observed }) => (card.baseRate > 0 ? observed / card.baseRate : 0));
  const top = Math.max(1.5, ...lifts) * 1.1;
  const y = (value: number): number => PLOT.bottom - (value / top) * (PLOT.bottom - PLOT.top);
  const width = (PLOT.right - PLOT.left) / Math.max(1, bins.length);
  const bars = lifts.flatMap((lift, i): Primitive[] => [
    {
      kind: 'rect',
      x: PLOT.left + i * width + 4,
      y: y(lift),
      width: width - 8,
      height: PLOT.bottom - y(lift),
      radius: 3,
      fill: lift >= 1 ? COLOURS.bar : COLOURS.bad,
    },
    text({ x: PLOT.left + (i + 0.5) * width, y: PLOT.bottom + 18, text: String(i + 1), align: 'middle' }),
  ]);
  const ticks = ticksTo(top).flatMap((tick) => [
    line(
      [
        { x: PLOT.left, y: y(tick) },
        { x: PLOT.right, y: y(tick) },
      ],
      COLOURS.grid,
    ),
    text({ x: PLOT.left - 8, y: y(tick), text: `× ${Number(tick.toPrecision(3))}`, align: 'end' }),
  ]);
  return frame(`${card.scope}: lift by tenths`, [
    ...ticks,
    ...bars,
    line(
      [
        { x: PLOT.left, y: y(1) },
        { x: PLOT.right, y: y(1) },
      ],
      COLOURS.text,
      1,
      [5, 5],
    ),
    text({ x: PLOT.right, y: PLOT.bottom + 38, text: 'tenth of the predictions, 10 the highest', align: 'end' }),
    text({ x: PLOT.left + 6, y: PLOT.top - 8, text: `base rate ${percentText(card.baseRate)} = 1` }),
  ]);
}

/** The model's AUC beside those it has to beat, with their intervals. */
export function aucChart(card: Judged): Picture {
  const named: readonly (readonly [string, Interval | null])[] = [
    ['model', card.auc],
    ['ATR %', card.atrAuc],
    ['24 h change', card.changeAuc],
    ['prior', card.priorAuc],
    ['up / down', card.upDownAuc],
  ];
  const rows = named.flatMap(([name, interval]) => (interval === null ? [] : [{ name, ...interval }]));
  const finite = rows
    .flatMap(({ value, low, high }) => [value, low, high])
    .filter((value) => Number.isFinite(value) && value !== null);
  const [from, to] = [Math.min(0.45, ...finite) - 0.01, Math.max(0.6, ...finite) + 0.01];
  const left = 110;
  const x = (value: number): number => left + ((value - from) / (to - from)) * (PLOT.right - left);
  const step = (PLOT.bottom - PLOT.top) / rows.length;
  const ticks = Array.from(
    { length: Math.floor((to - from) / 0.05) + 1 },
    (_, i) => Math.ceil(from / 0.05) * 0.05 + i * 0.05,
  ).filter((tick) => tick <= to);
  return frame(`${card.scope}: AUC, 95 % interval by day`, [
    ...ticks.flatMap((tick) => [
      line(
        [
          { x: x(tick), y: PLOT.top },
          { x: x(tick), y: PLOT.bottom },
        ],
        Math.abs(tick - 0.5) < 1e-9 ? COLOURS.dim : COLOURS.grid,
      ),
      text({ x: x(tick), y: PLOT.bottom + 18, text: tick.toFixed(2), align: 'middle' }),
    ]),
    ...rows.flatMap(({ name, value, low, high }, i): Primitive[] => {
      const at = PLOT.top + (i + 0.5) * step;
      const colour = i === 0 ? COLOURS.model : COLOURS.dim;
      const whisker =
        Number.isFinite(low) && Number.isFinite(high) && low !== null
          ? [
              line(
                [
                  { x: x(low), y: at },
                  { x: x(high), y: at },
                ],
                colour,
                3,
              ),
            ]
          : [];
      const dot: Primitive[] =
        Number.isFinite(value) && value !== null
          ? [{ kind: 'rect', x: x(value) - 5, y: at - 5, width: 10, height: 10, radius: 5, fill: colour }]
          : [];
      return [text({ x: left - 10, y: at, text: name, align: 'end', fill: COLOURS.text }), ...whisker, ...dot];
    }),
  ]);
}
