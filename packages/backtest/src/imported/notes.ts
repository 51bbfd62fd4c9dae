/** What an import met that is worth saying: counted, with the place of the first. */
export interface Notes {
  /** @param what one entry, as `has no price and is left out` */
  add(what: string, place: string): void;
  texts(): string[];
}

export function createNotes(): Notes {
  const met = new Map<string, { count: number; readonly first: string }>();
  return {
    add(what, place) {
      const known = met.get(what);
      if (known === undefined) met.set(what, { count: 1, first: place });
      else known.count++;
    },
    texts: () =>
      [...met].map(([what, { count, first }]) =>
        count === 1 ? `${first}: ${what}.` : `${first} and ${count - 1} more: ${what}.`,
      ),
  };
}
