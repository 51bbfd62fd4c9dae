import { candleChart } from '@mexc-bot/charts';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { expect, it } from 'vitest';
import { createPainter } from './painter.ts';

const PICTURE = candleChart({
  title: 'PEPE/USDT',
  zone: 'UTC',
  locale: 'lv',
  emptyText: '',
  candleMs: 300_000,
  candles: [1, 1.01, 1.02].map((close, index) => ({
    openTime: index * 300_000,
    open: 1,
    close,
    high: close,
    low: 0.99,
  })),
  levels: [{ kind: 'stop', label: 'stop', price: 0.97 }],
  marks: [],
});

it('paints a PNG with each level in its colour at its height, one picture after the other', async () => {
  const painter = createPainter();
  const [first, second] = await Promise.all([painter.png(PICTURE), painter.png(PICTURE)]);
  expect(first).toEqual(second);
  const image = await loadImage(Buffer.from(first!));
  const scale = image.width / PICTURE.width;
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);

  const stop = PICTURE.primitives.find((shape) => shape.kind === 'line' && shape.role === 'level');
  if (stop?.kind !== 'line') throw new Error('no line');
  const { x, y } = stop.points[0]!;
  const pixel = context.getImageData(Math.round((x + 40) * scale), Math.floor(y * scale), 1, 1).data;
  expect([...pixel.slice(0, 3)].map((part) => part.toString(16)).join('')).toBe(stop.stroke.slice(1));
});

it('writes Latvian letters with the font that comes with the suite', async () => {
  const text = (content: string) => ({
    ...PICTURE,
    primitives: [
      { kind: 'text', x: 20, y: 40, text: content, size: 30, fill: '#ffffff', align: 'start', bold: true } as const,
    ],
  });
  const painter = createPainter();
  const pictures = await Promise.all(['ā', 'č', 'ģ', 'a'].map((letter) => painter.png(text(letter))));
  expect(new Set(pictures.map((png) => Buffer.from(png).toString('base64'))).size).toBe(4);
});
