import type { Engine } from './engine.ts';
import type { FaultDesk } from './fault-desk.ts';
import type { MarketClock } from './market-clock.ts';
import type { MarketSource } from './market-source.ts';
import type { Saved } from './snapshot.ts';
import { createStateFile } from './state-file.ts';

/** How often the market is looked after: resting orders, state, the next day's candles. */
const UPKEEP_WALL_MS = 250;
/** State goes to the disk itself this often, even when only time has passed: a killed market does not fall far back. */
const SAVE_WALL_MS = 1_500;

export interface SimulatorLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

interface Kept {
  readonly source: MarketSource;
  readonly engine: Engine;
  readonly clock: MarketClock;
}

interface StateDeps extends Kept {
  readonly desk: FaultDesk;
  readonly statePath: string | null;
  readonly log: SimulatorLog | undefined;
}

interface State {
  /** Before an answer leaves: what the exchange has told, it still knows after a `kill -9`. */
  saveChanges(): void;
  /** What changed, and time that passed, as far as it is worth it. */
  saveNowAndThen(): void;
  /** @throws where it cannot */
  save(): void;
}

/** The saved state of a running market. */
export function createState({ source, engine, clock, desk, statePath, log }: StateDeps): State {
  if (statePath === null) return { saveChanges() {}, saveNowAndThen() {}, save() {} };
  const file = createStateFile(statePath);
  let saved = '';
  let savedTime = -1;
  let savedAt = Number.NEGATIVE_INFINITY;
  let saveFailing = false;

  /** Differs where orders, balances or plans do. */
  const revision = (): string => {
    const inMx = engine.ledger.accounts().map(({ mxDeduct }) => mxDeduct);
    return `${engine.revision()} ${desk.revision()} ${inMx.join()}`;
  };
  const save = (write: (state: Saved) => void): void => {
    const now = clock.now();
    engine.advance(now);
    write({ identity: source.identity, marketTime: now, ledger: engine.ledger, plans: desk.saved() });
    saved = revision();
    savedTime = now;
  };
  const trySave = (write: (state: Saved) => void): void => {
    try {
      save(write);
      saveFailing = false;
    } catch (error) {
      // the market goes on; the next turn tries again
      if (!saveFailing) log?.error('the state cannot be saved; trying on', { path: statePath, error });
      saveFailing = true;
    }
  };
  return {
    saveChanges() {
      if (revision() !== saved) trySave((state) => file.add(state, false));
    },
    saveNowAndThen() {
      const isDue = clock.now() !== savedTime && performance.now() - savedAt >= SAVE_WALL_MS;
      if (file.isFull()) trySave(file.replace);
      else if (isDue) trySave((state) => file.add(state, true));
      else if (revision() !== saved) trySave((state) => file.add(state, false));
      if (isDue) savedAt = performance.now();
    },
    save: () => save(file.replace),
  };
}

interface UpkeepDeps extends Kept {
  readonly state: State;
  readonly log: SimulatorLog | undefined;
}

/** What goes on whether anybody asks or not. */
export function createUpkeep({ source, engine, clock, state, log }: UpkeepDeps): { stop(): void } {
  let saidEnded = false;
  const timer = setInterval(() => {
    const now = clock.now();
    engine.advance(now);
    source.prepare(now);
    if (clock.ended() && !saidEnded) {
      saidEnded = true;
      log?.warn('the recording has ended: the market clock stands still', { at: new Date(now).toISOString() });
    }
    state.saveNowAndThen();
  }, UPKEEP_WALL_MS);
  state.saveNowAndThen();

  return {
    stop() {
      clearInterval(timer);
      state.save();
    },
  };
}
