import {
  type EntryDecision,
  type RecordedDecision,
  type RecordedScan,
  type RecordedScans,
  recordOfBooks,
  type TradingRecord,
} from '@mexc-bot/backtest';
import { type ExchangeSymbol, HOUR_MS, type Mode, type Position } from '@mexc-bot/core';
import { decodeInputs, openStored } from '@mexc-bot/execution';
import { type Settings, UserError } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';

/** What a run of the suite wrote down: its decisions and its books. */
export interface RecordedRun {
  readonly decisions: readonly RecordedDecision[];
  readonly record: TradingRecord;
}

/** Which part of it; null: all. */
export interface RecordedPart {
  readonly from: number | null;
  readonly until: number | null;
  readonly markets: readonly ExchangeSymbol[] | null;
}

const PAGE = 5_000;

/** @throws {UserError} nothing was recorded in that mode and time */
export function readRecordedRun(store: Store, mode: Mode, settings: Settings, asked: RecordedPart): RecordedRun {
  const { markets } = asked;
  const isAsked = ({ market }: { readonly market: ExchangeSymbol }): boolean => markets?.includes(market) ?? true;
  const decisions = readDecisions(store, mode, asked).filter(isAsked);
  const first = decisions[0];
  const last = decisions.at(-1);
  if (first === undefined || last === undefined) {
    throw new UserError(
      `${settings.database} has no decisions of ${mode} mode in that time${markets === null ? '' : ` about ${markets.join(', ')}`}`,
      'A run of the suite writes them down; name another database with --database.',
    );
  }
  const from = asked.from ?? first.at;
  const until = asked.until ?? last.at;
  const inSpan = (position: Position): boolean =>
    isAsked(position) && position.openedAt >= from && position.openedAt <= until;
  const decisionOf = (positionId: string): EntryDecision | null => {
    const candidate = store.candidates.ofPosition(positionId);
    if (candidate === undefined) return null;
    const { price, measures, regime } = candidate;
    return { price, spread: measures.spread ?? null, regime };
  };
  const record = recordOfBooks({
    closed: store.positions.closed(mode, 0).filter(inSpan),
    open: store.positions.open(mode).filter(inSpan),
    orders: store.orders.ofMode(mode),
    fills: store.orders.fillsOfMode(mode),
    startEquity: settings.paper.balanceUsdt,
    span: { from, until },
    decisionOf,
    closeBy: (market, at) => {
      const candles = store.candles.last(market, '5m', 1, at);
      const price = candles.close[0];
      return price === undefined ? null : { at: candles.openTime[0]! + HOUR_MS / 12, price };
    },
    btc: `BTC${settings.universe.quote}`,
  });
  return { decisions, record };
}

function readDecisions(
  store: Store,
  mode: Mode,
  { from, until }: Pick<RecordedPart, 'from' | 'until'>,
): RecordedDecision[] {
  const found: RecordedDecision[] = [];
  let after = 0;
  for (;;) {
    const page = store.candidates.page({ after, limit: PAGE, mode });
    for (const { id, at, candleAt, market, strategy, regime, price, measures, decision, reason } of page) {
      after = id;
      if ((from !== null && at < from) || (until !== null && at > until)) continue;
      const bought = decision === 'bought';
      found.push({ at, candleAt, market, strategy, regime, price, spread: measures.spread ?? null, bought, reason });
    }
    if (page.length < PAGE) return found.toSorted((a, b) => a.at - b.at);
  }
}

/** Scans of a mode as they were decided, read when they are asked for: each is some thousand tickers. */
export function recordedScans(store: Pick<Store, 'scans'>, mode: Mode): RecordedScans {
  let span = { from: Number.NaN, until: Number.NaN, scans: [] as RecordedScan[] };
  return {
    keptFrom: store.scans.inputsFrom(),
    between(from, until) {
      if (span.from === from && span.until === until) return span.scans;
      const scans: RecordedScan[] = [];
      for (let asOf = until - 1; ; ) {
        const found = store.scans.withInputs(asOf);
        if (found === undefined || found.scan.at < from) break;
        asOf = found.scan.at - 1;
        if (found.scan.mode === mode) scans.unshift(openedScan(decodeInputs(found.inputs)));
      }
      span = { from, until, scans };
      return scans;
    },
  };
}

function openedScan(stored: ReturnType<typeof decodeInputs>): RecordedScan {
  return {
    at: stored.at,
    opening: openStored(stored),
    tickers: new Map(stored.tickers.map((ticker) => [ticker.market, ticker])),
    rejected: stored.rejected,
    tokens: new Map(stored.tokens.map((token) => [token.market.id, token])),
  };
}
