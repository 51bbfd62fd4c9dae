/** The process stopped here: nothing after this runs. */
class Crashed extends Error {
  override readonly name = 'Crashed';
}

/** One life of one process, from its start to its crash. All it touches passes through here, and can be its last. */
export interface Life {
  readonly process: 'tracker' | 'scanner' | 'labeler';
  /** ms UTC */
  readonly startedAt: number;
  alive(): boolean;
  /** Ends it. */
  crash(where: string): void;
  /** A place where it may end: between two synchronous steps. @throws {Crashed} */
  step(where: string): void;
  /** The same at an await: a process that ended never goes on. */
  pass(where: string): Promise<void>;
  /** From now on it lives as long as the run. */
  spare(): void;
  /** how many such places it has come by */
  steps(): number;
}

/** One for each wait: what waits for a promise is kept as long as the promise. */
const never = (): Promise<never> => new Promise(() => undefined);

/** @param endsAfter it crashes at that place, counted from 1; null: at none */
export function createLife(
  process: Life['process'],
  startedAt: number,
  endsAfter: number | null,
  onCrash: (where: string) => void,
): Life {
  let alive = true;
  let steps = 0;
  let end = endsAfter;

  const crash = (where: string): void => {
    if (!alive) return;
    alive = false;
    onCrash(where);
  };
  const count = (where: string): void => {
    if (!alive) return;
    steps += 1;
    if (steps === end) crash(where);
  };
  return {
    process,
    startedAt,
    alive: () => alive,
    crash,
    step(where) {
      count(where);
      if (!alive) throw new Crashed(where);
    },
    pass(where) {
      count(where);
      return alive ? Promise.resolve() : never();
    },
    spare: () => {
      end = null;
    },
    steps: () => steps,
  };
}
