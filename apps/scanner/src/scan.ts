import {
  adjustHype,
  adjustments,
  adjustStrategy,
  classify,
  findHype,
  gateWithoutModel,
  type HypeCriteria,
  type HypeToken,
  type Ticker24h,
} from '@mexc-bot/core';
import type { Logger } from '@mexc-bot/runtime';
import type { CandidateRow, ScanRow } from '@mexc-bot/store';
import { type BuyerDeps, createBuyer } from './buyer.ts';
import { type Contender, decided } from './decision.ts';
import { createMood } from './mood.ts';
import { createReader, type Reading } from './reading.ts';
import { createUniverse } from './universe.ts';

export interface ScanDeps extends BuyerDeps {
  readonly log: Logger;
}

/** One scan: what was seen, and what was decided about every hype token. */
export interface ScanResult {
  readonly scan: ScanRow;
  readonly decisions: readonly CandidateRow[];
}

/** One pass from the market to the buys: universe, mood, hype, strategy, gate, protections. */
export function createScan(deps: ScanDeps): () => Promise<ScanResult> {
  const { marketData, store, clock, settings } = deps;
  const readMood = createMood({ ...deps, settings: settings.regime });
  const buy = createBuyer(deps);
  const readUniverse = createUniverse({
    ...deps,
    criteria: { ...settings.universe, minAgeMs: settings.universe.minAgeHours * 3_600_000 },
  });
  const readCandles = createReader(marketData, clock, settings.strategy, 4 * settings.scan.maxCandidates);
  const hypeCriteria = { ...settings.hype, maxCandidates: settings.scan.maxCandidates };
  const lastRecorded = new Map<string, string>();

  return async () => {
    const startedWall = clock.wallNow();
    const mode = store.state.mode() ?? settings.mode;
    await deps.executor.settle();

    const universe = await readUniverse();
    const tickers = await marketData.tickers();
    const at = clock.now();
    const mood = await readMood(tickers.filter((ticker) => universe.tradable.has(ticker.market)));
    const by = adjustments(mood.regime, settings.regime.adjust);
    const { hype, funnel } = rankTokens(tickers, universe, adjustHype(hypeCriteria, by));

    const looked = await Promise.all(
      hype.map(async (token) => ({ token, reading: await readCandles(token.ticker.market) })),
    );
    const decisions: CandidateRow[] = [];
    const contenders: Contender[] = [];
    for (const { token, reading } of looked) {
      const classification = classify(reading.candles, reading.indicators, adjustStrategy(settings.strategy, by));
      if (classification.strategy === null) {
        decisions.push(decided(token, classification, null, classification.reason));
        continue;
      }
      const verdict = gateWithoutModel(classification.strategy, mode, settings.ai);
      if (!verdict.pass) decisions.push(decided(token, classification, verdict, verdict.reason));
      else if (verdict.confidence < by.minConfidence) {
        decisions.push(decided(token, classification, verdict, 'confidence_below_minimum'));
      } else
        contenders.push({
          token,
          market: universe.tradable.get(token.ticker.market)!,
          reading,
          classification,
          verdict,
        });
    }

    const classified = looked.length - decisions.filter((row) => row.strategy === null).length;
    decisions.push(
      ...(await buy(contenders, {
        mode,
        tickers,
        regime: mood.regime,
        adjustments: by,
        collapsed: universe.collapsed,
      })),
    );

    for (const row of decisions) count(funnel, row.decision === 'bought' ? 'bought' : row.reason);
    const scan: ScanRow = {
      mode,
      at,
      wallAt: clock.wallNow(),
      durationMs: clock.wallNow() - startedWall,
      seen: tickers.length,
      hype: hype.length,
      classified,
      bought: funnel.bought ?? 0,
      regime: mood.regime,
      covered: null,
      funnel,
    };
    if (!deps.dry)
      store.scans.record(
        scan,
        decisions.filter((row) => isNews(row, looked)),
      );
    return { scan, decisions };
  };

  /** A token is judged every minute on the same closed candle: the same answer is written down once. */
  function isNews(row: CandidateRow, looked: readonly { token: HypeToken; reading: Reading }[]): boolean {
    const candle = looked.find(({ token }) => token.ticker.market === row.market)?.reading.candles.at(-1)?.openTime;
    const answer = `${candle} ${row.decision} ${row.reason}`;
    if (lastRecorded.get(row.market) === answer) return false;
    lastRecorded.set(row.market, answer);
    return true;
  }
}

function count(funnel: Record<string, number>, code: string, by = 1): void {
  funnel[code] = (funnel[code] ?? 0) + by;
}

/** Universe first, then hype: every ticker that does not go on is counted under its reason. */
function rankTokens(
  tickers: readonly Ticker24h[],
  universe: Awaited<ReturnType<ReturnType<typeof createUniverse>>>,
  criteria: HypeCriteria,
): { hype: readonly HypeToken[]; funnel: Record<string, number> } {
  const funnel: Record<string, number> = {};
  const eligible: Ticker24h[] = [];
  for (const ticker of tickers) {
    if (universe.tradable.has(ticker.market)) eligible.push(ticker);
    else count(funnel, universe.rejected.get(ticker.market) ?? 'not_listed');
  }
  const { tokens, rejected } = findHype(eligible, criteria);
  for (const reason of rejected.values()) count(funnel, reason);
  return { hype: tokens, funnel };
}
