import {
  type AccountStop,
  baseMeant,
  type ExchangeSymbol,
  explainRejected,
  type Mode,
  marketMeant,
  type Regime,
  type Stage,
} from '@mexc-bot/core';
import { didYouMean, UserError } from '@mexc-bot/runtime';
import type { Candidate, Store } from '@mexc-bot/store';
import { decodeInputs, LAST_SCAN, openStored } from './scan-inputs.ts';

/** The last decision on a token, and how it came about. */
export interface Why {
  readonly market: ExchangeSymbol;
  readonly mode: Mode;
  /** market time of the scan, ms UTC */
  readonly at: number;
  readonly decision: 'bought' | 'rejected';
  readonly reason: string;
  readonly regime: Regime | null;
  readonly strategy: string | null;
  readonly confidence: number | null;
  /** empty: forgotten, because it is long ago */
  readonly stages: readonly Stage[];
  /** what became of the price; null: not known yet, or it was never a candidate */
  readonly label: Candidate['label'] | null;
  /** what stops all buys of the mode for a while, as of now; null: nothing does */
  readonly accountStop: AccountStop | null;
  /** an earlier decision that went further; null: this is it */
  readonly lastCandidate: { readonly at: number; readonly decision: string; readonly reason: string } | null;
}

/**
 * Says why a token was, or was not, bought at the last scan that is on record: a candidate with every stage, or a token that never
 * came so far, from what the last scan was decided on.
 *
 * @param asked `PEPE`, `PEPEUSDT` or `PEPE/USDT`, in any case
 * @throws {UserError} no such market, with the one that is probably meant; or nothing on record
 */
export function whyOf(
  store: Store,
  asked: string,
  quote: string,
  accountStopOf: (mode: Mode, asOf: number) => AccountStop | null,
): Why {
  const market = findMarket(store, asked, quote);
  const candidate = store.candidates.latest(market);
  const found = store.scans.withInputs(LAST_SCAN);
  const stored = found && decodeInputs(found.inputs);
  const isHype = stored?.tokens.some((token) => token.market.id === market) === true;
  if (stored === undefined || isHype || store.candidates.current(market) !== undefined) {
    if (candidate === undefined) throw new UserError(`no scan has looked at ${market} yet`);
    const { mode, at, decision, reason, regime, strategy, confidence, label } = candidate;
    const stages = candidate.stages ?? [];
    const accountStop = accountStopOf(mode, stored?.at ?? at);
    const decided = { market, mode, at, decision, reason, regime, strategy, confidence, stages, label };
    return { ...decided, accountStop, lastCandidate: null };
  }

  const opening = openStored(stored);
  const ticker = stored.tickers.find((row) => row.market === market);
  const verdict = stored.rejected.get(market) ?? (ticker === undefined ? 'no_ticker' : null);
  const price = ticker ?? { market, last: Number.NaN, bid: 0, ask: 0, quoteVolume: null, change: null };
  return {
    market,
    mode: stored.mode,
    at: stored.at,
    decision: 'rejected',
    reason: verdict ?? opening.rejected.get(market) ?? 'not_listed',
    regime: opening.regime.regime,
    strategy: null,
    confidence: null,
    stages: explainRejected(price, opening, verdict),
    label: null,
    accountStop: accountStopOf(stored.mode, stored.at),
    lastCandidate: candidate === undefined ? null : pick(candidate),
  };
}

const pick = ({ at, decision, reason }: Candidate) => ({ at, decision, reason });

function findMarket(store: Store, asked: string, quote: string): ExchangeSymbol {
  const ids = store.markets.ids();
  const found = marketMeant(asked, ids, quote);
  if (found !== undefined) return found;
  const bases = ids.filter((id) => id.endsWith(quote)).map((id) => id.slice(0, -quote.length));
  const meant = baseMeant(asked, quote);
  const nearest = meant === '' ? null : didYouMean(meant, bases);
  const hint =
    ids.length === 0
      ? 'No list of markets was read yet: start the suite, or run npm run scanner once.'
      : nearest === null
        ? 'npm run scanner once -- --dry lists the tokens that are looked at now.'
        : `Did you mean ${nearest}?`;
  throw new UserError(`no market is called ${asked}`, hint);
}
