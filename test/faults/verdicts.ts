/** What must hold, whatever goes wrong; the numbers are those of the list in the documentation. */
export const INVARIANTS = {
  I1: 'an intent is durable before its order leaves',
  I2: 'one intent, at most one live order',
  I3: 'an unknown outcome stays reserved: no second entry',
  I4: 'a single "not found" ends nothing',
  I5: 'a failed query is never read as flat or zero',
  I6: 'each fill is counted once',
  I7: 'no position above the coins owned; strays reported',
  I8: 'no buy before reconciliation after a start',
  I9: 'exits survive what stops entries',
  I10: 'every open position is watched, soon after a restart',
  I11: 'the effective stop never moves down',
  I12: 'no leg or remainder under the exchange’s minimum',
  I13: 'orders obey step, tick and limits; none oversells',
  I14: 'no decision on an absurd or stale price',
  I15: 'a silent stream is detected by the age of its data',
  I16: 'one resync, one retry where the clock is off',
  I17: 'Retry-After is obeyed, exits excepted',
  I18: 'after a partial fill the next sale is the remainder',
  I19: 'slots and cash never exceed the limits',
  I20: 'pause is durable',
  I21: 'a halted market isolates only itself',
  I22: 'a lost key stops entries and pages',
  I23: 'test mode sends no signed order',
  I24: 'the books balance with the ledger',
} as const;

export type Invariant = keyof typeof INVARIANTS;

export interface Break {
  readonly invariant: Invariant;
  /** ms after the start of the run */
  readonly at: number;
  readonly what: string;
}

/** What a run tried to break, and what broke. */
export interface Verdicts {
  /** The run came where this could have broken. */
  tried(invariant: Invariant): void;
  /** Told once for each text. */
  broken(invariant: Invariant, what: string): void;
  all(): { readonly tried: readonly Invariant[]; readonly breaks: readonly Break[] };
}

export function createVerdicts(sinceStart: () => number): Verdicts {
  const tried = new Set<Invariant>();
  const breaks = new Map<string, Break>();
  return {
    tried: (invariant) => void tried.add(invariant),
    broken(invariant, what) {
      tried.add(invariant);
      const key = `${invariant} ${what}`;
      if (!breaks.has(key)) breaks.set(key, { invariant, at: Math.round(sinceStart()), what });
    },
    all: () => ({ tried: [...tried], breaks: [...breaks.values()] }),
  };
}
