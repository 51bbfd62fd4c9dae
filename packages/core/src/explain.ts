import { type Check, plainCheck, type Stage, type StageName } from './check.ts';
import { entryRequest, type ScanOpening, type ScanTerms, type TokenFacts } from './decide.ts';
import { gateChecks, gateRejection } from './gate.ts';
import { hypeChecks } from './hype.ts';
import type { Ticker24h } from './market.ts';
import { judgeEntry } from './protection.ts';
import type { RegimeState } from './regime.ts';
import { strategyChecks } from './strategy.ts';

const staged = (stage: StageName, checks: readonly Check[]): Stage[] => checks.map((check) => ({ stage, ...check }));

/** Every question a hype token was asked, in order, as far as the facts reach. The same rules answer that decided. */
export function explainToken(facts: TokenFacts, terms: ScanTerms, regime: RegimeState): Stage[] {
  const { token, classification, verdict, entry } = facts;
  const { strategy } = classification;
  const stages = [
    ...explainTicker(token.ticker, null, token.rank, terms, regime),
    ...staged('strategy', strategyChecks(classification, terms.strategy)),
  ];
  if (strategy === null || verdict === undefined) return stages;
  stages.push(...staged('ai', gateChecks(verdict, terms.by.minConfidence)));
  if (entry === undefined || gateRejection(verdict, terms.by.minConfidence) !== null) return stages;
  if (entry.barred !== null) return [...stages, ...staged('protections', [plainCheck('barred', entry.barred, false)])];
  const request = entryRequest({ ...facts, strategy, verdict, entry }, terms);
  return [...stages, ...staged('protections', judgeEntry(request, entry.exposure, terms.limits, entry.asOf).checks)];
}

/** What a market was asked that did not come as far as its candles. */
export function explainRejected(ticker: Ticker24h, opening: ScanOpening, universeVerdict: string | null): Stage[] {
  const rank = opening.ranks.get(ticker.market) ?? null;
  return explainTicker(ticker, universeVerdict, rank, opening.terms, opening.regime);
}

function explainTicker(
  ticker: Ticker24h,
  universeVerdict: string | null,
  rank: number | null,
  terms: ScanTerms,
  regime: RegimeState,
): Stage[] {
  const universe = staged('universe', [plainCheck('tradable', universeVerdict ?? 'yes', universeVerdict === null)]);
  if (universeVerdict !== null) return universe;
  return [
    ...universe,
    ...staged('hype', hypeChecks(ticker, rank, terms.hype)),
    ...staged('sentiment', [plainCheck('regime', `${regime.regime} (${regime.reason})`, regime.regime !== 'crash')]),
  ];
}
