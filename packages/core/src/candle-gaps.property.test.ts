import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CandleGap, gapsAfterLook, gapsOutside, missingRanges, type TimeRange } from './candle-gaps.ts';
import { CANDLE_PAGE, planCandles } from './candle-plan.ts';

const STEP = 5;
const slotsOf = (ranges: readonly TimeRange[]): number[] =>
  ranges.flatMap(({ from, until }) => Array.from({ length: (until - from) / STEP }, (_, i) => from / STEP + i));
const arbSlots = fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 60 }).map((slots) => slots.toSorted((a, b) => a - b));
const rangeOf = (a: number, b: number): TimeRange => ({ from: Math.min(a, b) * STEP, until: Math.max(a, b) * STEP });
const arbRange = fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 60 })).map(([a, b]) => rangeOf(a, b));

/** Each slot is a gap or not, and if so was looked for so often. */
const arbGaps = fc
  .array(fc.constantFrom(null, 0, 1, 2), { minLength: 61, maxLength: 61 })
  .map((slots) =>
    slots.flatMap((looks, i): CandleGap[] =>
      looks === null ? [] : [{ from: i * STEP, until: (i + 1) * STEP, looks: looks as CandleGap['looks'] }],
    ),
  );
const looksAt = (gaps: readonly CandleGap[], slot: number): number | null =>
  gaps.find(({ from, until }) => from <= slot * STEP && slot * STEP < until)?.looks ?? null;

describe('gaps', () => {
  it('are exactly the slots of a range without a candle, joined', () => {
    fc.assert(
      fc.property(arbSlots, arbRange, (slots, range) => {
        const missing = missingRanges(
          slots.map((slot) => slot * STEP),
          range,
          STEP,
        );
        expect(slotsOf(missing)).toEqual(slotsOf([range]).filter((slot) => !slots.includes(slot)));
        for (const [i, each] of missing.entries()) {
          expect(each.until).toBeGreaterThan(each.from);
          if (i > 0) expect(each.from).toBeGreaterThan(missing[i - 1]!.until);
        }
      }),
    );
  });

  it('count each look, up to two; found candles are gaps no more; others stay as they were', () => {
    fc.assert(
      fc.property(
        arbSlots,
        arbGaps,
        arbRange,
        fc.constantFrom(0 as const, 1 as const, 2 as const),
        (slots, before, range, looks) => {
          const missing = missingRanges(
            slots.map((slot) => slot * STEP),
            range,
            STEP,
          );
          const after = [
            ...gapsAfterLook(
              missing,
              before.filter((gap) => gap.until > range.from && gap.from < range.until),
              looks,
            ),
          ];
          const outside = gapsOutside(before, range);
          const all = Array.from({ length: 61 }, (_, slot) => slot);
          const isInside = (slot: number): boolean => slot * STEP >= range.from && slot * STEP < range.until;
          expect(all.map((slot) => looksAt(isInside(slot) ? after : outside, slot))).toEqual(
            all.map((slot) => {
              const known = looksAt(before, slot);
              if (!isInside(slot)) return known;
              return slots.includes(slot) ? null : Math.min(2, (known ?? 0) + looks);
            }),
          );
        },
      ),
    );
  });
});

describe('the plan', () => {
  const PAGE = CANDLE_PAGE * STEP;
  const arbPlan = fc.record({
    wanted: fc.tuple(fc.nat({ max: 4_000 }), fc.nat({ max: 4_000 })).map(([a, b]) => rangeOf(a, b)),
    checked: fc.option(
      fc.tuple(fc.nat({ max: 4_000 }), fc.integer({ min: 1, max: 2_000 })).map(([a, n]) => rangeOf(a, a + n)),
      { nil: null },
    ),
    gapSlots: fc.uniqueArray(fc.nat({ max: 4_000 }), { maxLength: 40 }),
  });

  it('asks for all that is wanted and not there, in pages, each next to what was looked at before', () => {
    fc.assert(
      fc.property(arbPlan, ({ wanted, checked, gapSlots }) => {
        const gaps = gapSlots
          .toSorted((a, b) => a - b)
          .map(
            (slot, i): CandleGap => ({
              from: slot * STEP,
              until: (slot + 1) * STEP,
              looks: (i % 3) as CandleGap['looks'],
            }),
          )
          .filter(({ from, until }) => checked !== null && from >= checked.from && until <= checked.until);
        const plan = planCandles({ checked, gaps }, wanted, STEP);
        const pages = [...plan.tail, ...plan.gaps, ...plan.head];
        const asked = new Set(slotsOf(pages));
        const known = new Map(gaps.map((gap) => [gap.from, gap.looks]));
        const forgotten = slotsOf([wanted]).filter((slot) => {
          const at = slot * STEP;
          const isChecked = checked !== null && at >= checked.from && at < checked.until;
          return (!isChecked || (known.get(at) ?? 2) < 2) && !asked.has(slot);
        });
        expect(forgotten).toEqual([]);
        let reach = checked;
        for (const { from, until } of pages) {
          expect(until).toBeGreaterThan(from);
          expect(until - from).toBeLessThanOrEqual(PAGE);
          if (reach !== null && wanted.until > reach.from && wanted.from < reach.until) {
            expect(from <= reach.until && until >= reach.from).toBe(true);
          }
          reach =
            reach === null
              ? { from, until }
              : { from: Math.min(from, reach.from), until: Math.max(until, reach.until) };
        }
      }),
    );
  });

  it('asks for nothing where all is stored', () => {
    const wanted = { from: 0, until: 2 * PAGE };
    expect(planCandles({ checked: wanted, gaps: [{ from: 10, until: 20, looks: 2 }] }, wanted, STEP)).toEqual({
      tail: [],
      gaps: [],
      head: [],
    });
  });

  it('asks for a recent gap together with what is new', () => {
    const checked = { from: 0, until: PAGE };
    const gaps: CandleGap[] = [{ from: PAGE - 20, until: PAGE - 10, looks: 1 }];
    expect(planCandles({ checked, gaps }, { from: 0, until: PAGE + 15 }, STEP)).toEqual({
      tail: [{ from: PAGE - 20, until: PAGE + 15 }],
      gaps: [],
      head: [],
    });
  });

  it('fetches the newest first where nothing is stored', () => {
    const { tail, head } = planCandles({ checked: null, gaps: [] }, { from: 0, until: PAGE + 50 }, STEP);
    expect([tail, head]).toEqual([[{ from: 50, until: PAGE + 50 }], [{ from: 0, until: 50 }]]);
  });
});
