import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextRegime, REGIMES, type RegimeCriteria, type RegimeReading, type RegimeState } from './regime.ts';

const criteria: RegimeCriteria = {
  crash: { change1h: -0.03, change4h: -0.05, change24h: -0.1 },
  bearish: { change4h: -0.02, change24h: -0.03, breadth: 0.4 },
  bullish: { change24h: 0.02, breadth: 0.6, maxVolatility: 0.01 },
  margin: { change: 0.005, breadth: 0.05, volatility: 0.001 },
  readings: 3,
  forgetAfterMs: 600_000,
};

const walk = (readings: readonly RegimeReading[], from: RegimeState | null = null) => {
  const states: RegimeState[] = [];
  for (const reading of readings) states.push(nextRegime(states.at(-1) ?? from, reading, criteria));
  return states;
};

const within = (centre: number, margin: number) =>
  fc.double({ min: centre - margin * 0.99, max: centre + margin * 0.99, noNaN: true });
const change = fc.double({ min: -0.2, max: 0.2, noNaN: true });
const anyBtc = fc.record({
  change1h: change,
  change4h: change,
  change24h: change,
  volatility: fc.double({ min: 0, max: 0.05, noNaN: true }),
});
const anyReadings = fc
  .array(
    fc.record({
      btc: fc.option(anyBtc, { nil: null, freq: 4 }),
      breadth: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null, freq: 4 }),
      wait: fc.integer({ min: 1_000, max: 900_000 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((rows) => {
    let at = 0;
    return rows.map(({ wait, ...row }) => {
      at += wait;
      return { ...row, at };
    });
  });

const minuteByMinute = (rows: readonly Omit<RegimeReading, 'at'>[]) =>
  rows.map((row, i) => ({ ...row, at: i * 60_000 }));

describe('nextRegime', () => {
  it('ends every sequence in a defined regime that began no later than now', () => {
    fc.assert(
      fc.property(anyReadings, (readings) => {
        for (const [i, state] of walk(readings).entries()) {
          expect(REGIMES).toContain(state.regime);
          expect(state.at).toBe(readings[i]!.at);
          expect(state.since).toBeLessThanOrEqual(state.at);
          expect(state.next?.readings ?? 0).toBeLessThan(criteria.readings);
          expect(state.next?.regime).not.toBe(state.regime);
        }
      }),
    );
  });

  it('goes on from a stored state as if it had never stopped', () => {
    fc.assert(
      fc.property(anyReadings, fc.nat(60), (readings, at) => {
        const cut = Math.min(at, readings.length);
        const before = walk(readings.slice(0, cut));
        const stored = before.length === 0 ? null : JSON.parse(JSON.stringify(before.at(-1)));
        expect([...before, ...walk(readings.slice(cut), stored)]).toEqual(walk(readings));
      }),
    );
  });

  const noise = {
    breadthBearish: fc.record({ btc: fc.constant(null), breadth: within(0.4, 0.05) }),
    breadthBullish: fc.record({ btc: fc.constant(null), breadth: within(0.6, 0.05) }),
    btcBearish: fc.record({
      btc: fc.record({
        change1h: fc.constant(0),
        change4h: within(-0.02, 0.005),
        change24h: within(-0.03, 0.005),
        volatility: fc.constant(0.005),
      }),
      breadth: fc.constant(0.5),
    }),
    btcBullish: fc.record({
      btc: fc.record({
        change1h: fc.constant(0),
        change4h: fc.constant(0),
        change24h: within(0.02, 0.005),
        volatility: within(0.01, 0.001),
      }),
      breadth: within(0.6, 0.05),
    }),
  };
  it.each<[string, fc.Arbitrary<Omit<RegimeReading, 'at'>>]>(Object.entries(noise))(
    'never changes on noise within the margin: %s',
    (_, reading) => {
      fc.assert(
        fc.property(fc.array(reading, { minLength: 1, maxLength: 80 }), (rows) => {
          expect(new Set(walk(minuteByMinute(rows)).map(({ regime }) => regime)).size).toBe(1);
        }),
      );
    },
  );

  it('changes at most once on noise around the threshold of a crash: into it', () => {
    const reading = within(-0.03, 0.005).map((change1h) => ({
      btc: { change1h, change4h: 0, change24h: 0, volatility: 0.005 },
      breadth: 0.5,
    }));
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 80 }), (rows) => {
        const regimes = walk(minuteByMinute(rows)).map(({ regime }) => regime);
        const firstCrash = regimes.indexOf('crash');
        const changes = regimes.slice(1).filter((regime, i) => regime !== regimes[i]).length;
        expect(changes).toBe(firstCrash > 0 ? 1 : 0);
      }),
    );
  });

  it('settles on what lasts: enough readings alike past every margin decide, wherever it was', () => {
    const lasting = [
      ['bearish', { btc: null, breadth: 0.2 }],
      ['neutral', { btc: null, breadth: 0.5 }],
      ['bullish', { btc: null, breadth: 0.8 }],
    ] as const;
    fc.assert(
      fc.property(anyReadings, fc.constantFrom(...lasting), (readings, [regime, row]) => {
        const from = walk(readings).at(-1)!;
        const rest = Array.from({ length: 20 }, (_, i) => ({ ...row, at: from.at + (i + 1) * 60_000 }));
        expect(walk(rest, from).at(-1)?.regime).toBe(regime);
      }),
    );
  });
});
