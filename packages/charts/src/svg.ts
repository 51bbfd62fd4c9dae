import type { Picture, Point, Primitive } from './picture.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Text as it may stand in SVG and HTML, in quotes too. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
const number = (value: number): string => String(Math.round(value * 100) / 100);
const pairs = (points: readonly Point[]): string => points.map(({ x, y }) => `${number(x)},${number(y)}`).join(' ');

/** What the picture shows, for who hears it read: its first text is its title. */
const titleOf = (primitives: readonly Primitive[]): string =>
  primitives.find((shape) => shape.kind === 'text')?.text ?? '';

/**
 * The picture as an SVG element, for a page.
 *
 * @param options.font CSS font family; a condensed one of the reader's machine unless given
 */
export function toSvg(picture: Picture, options: { readonly font?: string } = {}): string {
  const { width, height, background, primitives } = picture;
  const font = escaped(options.font ?? 'Roboto Condensed, Arial Narrow, sans-serif-condensed, sans-serif');
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" font-family="${font}">`;
  const ground = `<rect width="${number(width)}" height="${number(height)}" fill="${escaped(background)}"/>`;
  const title = `<title>${escaped(titleOf(primitives))}</title>`;
  return `${head}${title}${ground}${primitives.map(element).join('')}</svg>`;
}

function element(shape: Primitive): string {
  switch (shape.kind) {
    case 'rect': {
      const { x, y, width, height, fill, radius } = shape;
      const round = radius === undefined ? '' : ` rx="${number(radius)}"`;
      return `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" fill="${escaped(fill)}"${round}/>`;
    }
    case 'line': {
      const dash = shape.dash === undefined ? '' : ` stroke-dasharray="${shape.dash.map(number).join(' ')}"`;
      return `<polyline points="${pairs(shape.points)}" fill="none" stroke="${escaped(shape.stroke)}" stroke-width="${number(shape.width)}" stroke-linejoin="round"${dash}/>`;
    }
    case 'area':
      return `<polygon points="${pairs(shape.points)}" fill="${escaped(shape.fill)}"/>`;
    case 'text': {
      const weight = shape.bold === true ? ' font-weight="600"' : '';
      return `<text x="${number(shape.x)}" y="${number(shape.y)}" font-size="${number(shape.size)}" fill="${escaped(shape.fill)}" text-anchor="${shape.align}" dominant-baseline="central"${weight}>${escaped(shape.text)}</text>`;
    }
  }
}
