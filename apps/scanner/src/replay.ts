import {
  classifyNow,
  decideToken,
  type ExchangeSymbol,
  type HypeToken,
  type ScanOpening,
  TIMEFRAME_MS,
  type TokenFacts,
} from '@mexc-bot/core';
import {
  type DecidedToken,
  decidedToken,
  decodeInputs,
  LAST_SCAN,
  openStored,
  type StoredToken,
} from '@mexc-bot/execution';
import { UserError } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { readingOf } from './reading.ts';

/** Where a scan, decided again, comes to something else; `undefined`: the token is not among those looked at. */
interface ReplayDifference {
  readonly market: ExchangeSymbol;
  readonly before: DecidedToken | undefined;
  readonly after: DecidedToken | undefined;
  /** why, where that is known */
  readonly because: string | null;
}

export interface Replay {
  /** market time of the scan, ms UTC */
  readonly at: number;
  readonly scanId: number;
  readonly mode: string;
  readonly regime: { readonly before: string | null; readonly after: string };
  /** hype tokens decided again */
  readonly tokens: number;
  readonly same: number;
  readonly differences: readonly ReplayDifference[];
}

/**
 * Decides the newest scan at or before a time again, by the same functions: tickers, answers of the models and the account come
 * from what was stored with it, the patterns from the stored candles. What the exchange made of an order is not asked again.
 *
 * @param asOf market ms UTC
 * @throws {UserError} nothing is stored of such a scan
 */
export function replayScan(store: Pick<Store, 'scans' | 'candles'>, asOf: number): Replay {
  const found = store.scans.withInputs(asOf);
  if (found === undefined) {
    throw new UserError(
      `nothing is stored that a scan${asOf === LAST_SCAN ? '' : ` at or before ${new Date(asOf).toISOString()}`} was decided on`,
      'scan.keepInputsDays and scan.keepInputsMb in settings.json say how long it is kept.',
    );
  }
  const stored = decodeInputs(found.inputs);
  const opening = openStored(stored);
  const then = new Map(stored.tokens.map((token) => [token.market.id, token]));
  const now = new Map(opening.tokens.map((token) => [token.ticker.market, token]));
  const markets = [...new Set([...then.keys(), ...now.keys()])];
  const differences = markets.flatMap((market) => {
    const before = then.get(market);
    const again = before && redecide(store, before, now.get(market), opening, stored.at);
    const after = again?.decided;
    const because = again?.because ?? null;
    return before !== undefined && after !== undefined && isSame(before.decided, after)
      ? []
      : [{ market, before: before?.decided, after, because }];
  });
  return {
    at: stored.at,
    scanId: found.scan.id,
    mode: stored.mode,
    regime: { before: found.scan.regime, after: opening.regime.regime },
    tokens: markets.length,
    same: markets.length - differences.length,
    differences,
  };
}

interface Redecided {
  readonly decided: DecidedToken;
  readonly because: string | null;
}

function redecide(
  store: Pick<Store, 'candles'>,
  before: StoredToken,
  token: HypeToken | undefined,
  { terms }: ScanOpening,
  at: number,
): Redecided | undefined {
  if (token === undefined) return undefined;
  const { market, candles: wanted, verdict, entry } = before;
  const given = { token, market, ...(verdict && { verdict }), ...(entry && { entry }) };
  const decided = (facts: TokenFacts) => decidedToken(facts.classification.strategy, decideToken(facts, terms));
  if (wanted === null) {
    const classification = { strategy: null, reason: 'candles_unavailable', measures: null } as const;
    return { decided: decided({ ...given, classification, lastClose: Number.NaN }), because: null };
  }
  const step = TIMEFRAME_MS['5m'];
  const range = { from: wanted.from, until: wanted.count === 0 ? wanted.from : wanted.last + step };
  const reading = readingOf(store.candles.between(market.id, '5m', range, range.until));
  const { candles, at: last, indicators } = reading;
  const classification = classifyNow(candles, last, indicators, terms.strategy, step, at);
  const count = candles.close.length;
  return {
    decided: decided({ ...given, classification, lastClose: candles.close[last] ?? Number.NaN }),
    because:
      count === wanted.count ? null : `it was judged on ${wanted.count} candles, and ${count} of them are stored now`,
  };
}

const isSame = (a: DecidedToken, b: DecidedToken): boolean =>
  a.strategy === b.strategy && a.decision === b.decision && a.price === b.price && a.quantity === b.quantity;

export function replayText(replay: Replay): string {
  const { at, scanId, mode, regime, tokens, same, differences } = replay;
  const words = (decided: DecidedToken | undefined): string =>
    decided === undefined
      ? 'not looked at'
      : [decided.strategy, decided.decision, decided.quantity && `${decided.quantity} at ${decided.price}`]
          .filter((part) => part !== null)
          .join(' ');
  return [
    `${mode.toUpperCase()} scan ${scanId} of ${new Date(at).toISOString()}, decided again: ` +
      `${same} of ${tokens} decisions are the same`,
    ...(regime.before === regime.after ? [] : [`regime: ${regime.before} then, ${regime.after} now`]),
    ...differences.map(
      ({ market, before, after, because }) =>
        `${market}: ${words(before)} then, ${words(after)} now${because === null ? '' : ` (${because})`}`,
    ),
  ].join('\n');
}
