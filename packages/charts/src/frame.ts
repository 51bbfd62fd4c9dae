import type { Picture, Primitive } from './picture.ts';
import { SIZE, THEME } from './theme.ts';

export interface Heading {
  readonly title: string;
  /** under the title, dimmer */
  readonly subtitle?: string;
  /** right of the title: a result, in its colour */
  readonly result?: { readonly text: string; readonly good: boolean };
}

/** Where a chart may draw, in picture units. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const PICTURE = { width: 800, height: 640 } as const;
export const MARGIN = 20;
/** height kept for the heading, and for the texts of the time axis */
export const HEADING_HEIGHT = 92;
export const TIME_AXIS_HEIGHT = 44;

export function headingShapes({ title, subtitle, result }: Heading, width: number): Primitive[] {
  const text = (over: { x: number; y: number; text: string; size: number; fill: string }) => ({
    kind: 'text' as const,
    align: 'start' as const,
    ...over,
  });
  return [
    { ...text({ x: MARGIN, y: 32, text: title, size: SIZE.title, fill: THEME.text }), bold: true },
    ...(subtitle === undefined
      ? []
      : [text({ x: MARGIN, y: 66, text: subtitle, size: SIZE.subtitle, fill: THEME.dim })]),
    ...(result === undefined
      ? []
      : [
          {
            ...text({ x: width - MARGIN, y: 32, text: result.text, size: SIZE.title, fill: tone(result.good) }),
            align: 'end' as const,
            bold: true,
          },
        ]),
  ];
}

export const tone = (good: boolean): string => (good ? THEME.up : THEME.down);

export const picture = (primitives: readonly Primitive[]): Picture => ({
  ...PICTURE,
  background: THEME.background,
  primitives,
});

/** A picture that says why there is nothing to see. */
export const emptyPicture = (heading: Heading, text: string): Picture =>
  picture([
    ...headingShapes(heading, PICTURE.width),
    {
      kind: 'text',
      x: PICTURE.width / 2,
      y: PICTURE.height / 2,
      text,
      size: SIZE.subtitle,
      fill: THEME.dim,
      align: 'middle',
    },
  ]);
