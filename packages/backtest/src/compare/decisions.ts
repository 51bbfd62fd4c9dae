import type { BacktestDecision } from '../result.ts';
import type { BacktestView } from './backtest-view.ts';
import { type DifferenceCause, type Explanation, explainScan } from './explain.ts';
import type { RecordedDecision, RecordedScan, RecordedScans } from './recorded.ts';

/** One candle of one market, decided by both. */
export interface DecisionPair {
  /** close of the candle, ms UTC */
  readonly at: number;
  readonly market: string;
  /** the answer trading gave on that candle: the buy where there was one; null: it was no candidate there */
  readonly recorded: RecordedDecision | null;
  readonly backtest: BacktestDecision | null;
  /** null: they agree */
  readonly cause: DifferenceCause | null;
  /** what was what; null: they agree */
  readonly detail: string | null;
}

/**
 * Lays the decisions side by side, candle by candle. Trading judges a candle again every minute until the next one closes. Where it
 * bought, the backtest must have bought; else they agree where any of its answers is the backtest's.
 */
export function pairDecisions(
  recorded: readonly RecordedDecision[],
  backtest: readonly BacktestDecision[],
  scans: RecordedScans,
  view: BacktestView,
): DecisionPair[] {
  const { stepMs } = view;
  const key = (market: string, at: number): string => `${at} ${market}`;
  const answers = Map.groupBy(
    recorded.filter((row) => row.candleAt !== null),
    ({ market, candleAt }) => key(market, candleAt! + stepMs),
  );
  const decided = new Map(backtest.map((row) => [key(row.market, row.at), row]));
  const keys = new Set([
    ...[...answers].filter(([, rows]) => rows.some(({ strategy }) => strategy !== null)).map(([k]) => k),
    ...decided.keys(),
  ]);
  const places = [...keys].map((each) => {
    const [at, market] = [Number(each.slice(0, each.indexOf(' '))), each.slice(each.indexOf(' ') + 1)];
    return { at, market, rows: answers.get(each) ?? [], decision: decided.get(each) ?? null };
  });

  return places
    .sort((a, b) => a.at - b.at || (a.market < b.market ? -1 : 1))
    .map(({ at, market, rows, decision }): DecisionPair => {
      const bought = rows.find((row) => row.bought);
      const same = decision === null ? undefined : agreeing(rows, decision);
      const first = bought ?? same ?? rows.find(({ strategy }) => strategy !== null) ?? null;
      const found = same === undefined ? explain({ market, at, decision, rows }, scans, view) : null;
      return {
        at,
        market,
        recorded: first,
        backtest: decision,
        cause: found?.cause ?? null,
        detail: found?.detail ?? null,
      };
    });
}

/** The answer that is the backtest's. */
function agreeing(rows: readonly RecordedDecision[], decision: BacktestDecision): RecordedDecision | undefined {
  const filled = decision.reason === 'filled' || decision.reason === 'partly_filled';
  const alike = ({ strategy }: RecordedDecision): boolean => strategy === decision.strategy;
  const bought = rows.find((row) => row.bought);
  if (bought !== undefined || filled) return bought !== undefined && filled && alike(bought) ? bought : undefined;
  return rows.find((row) => alike(row) && row.reason === decision.reason);
}

interface Place {
  readonly market: string;
  readonly at: number;
  readonly decision: BacktestDecision | null;
  readonly rows: readonly RecordedDecision[];
}

/** Every scan that judged the candle must be explained; the one that bought, or else the first, names the cause. */
function explain(place: Place, scans: RecordedScans, view: BacktestView): Explanation | null {
  const { market, at, rows } = place;
  const { stepMs } = view;
  const around = scans.between(at, at + 2 * stepMs);
  const during = around.filter((scan) => scan.at < at + stepMs);
  const judged = around.filter((scan) => {
    const token = scan.tokens.get(market);
    return token === undefined ? scan.at < at + stepMs : token.candles?.last === at - stepMs;
  });
  if (judged.length === 0) return notJudged(during, at, scans);

  const explained = judged.map((scan) => ({ scan, found: explainScan(place, scan, outcomeOf(rows, scan), view) }));
  const open = explained.find(({ found }) => found?.cause === 'unexplained');
  const bought = rows.find((row) => row.bought);
  const buying = bought && explained.find(({ scan }) => scan.at === bought.at);
  return open?.found ?? buying?.found ?? explained.find(({ found }) => found !== null)?.found ?? null;
}

function notJudged(during: readonly RecordedScan[], at: number, { keptFrom }: RecordedScans): Explanation {
  if (during.length > 0) {
    return { cause: 'candle_late', detail: `${during.length} scans, all of them on the candle before` };
  }
  return keptFrom === null || at < keptFrom
    ? { cause: 'not_kept', detail: 'scan.keepInputsDays says how long it is' }
    : { cause: 'missed_scan', detail: 'no scan while this candle was the last one' };
}

/** What became of a scan's order; the same answer on the same candle is written down once. */
function outcomeOf(rows: readonly RecordedDecision[], scan: RecordedScan): string | null {
  const row = rows.findLast(({ at }) => at <= scan.at);
  return row === undefined ? null : row.bought ? 'bought' : row.reason;
}
