/** What may not stand as it is in Telegram's HTML. */
export const safe = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cs}]/gu, (char) => (char === '\n' ? char : ' '))
    .replace(/[&<>]/g, (char) => ENTITIES[char] ?? char);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const bold = (text: string): string => `<b>${safe(text)}</b>`;
export const code = (text: string): string => `<code>${safe(text)}</code>`;

/** The end of a long text, as it was printed; Telegram takes 4,096 characters a message. */
export const printed = (text: string, most = 2_500): string =>
  `<pre>${safe(text.length > most ? `…${text.slice(-most)}` : text)}</pre>`;

/** Columns of equal width for a phone: the first on the left, the others on the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const width = (column: number): number => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0));
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) => width(column));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join(' ')
      .trimEnd(),
  );
  return `<pre>${safe(lines.join('\n'))}</pre>`;
}
