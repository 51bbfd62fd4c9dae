/**
 * Moves labels apart so that none covers another, each as near to its place as the others let it.
 *
 * @param wanted centres, in any order
 * @param height of one label
 * @param from upper edge of the room, in the same units
 * @param to lower edge; where the labels do not fit, they are pressed together evenly
 * @returns centres in the order of `wanted`
 */
export function spread(wanted: readonly number[], height: number, from: number, to: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  const room = to - from;
  const gap = Math.min(height, room / Math.max(1, wanted.length));
  const centres = order.map((index) => Math.min(Math.max(wanted[index]!, from + gap / 2), to - gap / 2));

  // neighbours that touch become one block around the mean of what its members want
  let blocks = centres.map((centre) => ({ sum: centre, count: 1 }));
  const top = ({ sum, count }: { sum: number; count: number }): number =>
    Math.min(Math.max(sum / count - (count * gap) / 2, from), to - count * gap);
  for (let merged = true; merged; ) {
    merged = false;
    const next: typeof blocks = [];
    for (const block of blocks) {
      const above = next.at(-1);
      if (above !== undefined && top(above) + above.count * gap > top(block) + 1e-9) {
        next[next.length - 1] = { sum: above.sum + block.sum, count: above.count + block.count };
        merged = true;
      } else next.push(block);
    }
    blocks = next;
  }

  const placed = blocks.flatMap((block) =>
    Array.from({ length: block.count }, (_, index) => top(block) + gap * (index + 0.5)),
  );
  const result: number[] = new Array(wanted.length);
  order.forEach((index, rank) => {
    result[index] = placed[rank]!;
  });
  return result;
}
