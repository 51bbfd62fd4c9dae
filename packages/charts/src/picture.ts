/** CSS colours: `#rrggbb` or `#rrggbbaa`. */
export type Colour = string;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a shape shows, so that a picture can be read back as data. */
export interface Meaning {
  readonly role?: 'level' | 'candle' | 'mark' | 'curve' | 'drawdown' | 'bar' | 'tick' | 'label';
  readonly label?: string;
  /** the value drawn, in the unit of its axis */
  readonly value?: number;
}

export type Primitive = Meaning &
  (
    | {
        readonly kind: 'rect';
        readonly x: number;
        readonly y: number;
        readonly width: number;
        readonly height: number;
        readonly fill: Colour;
        readonly radius?: number;
      }
    | {
        readonly kind: 'line';
        readonly points: readonly Point[];
        readonly stroke: Colour;
        readonly width: number;
        /** lengths of dash and gap; a full line unless given */
        readonly dash?: readonly [number, number];
      }
    | { readonly kind: 'area'; readonly points: readonly Point[]; readonly fill: Colour }
    | {
        readonly kind: 'text';
        readonly x: number;
        /** the middle of the line of text */
        readonly y: number;
        readonly text: string;
        readonly size: number;
        readonly fill: Colour;
        readonly align: 'start' | 'middle' | 'end';
        readonly bold?: boolean;
      }
  );

/** A drawing in units of its own, `width` × `height`, painted in the order of its primitives. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly background: Colour;
  readonly primitives: readonly Primitive[];
}
