import { type Drawing, layOut } from './drawing.ts';
import { createPainter } from './painter.ts';

/** What the bot asks of the painter, and what it answers. */
export interface PaintRequest {
  readonly id: number;
  readonly drawing: Drawing;
}
export type PaintAnswer =
  | { readonly id: number; readonly png: Uint8Array }
  | { readonly id: number; readonly fault: string };

const painter = createPainter();

const paint = async (drawing: Drawing): Promise<Uint8Array> => painter.png(layOut(drawing));

process.on('message', ({ id, drawing }: PaintRequest) => {
  paint(drawing).then(
    (png) => process.send?.({ id, png } satisfies PaintAnswer),
    (error: unknown) => process.send?.({ id, fault: String(error) } satisfies PaintAnswer),
  );
});
// the bot is gone, or done
process.on('disconnect', () => process.exit(0));
