import type { Picture } from '@mexc-bot/charts';
import { createPainter } from './painter.ts';

/** What the bot asks of the painter, and what it answers. */
export interface PaintRequest {
  readonly id: number;
  readonly picture: Picture;
}
export type PaintAnswer =
  | { readonly id: number; readonly png: Uint8Array }
  | { readonly id: number; readonly fault: string };

const painter = createPainter();

process.on('message', ({ id, picture }: PaintRequest) => {
  painter.png(picture).then(
    (png) => process.send?.({ id, png } satisfies PaintAnswer),
    (error: unknown) => process.send?.({ id, fault: String(error) } satisfies PaintAnswer),
  );
});
// the bot is gone, or done
process.on('disconnect', () => process.exit(0));
