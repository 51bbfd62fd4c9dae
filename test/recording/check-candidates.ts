import { type CandleColumns, emptyColumns } from '@mexc-bot/core';
import { FEATURE_SET, featureRow } from '@mexc-bot/models';
import type { Books, CandidateBook, ScanBody, ScanBook } from './books.ts';
import type { Checked } from './check.ts';
import type { RecordedCandle } from './recorded-candles.ts';

const HOUR_MS = 3_600_000;
const TOLERANCE = 1e-9;
const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const;
/** As the regime counts: with fewer moving markets breadth says nothing. */
const MOVING_AT_LEAST = 30;

const isBetween = (value: number, least: number, most: number): boolean => value >= least && value <= most;

/** Orders of a scan: what had no end yet when the scan ended may have been bought since. */
const sentBy = ({ funnel, bought }: ScanBook): number =>
  Object.entries(funnel).reduce((sum, [reason, count]) => (reason.startsWith('order_') ? sum + count : sum), bought);

/** Every market of every scan is counted once, rejected or decided about. */
export function checkFunnels(books: Books): Checked {
  const scans = books.scans();
  const recorded = new Map<number, number>();
  const bought = new Map<number, number>();
  for (const { scanId, decision } of books.candidates()) {
    recorded.set(scanId, (recorded.get(scanId) ?? 0) + 1);
    if (decision === 'bought') bought.set(scanId, (bought.get(scanId) ?? 0) + 1);
  }
  const wrong = scans.flatMap((scan) => {
    const counted = Object.values(scan.funnel).reduce((sum, count) => sum + count, 0);
    return [
      ...(counted === scan.seen ? [] : [`scan ${scan.id}: the funnel counts ${counted} of ${scan.seen} markets`]),
      ...((recorded.get(scan.id) ?? 0) <= scan.hype ? [] : [`scan ${scan.id}: more candidates than hype tokens`]),
      ...(scan.bought === (scan.funnel.bought ?? 0) && isBetween(bought.get(scan.id) ?? 0, scan.bought, sentBy(scan))
        ? []
        : [`scan ${scan.id}: ${scan.bought} bought, ${bought.get(scan.id) ?? 0} candidates say so`]),
    ];
  });
  return { rule: 'the funnel of a scan adds up to the markets seen', looked: scans.length, wrong };
}

/** What a scan looked at is on record: a token judged again on the same candle with the same answer once, and every purchase. */
export function checkNothingLeftOut(books: Books): Checked {
  const answers = new Set<string>();
  const bought = new Map<string | null, string>();
  for (const candidate of books.candidates()) {
    const { market, candleAt, decision, reason } = candidate;
    answers.add(`${market} ${candleAt} ${reason}`);
    if (decision === 'bought' || reason.startsWith('order_')) answers.add(`${market} ${candleAt} approved`);
    if (decision === 'bought') bought.set(candidate.positionId, market);
  }
  let looked = 0;
  const missing = books.scans().flatMap(({ id }) =>
    (books.bodyOf(id)?.tokens ?? []).flatMap(({ market, candles, decided }) => {
      looked += 1;
      const answer = `${market.id} ${candles?.last ?? null} ${decided.decision}`;
      return answers.has(answer) ? [] : [`scan ${id}: no candidate says ${answer}`];
    }),
  );
  const positions = books.positions();
  const strangers = positions.filter(({ id, market }) => bought.get(id) !== market);
  return {
    rule: 'every token looked at and every purchase has its candidate',
    looked: looked + positions.length,
    wrong: [...missing, ...strangers.map(({ market }) => `no candidate says that ${market} was bought`)],
    note: `${positions.length} purchases`,
  };
}

/** Nothing is stored as a closed candle that the recording does not have. */
export function checkCandles(books: Books, recorded: (market: string) => readonly RecordedCandle[]): Checked {
  let looked = 0;
  const wrong = books.markets().flatMap((market) => {
    const told = new Map(recorded(market).map((candle) => [candle.openTime, candle]));
    return books.candles(market).flatMap((stored) => {
      looked += 1;
      const candle = told.get(stored.openTime);
      const isSame = candle !== undefined && PRICES.every((key) => distance(stored[key], candle[key]) <= TOLERANCE);
      return isSame
        ? []
        : [
            `${market} at ${new Date(stored.openTime).toISOString()}: ${JSON.stringify(stored)}, not ${JSON.stringify(candle)}`,
          ];
    });
  });
  return { rule: 'a stored candle is the recorded one', looked, wrong };
}

/** Every candidate says why, stage by stage, and its features are those of the recording. */
export function checkCandidates(books: Books, recorded: (market: string) => readonly RecordedCandle[]): Checked[] {
  const candidates = books.candidates();
  const complete = candidates.flatMap((candidate) => incomplete(candidate));
  const bodies = bodyReader(books);
  let compared = 0;
  let worst = 0;
  const different = candidates.flatMap((candidate) => {
    const body = bodies(candidate.scanId);
    const found = candidate.features;
    const span = body?.tokens.find(({ market }) => market.id === candidate.market)?.candles;
    if (found === null || body === undefined || span == null) return [];
    compared += 1;
    const candles = columnsOf(recorded(candidate.market), span.from, span.last);
    const before = `candidate ${candidate.id} of ${candidate.market}`;
    if (candles.close.length !== span.count) {
      return [`${before} was judged on ${span.count} candles, ${candles.close.length} are recorded`];
    }
    const expected = expectedFeatures(candidate, candles, body, books.firstSeenAt(candidate.market));
    return FEATURE_SET.names.flatMap((name, i) => {
      const off = distance(found[i]!, expected[i]!);
      worst = Math.max(worst, off);
      return off <= TOLERANCE ? [] : [`${before}: ${name} is ${found[i]}, of the recorded candles ${expected[i]}`];
    });
  });
  const bought = candidates.filter(({ decision }) => decision === 'bought').length;
  return [
    {
      rule: 'a candidate has stages, a reason and its features',
      looked: candidates.length,
      wrong: complete,
      note: `${bought} bought, ${candidates.length - bought} rejected`,
    },
    {
      rule: 'its features are those of the recorded candles',
      looked: compared,
      wrong: different,
      note: `${FEATURE_SET.names.length} features each, at most ${worst.toExponential(1)} apart`,
    },
  ];
}

function incomplete({ id, market, stages, reason, features, featureSet, candleAt }: CandidateBook): string[] {
  const lacks = [
    ...(stages === null || stages.length === 0 ? ['stages'] : []),
    ...(reason === '' ? ['a reason'] : []),
    ...(candleAt === null && reason !== 'candles_unavailable' ? ['its candle'] : []),
    ...(candleAt !== null && features?.length !== FEATURE_SET.names.length ? ['features'] : []),
    ...(candleAt !== null && featureSet !== FEATURE_SET.hash ? ['the hash of its features'] : []),
  ];
  return lacks.length === 0 ? [] : [`candidate ${id} of ${market} (${reason}) lacks ${lacks.join(', ')}`];
}

/** Candidates come scan by scan: the one read last is remembered. */
function bodyReader(books: Books): (scanId: number) => ScanBody | undefined {
  let last: { readonly id: number; readonly body: ScanBody | undefined } | null = null;
  return (id) => {
    if (last?.id !== id) last = { id, body: books.bodyOf(id) };
    return last.body;
  };
}

function expectedFeatures(
  { at, measures }: CandidateBook,
  candles: CandleColumns,
  body: ScanBody,
  firstSeenAt: number | null,
): Float64Array {
  const changes = body.tickers.change.filter((change) => change !== null && change !== 0) as number[];
  const up = changes.filter((change) => change > 0).length;
  return featureRow(candles, {
    change24h: measures.change24h ?? null,
    quoteVolume24h: measures.quoteVolume24h ?? null,
    rank: measures.rank ?? null,
    spread: measures.spread ?? null,
    ageHours: firstSeenAt === null ? null : (at - firstSeenAt) / HOUR_MS,
    breadth: changes.length < MOVING_AT_LEAST ? null : up / changes.length,
    // the recording has no BTC
    btc: null,
  });
}

function columnsOf(candles: readonly RecordedCandle[], from: number, last: number): CandleColumns {
  const within = candles.filter(({ openTime }) => openTime >= from && openTime <= last);
  const columns = emptyColumns(within.length);
  for (const [i, candle] of within.entries()) {
    for (const key of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const) columns[key][i] = candle[key];
  }
  return columns;
}

/** Relative where the value is large; both unknown is equal. */
function distance(a: number, b: number): number {
  if (Number.isNaN(a) && Number.isNaN(b)) return 0;
  const off = Math.abs(a - b) / Math.max(1, Math.abs(b));
  return Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
}
