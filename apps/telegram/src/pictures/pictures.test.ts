import type { Picture } from '@mexc-bot/charts';
import { Decimal } from '@mexc-bot/core';
import { expect, it } from 'vitest';
import { anOpenPosition, candlesFrom } from '../../../../test/support/builders.ts';
import { aSale } from '../../../../test/support/position-rig.ts';
import { createLocalTime } from '../digest/local-time.ts';
import { zoneByIntl } from '../digest/zone.ts';
import { layOut } from './drawing.ts';
import { dailyPicture, equityPicture } from './result-pictures.ts';
import { tradePicture, tradeWindow } from './trade-picture.ts';

const STYLE = { zone: 'Europe/Riga', locale: 'lv' } as const;
const TRADE_STYLE = { time: createLocalTime(zoneByIntl('Europe/Riga')), locale: 'lv' } as const;
const texts = (picture: Picture) => picture.primitives.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));
const drawn = (picture: Picture, role: string) =>
  picture.primitives.flatMap((shape) =>
    shape.kind !== 'text' && shape.role === role ? [[shape.label, shape.value]] : [],
  );

it('a trade’s picture holds every level of its position, and every fill', () => {
  const position = anOpenPosition({ trailingStop: new Decimal('0.99'), levelsTaken: 1, peak: new Decimal('1.045') });
  const picture = layOut(
    tradePicture({
      ...TRADE_STYLE,
      position,
      candles: candlesFrom([1, 1.02, 1.04, 1.03]),
      timeframe: '5m',
      fills: [{ ...aSale('10', '1'), side: 'buy' }, aSale('5', '1.031')],
      bid: 1.035,
      quote: 'USDT',
    }),
  );
  expect(Object.fromEntries(drawn(picture, 'level'))).toEqual({
    ieeja: 1,
    stops: 0.99,
    TP1: 1.03,
    TP2: 1.06,
    TP3: 1.09,
    virsotne: 1.045,
    tagad: 1.035,
  });
  expect(drawn(picture, 'mark')).toEqual([
    ['buy', 1],
    ['sell', 1.031],
  ]);
  expect(texts(picture)).toEqual(expect.arrayContaining(['PEPE/USDT · simple', '+3.50 %', 'TP2 1.06']));
});

it('a closed trade shows its result, and neither stop nor price', () => {
  const { state: _, ...core } = anOpenPosition({ proceeds: new Decimal(9), fees: new Decimal(0) });
  const picture = layOut(
    tradePicture({
      ...TRADE_STYLE,
      position: { ...core, state: 'closed', closedAt: 9_000, closeReason: 'stop_loss', dust: new Decimal(0) },
      candles: candlesFrom([1, 0.9]),
      timeframe: '5m',
      fills: [],
      bid: 0.9,
      quote: 'USDT',
    }),
  );
  expect(drawn(picture, 'level').map(([label]) => label)).not.toContain('stops');
  expect(drawn(picture, 'level').map(([label]) => label)).not.toContain('tagad');
  expect(texts(picture)).toContain('−10.0 %');
});

it.each([
  [5 * 60_000, '5m'],
  [6 * 3_600_000, '15m'],
  [40 * 3_600_000, '1h'],
  [9 * 86_400_000, '4h'],
])('a trade of %i ms is shown in candles of its size, with what came before', (age, timeframe) => {
  const until = 1_000 * 86_400_000 + 7_000;
  const window = tradeWindow(until - age, until);
  expect(window.timeframe).toBe(timeframe);
  expect(window.from).toBeLessThan(until - age);
});

it('equity adds up the results, and stays as it is until the end', () => {
  const results = [
    { closedAt: 2_000_000, pnl: 5 },
    { closedAt: 3_000_000, pnl: -2 },
  ];
  const frame = { ...STYLE, mode: 'test', start: 100, from: 1_000_000, until: 9_000_000 } as const;
  const picture = layOut(equityPicture({ ...frame, results }));
  expect(drawn(picture, 'curve')).toEqual([[undefined, 103]]);
  expect(texts(picture)).toEqual(expect.arrayContaining(['+3.00 USDT', 'TEST · 2 slēgti darījumi']));
  expect(texts(layOut(equityPicture({ ...frame, results: [] })))).toContain('neviens darījums vēl nav slēgts');
});

it('a day without a trade stands empty between the others', () => {
  const row = { strategy: 'simple', closed: 1, wins: 1, fees: new Decimal(0), cost: new Decimal(1) } as const;
  const of = (day: string, pnl: number) => {
    const result = new Decimal(pnl);
    return { ...row, day, pnl: result, best: result, worst: result };
  };
  const picture = layOut(
    dailyPicture({
      mode: 'live',
      locale: 'en',
      days: ['2026-11-20', '2026-11-21', '2026-11-22'],
      rows: [of('2026-11-20', 2), of('2026-11-22', -3), of('2026-11-22', 1)],
    }),
  );
  expect(drawn(picture, 'bar')).toEqual([
    ['20.11.', 2],
    ['21.11.', 0],
    ['22.11.', -2],
  ]);
});
