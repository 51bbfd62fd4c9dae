import type { InspectorDeps } from './inspector.ts';
import type { Life } from './life.ts';

/** Judges whether a stream that has fallen silent is noticed by the age of its data: its prices are asked for by REST. */
export interface StreamWatch {
  started(life: Life): void;
  /** A price came over the tracker's stream. */
  pushed(life: Life): void;
  /** Quotes were asked for by REST. */
  asked(life: Life): void;
  look(): void;
}

export interface StreamWatchDeps extends Pick<InspectorDeps, 'scenario' | 'time' | 'verdicts'> {
  readonly holds: () => boolean;
  /** the suite sends nothing now, as the exchange demanded */
  readonly isHeldBack: () => boolean;
}

/** Within this long after its last price, with what a hanging request may take, a silent stream must have been noticed, ms. */
const NOTICED_WITHIN_MS = 20_000;

export function createStreamWatch({ scenario, time, verdicts, holds, isHeldBack }: StreamWatchDeps): StreamWatch {
  const { tried, broken } = verdicts;
  /** once it has seen a price: before, it waits for the exchange's time */
  let tracker: Life | null = null;
  /** the latest of what makes asking needless or impossible */
  let quietSince = time.now();
  let silentSince = time.now();

  const excuse = (): void => {
    quietSince = time.now();
  };
  return {
    started(life) {
      if (life.process === 'tracker') tracker = null;
    },
    pushed(life) {
      tracker = life;
      silentSince = time.now();
      excuse();
    },
    asked(life) {
      if (life.process !== 'tracker') return;
      tracker = life;
      if (scenario.stream !== null && time.now() - silentSince > 2_000) tried('I15');
      excuse();
    },
    look() {
      if (scenario.stream === null) return;
      if (isHeldBack() || !tracker?.alive() || !holds()) return excuse();
      const quietMs = time.now() - quietSince;
      if (quietMs > NOTICED_WITHIN_MS)
        broken('I15', `no price pushed, and none asked for, for ${Math.round(quietMs / 1000)} s`);
    },
  };
}
