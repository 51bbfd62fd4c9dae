import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseMeant, marketMeant } from './market.ts';

const MARKETS = ['PEPEUSDT', 'GOLD(XAUT)USDT', '币安人生USDT', 'A-BUSDT', 'ABUSDT'];

/** Names as exchanges give them: mostly letters and digits, and whatever somebody thought of. */
const arbBases = fc
  .uniqueArray(fc.string({ unit: fc.constantFrom(...'ABPEX019().$!生币安Я'), minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 8,
  })
  .filter((bases) => bases.every((base) => !base.includes('USDT')));

describe('the market a person means', () => {
  it('is the one of that name, base or pair, in either case and with any separator', () => {
    fc.assert(
      fc.property(arbBases, fc.constantFrom('', '/', '-', '_', ' '), (bases, separator) => {
        const markets = bases.map((base) => `${base}USDT`);
        for (const base of bases) {
          for (const word of [base, `${base}${separator}USDT`])
            for (const written of [word, word.toLowerCase()])
              expect(marketMeant(written, markets, 'USDT')).toBe(`${base}USDT`);
        }
      }),
    );
  });

  it.each([
    ['pepe', 'PEPEUSDT'],
    ['PEPE/USDT', 'PEPEUSDT'],
    ['gold(xaut)', 'GOLD(XAUT)USDT'],
    ['币安人生', '币安人生USDT'],
    ['币安人生_USDT', '币安人生USDT'],
    // as it was written first
    ['A-B', 'A-BUSDT'],
    ['AB', 'ABUSDT'],
  ])('%s is %s', (word, market) => expect(marketMeant(word, MARKETS, 'USDT')).toBe(market));

  it.each(['', '/', 'GOLD', 'PEP', '人生'])('%j is none', (word) =>
    expect(marketMeant(word, MARKETS, 'USDT')).toBeUndefined(),
  );

  it('names a base to look for something like it', () => {
    expect(['pepe/usdt', 'Pepe', '币安-人生USDT'].map((word) => baseMeant(word, 'USDT'))).toEqual([
      'PEPE',
      'PEPE',
      '币安人生',
    ]);
  });
});
