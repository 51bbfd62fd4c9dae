import { fileURLToPath } from 'node:url';
import type { Picture, Primitive } from '@mexc-bot/charts';
import type { Canvas, GlobalFonts, SKRSContext2D } from '@napi-rs/canvas';

/** Paints pictures as PNG files. */
export interface Painter {
  png(picture: Picture): Promise<Uint8Array>;
}

/** Pixels per picture unit: sharp on a phone, and still a small file. */
const SCALE = 1.25;

const FAMILY = 'Suite';
const FONTS = {
  400: import.meta.resolve('@expo-google-fonts/roboto-condensed/400Regular/RobotoCondensed_400Regular.ttf'),
  600: import.meta.resolve('@expo-google-fonts/roboto-condensed/600SemiBold/RobotoCondensed_600SemiBold.ttf'),
} as const;

/**
 * The drawing library and its fonts, loaded with the first picture: 30 MB that a bot without pictures does not need. Fonts come with
 * the suite, because a bare server has none.
 *
 * `png` rejects where the library does not run on this machine; a text is sent then.
 */
export function createPainter(): Painter {
  let loading: Promise<typeof import('@napi-rs/canvas')> | undefined;
  let canvas: Canvas | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const load = async () => {
    const library = await import('@napi-rs/canvas');
    registerFonts(library.GlobalFonts);
    return library;
  };

  const draw = async (picture: Picture): Promise<Uint8Array> => {
    loading ??= load();
    const { createCanvas } = await loading;
    const [width, height] = [picture.width * SCALE, picture.height * SCALE];
    if (canvas?.width !== width || canvas.height !== height) canvas = createCanvas(width, height);
    const context = canvas.getContext('2d');
    context.setTransform(SCALE, 0, 0, SCALE, 0, 0);
    context.fillStyle = picture.background;
    context.fillRect(0, 0, picture.width, picture.height);
    for (const shape of picture.primitives) paint(context, shape);
    return canvas.encode('png');
  };

  return {
    // one after the other, on one canvas: each of its own would stay in memory until a collection comes by
    png(picture) {
      const next = () => draw(picture);
      const drawn = queue.then(next, next);
      queue = drawn;
      return drawn;
    },
  };
}

/** Letters stand a little above the middle of their line. */
const LOWER = 0.09;

function registerFonts(fonts: typeof GlobalFonts): void {
  for (const [weight, url] of Object.entries(FONTS)) {
    if (fonts.registerFromPath(fileURLToPath(url), `${FAMILY} ${weight}`) === null)
      throw new Error(`the font ${url} cannot be read`);
  }
}

function paint(context: SKRSContext2D, shape: Primitive): void {
  switch (shape.kind) {
    case 'rect':
      context.fillStyle = shape.fill;
      context.beginPath();
      context.roundRect(shape.x, shape.y, shape.width, shape.height, shape.radius ?? 0);
      context.fill();
      return;
    case 'line':
      context.strokeStyle = shape.stroke;
      context.lineWidth = shape.width;
      context.lineJoin = 'round';
      context.setLineDash(shape.dash === undefined ? [] : [...shape.dash]);
      trace(context, shape.points);
      context.stroke();
      return;
    case 'area':
      context.fillStyle = shape.fill;
      trace(context, shape.points);
      context.closePath();
      context.fill();
      return;
    case 'text':
      context.fillStyle = shape.fill;
      context.font = `${shape.size}px "${FAMILY} ${shape.bold === true ? 600 : 400}"`;
      context.textAlign = shape.align === 'middle' ? 'center' : shape.align;
      context.textBaseline = 'middle';
      context.fillText(shape.text, shape.x, shape.y + shape.size * LOWER);
      return;
  }
}

function trace(context: SKRSContext2D, points: readonly { readonly x: number; readonly y: number }[]): void {
  context.beginPath();
  points.forEach(({ x, y }, index) => {
    if (index === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
}
