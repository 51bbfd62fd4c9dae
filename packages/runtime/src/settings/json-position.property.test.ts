import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonFault } from './json-position.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

it('agrees with the engine on what is JSON, for damaged documents too', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', '"', '{', '}', ',', ':', '\n', '\\', '1', '-', 'é', '\u0001', '\u007f'),
      (json, at, junk) => {
        const place = at % (json.length + 1);
        const damaged = json.slice(0, place) + junk + json.slice(place + (at % 3));
        expect(jsonFault(json)).toBeNull();
        expect(jsonFault(damaged) === null).toBe(isJson(damaged));
      },
    ),
    { numRuns: 1_000 },
  );
});
