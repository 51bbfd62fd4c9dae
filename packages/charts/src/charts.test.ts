import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CandleChart, candleChart } from './candle-chart.ts';
import { dailyChart } from './daily-chart.ts';
import { drawdowns, equityChart } from './equity-chart.ts';
import type { Picture, Primitive } from './picture.ts';
import type { PriceLevel } from './price-levels.ts';
import { toSvg } from './svg.ts';

const STYLE = { zone: 'Europe/Riga', locale: 'en', emptyText: 'nothing yet' } as const;
const FIVE_MINUTES = 300_000;

/** A trade bought at `entry`, with candles around it. */
function aChart(entry: number, over: Partial<CandleChart> = {}): CandleChart {
  const close = (index: number): number => entry * (1 + Math.sin(index / 7) / 50);
  return {
    ...STYLE,
    title: 'PEPE/USDT',
    candleMs: FIVE_MINUTES,
    candles: Array.from({ length: 80 }, (_, index) => ({
      openTime: index * FIVE_MINUTES,
      open: close(index - 1),
      close: close(index),
      high: Math.max(close(index), close(index - 1)) * 1.002,
      low: Math.min(close(index), close(index - 1)) * 0.998,
    })),
    levels: [
      { kind: 'entry', label: 'entry', price: entry },
      { kind: 'stop', label: 'stop', price: entry * 0.975 },
      { kind: 'taken', label: 'TP1', price: entry * 1.01 },
      { kind: 'target', label: 'TP2', price: entry * 1.03 },
      { kind: 'target', label: 'TP3', price: entry * 1.7 },
      { kind: 'peak', label: 'peak', price: entry * 1.022 },
    ],
    marks: [{ side: 'buy', at: 40 * FIVE_MINUTES, price: entry }],
    ...over,
  };
}

const of = <Kind extends Primitive['kind']>(picture: Picture, kind: Kind, role?: string) =>
  picture.primitives.filter(
    (shape): shape is Extract<Primitive, { kind: Kind }> =>
      shape.kind === kind && (role === undefined || shape.role === role),
  );

/** The price a height stands for, told by two level lines of the picture itself. */
function priceAt(picture: Picture): (y: number) => number {
  const [a, b] = of(picture, 'line', 'tick').filter(({ points }) => points[0]!.y === points[1]!.y);
  const perPixel = (b!.value! - a!.value!) / (b!.points[0]!.y - a!.points[0]!.y);
  return (y) => a!.value! + (y - a!.points[0]!.y) * perPixel;
}

function expectInside(picture: Picture): void {
  for (const shape of picture.primitives) {
    const points =
      shape.kind === 'rect'
        ? [shape, { x: shape.x + shape.width, y: shape.y + shape.height }]
        : shape.kind === 'text'
          ? [shape]
          : shape.points;
    for (const { x, y } of points) {
      expect(x).toBeGreaterThanOrEqual(-1);
      expect(x).toBeLessThanOrEqual(picture.width + 1);
      expect(y).toBeGreaterThanOrEqual(-1);
      expect(y).toBeLessThanOrEqual(picture.height + 1);
    }
  }
}

describe('a candle chart', () => {
  it.each([1e-9, 0.0123, 1, 64_231.5])('of a price around %d draws each level where its price is', (entry) => {
    const spec = aChart(entry);
    const picture = candleChart(spec);
    const price = priceAt(picture);
    const lines = of(picture, 'line', 'level');
    expect(lines.map(({ label }) => label).sort()).toEqual(['TP1', 'TP2', 'entry', 'peak', 'stop']);
    for (const { label, value, points } of lines) {
      expect(spec.levels.find((level) => level.label === label)?.price).toBe(value);
      expect(price(points[0]!.y) / value!).toBeCloseTo(1, 6);
      expect(points[0]!.y).toBe(points[1]!.y);
    }
    const [mark] = of(picture, 'area', 'mark');
    expect(price(mark!.points[0]!.y) / entry).toBeCloseTo(1, 6);
    expectInside(picture);
  });

  it('names every level, those far beyond the picture too', () => {
    const tags = of(candleChart(aChart(1)), 'text', 'level').map(({ text }) => text);
    expect(tags).toEqual(['TP3 1.7', 'TP2 1.03', 'peak 1.022', 'TP1 1.01', 'entry 1', 'stop 0.975']);
  });

  it('lets no tag cover another', () => {
    const near: PriceLevel[] = Array.from({ length: 9 }, (_, index) => ({
      kind: 'target',
      label: `TP${index}`,
      price: 1 + index / 10_000,
    }));
    const heights = of(candleChart(aChart(1, { levels: near })), 'text', 'level').map(({ y }) => y);
    heights.sort((a, b) => a - b);
    heights.slice(1).forEach((y, index) => {
      expect(y - heights[index]!).toBeGreaterThanOrEqual(31);
    });
  });

  it('keeps highs and lows when many candles become few', () => {
    const candles = Array.from({ length: 500 }, (_, index) => ({
      openTime: index * FIVE_MINUTES,
      open: 1,
      close: 1,
      high: index === 333 ? 1.5 : 1.01,
      low: index === 77 ? 0.6 : 0.99,
    }));
    const picture = candleChart(aChart(1, { candles, levels: [], marks: [] }));
    const price = priceAt(picture);
    const bars = of(picture, 'rect', 'candle');
    expect(bars.length).toBeGreaterThan(80);
    expect(bars.length).toBeLessThanOrEqual(110);
    const wicks = of(picture, 'line')
      .filter(({ role, points }) => role === undefined && points[0]!.x === points[1]!.x)
      .flatMap(({ points }) => points.map(({ y }) => price(y)));
    expect(Math.max(...wicks)).toBeCloseTo(1.5, 6);
    expect(Math.min(...wicks)).toBeCloseTo(0.6, 6);
  });

  it('draws one candle that never moved, and says so where there is none', () => {
    const still = [{ openTime: 0, open: 2, high: 2, low: 2, close: 2 }];
    const one = candleChart(aChart(2, { candles: still, levels: [], marks: [] }));
    expect(of(one, 'rect', 'candle')).toHaveLength(1);
    expectInside(one);
    const none = candleChart(aChart(2, { candles: [] }));
    expect(of(none, 'text').map(({ text }) => text)).toContain('nothing yet');
  });

  it('takes prices that differ by rounding alone for one price', () => {
    const candle = {
      openTime: 0,
      open: 1e-12,
      low: 1e-12,
      close: 1.0000000000000002e-12,
      high: 1.0000000000000002e-12,
    };
    expectInside(candleChart(aChart(1, { candles: [candle], levels: [], marks: [] })));
  });

  it('holds for any prices: nothing outside the picture, nothing that is no number', () => {
    const price = fc.double({ min: 1e-12, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(price, { minLength: 1, maxLength: 20 }),
        fc.array(price, { maxLength: 8 }),
        (closes, prices) => {
          const candles = closes.map((close, index) => ({
            openTime: index * FIVE_MINUTES,
            open: closes[index - 1] ?? close,
            close,
            high: Math.max(close, closes[index - 1] ?? close),
            low: Math.min(close, closes[index - 1] ?? close),
          }));
          const kinds = ['entry', 'stop', 'target', 'taken', 'peak', 'last'] as const;
          const levels = prices.map((value, index) => ({
            kind: kinds[index % kinds.length]!,
            label: `L${index}`,
            price: value,
          }));
          expectInside(candleChart(aChart(1, { candles, levels, marks: [] })));
        },
      ),
      { numRuns: 100, examples: [[[1e-12, 1.0000000000000002e-12], []]] },
    );
  });
});

describe('an equity chart', () => {
  const points = [100, 110, 99, 104].map((equity, index) => ({ at: index * 3_600_000, equity }));

  it('draws the curve, where it began, and how far it fell', () => {
    expect(drawdowns(points)).toEqual([0, 0, 0.1, (110 - 104) / 110]);
    const picture = equityChart({ ...STYLE, title: 'Equity', points, drawdownLabel: 'drawdown' });
    const price = priceAt(picture);
    const [curve] = of(picture, 'line', 'curve');
    expect(curve!.points.map(({ y }) => Math.round(price(y)))).toEqual([100, 110, 99, 104]);
    expect(of(picture, 'area', 'drawdown')[0]!.value).toBeCloseTo(0.1, 9);
    expect(of(picture, 'text').map(({ text }) => text)).toContain('drawdown −10 %');
    expectInside(picture);
  });

  it('keeps both ends, the highest and the lowest of ten thousand points', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      at: index * 1_000,
      equity: index === 4_321 ? 300 : index === 8_765 ? 20 : 100 + (index % 7),
    }));
    const picture = equityChart({ ...STYLE, title: 'Equity', points: many, drawdownLabel: 'drawdown' });
    const price = priceAt(picture);
    const curve = of(picture, 'line', 'curve')[0]!.points.map(({ y }) => price(y));
    expect(curve.length).toBeLessThan(1_300);
    expect(Math.max(...curve)).toBeCloseTo(300, 6);
    expect(Math.min(...curve)).toBeCloseTo(20, 6);
    expect(curve.at(-1)).toBeCloseTo(many.at(-1)!.equity, 6);
  });

  it('says so while there is nothing to draw', () => {
    const picture = equityChart({ ...STYLE, title: 'Equity', points: points.slice(0, 1), drawdownLabel: '' });
    expect(of(picture, 'text').map(({ text }) => text)).toContain('nothing yet');
  });
});

it('a daily chart draws a bar a day from zero, and names the newest', () => {
  const bars = Array.from({ length: 45 }, (_, index) => ({ label: `${index + 1} Nov`, value: index - 20 }));
  const picture = dailyChart({ title: 'Daily', bars, emptyText: '' });
  const price = priceAt(picture);
  for (const bar of of(picture, 'rect', 'bar')) {
    const [top, bottom] = [price(bar.y), price(bar.y + bar.height)];
    if (bar.value !== 0) expect(bar.value! > 0 ? top : bottom).toBeCloseTo(bar.value!, 6);
    if (bar.value !== 0) expect(bar.value! > 0 ? bottom : top).toBeCloseTo(0, 6);
  }
  expect(of(picture, 'text').map(({ text }) => text)).toContain('45 Nov');
  expectInside(picture);
});

it('an SVG shows every shape, and text is no markup in it', () => {
  const svg = toSvg(candleChart(aChart(1, { title: '<b>"A&B"</b>' })));
  expect(svg).toContain('&lt;b&gt;&quot;A&amp;B&quot;&lt;/b&gt;');
  expect(svg).not.toMatch(/NaN|undefined|<b>/);
  expect(svg.match(/<(rect|polyline|polygon|text) /g)).toHaveLength(candleChart(aChart(1)).primitives.length + 1);
});
