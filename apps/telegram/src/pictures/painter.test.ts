import { createManualClock } from '@mexc-bot/runtime';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { layOut } from './drawing.ts';
import { createPainter } from './painter.ts';
import { createSeparatePainter } from './separate-painter.ts';

const DRAWING = {
  kind: 'candles',
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
} as const;
const PICTURE = layOut(DRAWING);

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

describe('the painter in a process of its own', () => {
  it('paints the same, many at once, and ends when nothing is left to do', async () => {
    const clock = createManualClock(0);
    const painter = createSeparatePainter({ clock });
    const here = await createPainter().png(PICTURE);
    const pictures = await Promise.all([painter.png(DRAWING), painter.png(DRAWING), painter.png(DRAWING)]);
    for (const png of pictures) expect(Buffer.from(png).equals(Buffer.from(here))).toBe(true);
    expect(clock.sleepers()).toBe(1);
    await clock.advance(20_000);
    expect(clock.sleepers()).toBe(0);
    expect(Buffer.from(await painter.png(DRAWING)).equals(Buffer.from(here))).toBe(true);
    painter.close();
  });

  it('says so when a picture cannot be painted, and paints the next', async () => {
    const painter = createSeparatePainter({ clock: createManualClock(0) });
    const broken = { ...DRAWING, candles: [null as never] };
    await expect(painter.png(broken)).rejects.toThrow(/could not be painted|the painter ended/);
    expect((await painter.png(DRAWING)).length).toBeGreaterThan(1_000);
    painter.close();
    await expect(
      (async () => {
        const waiting = painter.png(DRAWING);
        painter.close();
        return waiting;
      })(),
    ).rejects.toThrow('the painter is closed');
  });
});
