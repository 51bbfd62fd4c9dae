import type { Books, CandidateBook } from './books.ts';
import type { Checked } from './check.ts';
import type { RecordedCandle } from './recorded-candles.ts';

const STEP_MS = 300_000;
const HORIZON_MS = 6 * 3_600_000;
/** A label may be so late: it waits for the last candle to close, and for the labeler's next round. */
const LATE_MS = 10 * 60_000;
/** The first take-profit and the stop of `simple`, as the table of exits has them. */
const [TARGET, STOP] = [0.03, 0.025];
const RISE = 0.05;
const TOLERANCE = 1e-9;

interface Outcome {
  readonly label: number;
  readonly closeReturn: number;
  readonly bestReturn: number;
  readonly worstReturn: number;
  readonly barrier: string;
}

/** What became of a price in the six hours after, told by the recording alone. */
function outcomeOf(candles: readonly RecordedCandle[], { at, price }: CandidateBook): Outcome | null {
  const within = candles.filter(({ openTime }) => openTime >= at && openTime + STEP_MS <= at + HORIZON_MS);
  if (within.length === 0) return null;
  const closeReturn = within.at(-1)!.close / price - 1;
  const touch = within.find(({ low, high }) => low <= price * (1 - STOP) || high >= price * (1 + TARGET));
  return {
    label: closeReturn >= RISE ? 1 : 0,
    closeReturn,
    bestReturn: Math.max(...within.map(({ high }) => high)) / price - 1,
    worstReturn: Math.min(...within.map(({ low }) => low)) / price - 1,
    barrier: touch === undefined ? 'neither' : touch.low <= price * (1 - STOP) ? 'down' : 'up',
  };
}

/** Every candidate whose time is over has its label, the one the recording gives; a rise asks for training. */
export function checkLabels(books: Books, recorded: (market: string) => readonly RecordedCandle[]): Checked[] {
  const now = books.scans().at(-1)?.at ?? 0;
  const candidates = books.candidates();
  const due = candidates.filter(({ at }) => at + HORIZON_MS + LATE_MS <= now);
  const late = due.filter(({ labelState }) => labelState === 'pending');
  const labelled = candidates.filter(({ labelState }) => labelState === 'labelled');
  const delays = labelled.map(({ labelledAt, at }) => (labelledAt! - at - HORIZON_MS) / 60_000).sort((a, b) => a - b);

  const different = labelled.flatMap((candidate) => {
    const expected = outcomeOf(recorded(candidate.market), candidate);
    if (expected === null)
      return [`candidate ${candidate.id} of ${candidate.market}: no recorded candle says anything`];
    return (Object.keys(expected) as (keyof Outcome)[]).flatMap((key) =>
      isSame(candidate[key], expected[key])
        ? []
        : [`candidate ${candidate.id} of ${candidate.market}: ${key} is ${candidate[key]}, recorded ${expected[key]}`],
    );
  });
  const lost = candidates.filter(({ labelState }) => labelState === 'vanished' || labelState === 'gap');

  const asked = new Set(
    books.trainingRequests().flatMap(({ market, reason }) => (reason === 'rose_after_scan' ? [market] : [])),
  );
  const risen = labelled.filter(({ label }) => label === 1);
  const unasked = risen.filter(({ market }) => !asked.has(market));
  const median = delays[Math.floor(delays.length / 2)] ?? 0;
  return [
    {
      rule: 'a candidate older than 6 h 10 m has its label',
      looked: due.length,
      wrong: late.map(({ id, market }) => `candidate ${id} of ${market} waits still`),
      note: `${median.toFixed(1)} market minutes after the 6 h (median), ${(delays.at(-1) ?? 0).toFixed(1)} at most`,
    },
    {
      rule: 'the label is what the recording says',
      looked: labelled.length,
      wrong: [
        ...different,
        ...lost.map(({ id, market, labelState }) => `candidate ${id} of ${market} is said to be ${labelState}`),
      ],
      note: `${risen.length} rose`,
    },
    {
      rule: 'label 1 asks for training',
      looked: risen.length,
      wrong: unasked.map(({ id, market }) => `candidate ${id}: nobody asked to train ${market}`),
    },
  ];
}

const isSame = (found: number | string | null, expected: number | string): boolean =>
  typeof found === 'number' && typeof expected === 'number'
    ? Math.abs(found - expected) <= TOLERANCE
    : found === expected;
