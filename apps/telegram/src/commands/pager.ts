import type { Button } from '../messenger.ts';

/** Buttons to the neighbouring pages of a view. */
export function pager(
  t: { readonly newer: string; readonly older: string },
  view: string,
  page: number,
  pages: number,
): Button[][] {
  const row = [
    ...(page > 1 ? [{ text: t.newer, data: `v:${view} ${page - 1}` }] : []),
    ...(page < pages ? [{ text: t.older, data: `v:${view} ${page + 1}` }] : []),
  ];
  return row.length === 0 ? [] : [row];
}
