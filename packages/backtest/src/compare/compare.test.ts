import {
  Decimal,
  decideToken,
  type EntryFacts,
  type GateVerdict,
  gateWithoutModel,
  openScan,
  type Regime,
  type Ticker24h,
  termsOf,
} from '@mexc-bot/core';
import { describe, expect, it } from 'vitest';
import { STEP_MS, syntheticMarkets, testSettings } from '../../../../test/support/synthetic-markets.ts';
import { prepareData } from '../data.ts';
import { gapByCause } from '../record/gap-by-cause.ts';
import type { RecordedTrade } from '../record/trading-record.ts';
import type { BacktestDecision } from '../result.ts';
import { runBacktest } from '../run.ts';
import { tickerAt } from '../tickers.ts';
import { backtestView } from './backtest-view.ts';
import { type DecisionPair, pairDecisions } from './decisions.ts';
import { pairExits } from './exits.ts';
import type { RecordedDecision, RecordedScan, RecordedScans, RecordedToken } from './recorded.ts';

const settings = testSettings({ keepDecisions: true });
const hype = { ...settings.rules.hype, minChange24h: 0.001, maxSpread: 0.0035 };
const asked = { ...settings, rules: { ...settings.rules, hype } };
const data = prepareData(syntheticMarkets(21, 20, 2_000, 0.006), '5m');
const result = runBacktest(data, asked);
const decisions = result.decisions ?? [];
const view = backtestView(data, asked, result);

interface Changes {
  readonly ticker?: Partial<Ticker24h>;
  readonly regime?: Regime;
  readonly verdict?: GateVerdict;
  readonly entry?: EntryFacts;
  readonly rejected?: string;
  readonly candleAt?: number;
  readonly decided?: RecordedToken['decided'];
}

/** The account as the backtest's own was, seen with the recorder's eyes. */
function entryOf({ market, at, account }: BacktestDecision, overrides: { readonly occupied?: readonly string[] } = {}) {
  const rules = data.markets.find((each) => each.market.id === market)!.market.rules;
  const others = Array.from(
    { length: (account?.positions ?? 0) - (account?.held === true ? 1 : 0) },
    (_, i) => `H${i}USDT`,
  );
  const occupied = overrides.occupied ?? [...others, ...(account?.held === true ? [market] : [])];
  const ask = new Decimal(view.marketAt(market, at)!.ticker.ask).div(rules.tickSize).ceil().mul(rules.tickSize);
  return {
    barred: null,
    asOf: at + 20_000,
    ask,
    askAgeMs: 0,
    exposure: {
      paused: false,
      freeQuote: new Decimal(account?.freeQuote ?? 1_000),
      equity: new Decimal(account?.equity ?? 1_000),
      occupied: new Set(occupied),
      lastExitAt: account?.lastExitAt ?? null,
      record: { stoppedAt: [], realisedToday: new Decimal(account?.realisedToday ?? 0), highWaterMark: null },
    },
  } satisfies EntryFacts;
}

/** A scan 20 s after a decision's candle closed, all as the backtest saw it but for some changes to its market. */
function scanAt(decision: BacktestDecision, changes: Changes = {}): RecordedScan {
  const { at, market } = decision;
  const tickers = data.markets.map((each) => {
    const ticker = tickerAt(each, each.rowAt[(at - data.start) / STEP_MS - 1]!, asked.costs);
    return each.market.id === market ? { ...ticker, ...changes.ticker } : ticker;
  });
  const moment = {
    mode: 'test',
    at: at + 20_000,
    tickers,
    universeVerdict: () => null,
    regimeBefore: null,
    btc: null,
  } as const;
  const opened = openScan(moment, asked.rules);
  const regime = changes.regime ?? decision.regime;
  const terms = termsOf(asked.rules, 'test', regime);
  const tokens = opened.tokens.map((token): [string, RecordedToken] => {
    const id = token.ticker.market;
    const mine = view.marketAt(id, at)!;
    const classification = mine.pattern(terms.strategy);
    const it = data.markets.find((each) => each.market.id === id)!.market;
    const { strategy } = classification;
    const own = strategy === null ? null : gateWithoutModel(strategy, 'test', asked.rules.gate);
    const verdict = id === market ? (changes.verdict ?? own) : own;
    const entry = id === market ? (changes.entry ?? entryOf(decision)) : entryOf(decision);
    const facts = { token, market: it, classification, lastClose: mine.lastClose, entry, ...(verdict && { verdict }) };
    const found = decideToken(facts, terms);
    const reason = found.state === 'rejected' ? found.reason : found.state;
    const decided = (id === market ? changes.decided : undefined) ?? { strategy, decision: reason };
    const last = (id === market ? changes.candleAt : undefined) ?? at - STEP_MS;
    return [id, { market: it, candles: { last, count: 400 }, verdict, entry, decided }];
  });
  return {
    at: at + 20_000,
    opening: { ...opened, regime: { ...opened.regime, regime }, terms },
    tickers: new Map(changes.rejected === undefined ? tickers.map((each) => [each.market, each]) : []),
    rejected: new Map(changes.rejected === undefined ? [] : [[market, changes.rejected]]),
    tokens: new Map(changes.rejected === undefined ? tokens : []),
  };
}

const kept = (scans: readonly RecordedScan[], keptFrom: number | null = 0): RecordedScans => ({
  keptFrom,
  between: (from, until) => scans.filter(({ at }) => at >= from && at < until),
});

/** The row of a scan's candidate. */
function rowOf(
  decision: BacktestDecision,
  scan: RecordedScan,
  overrides: Partial<RecordedDecision> = {},
): RecordedDecision {
  const { market, price } = decision;
  const { decided, candles } = scan.tokens.get(market)!;
  const bought = decided.decision === 'approved';
  return {
    at: scan.at,
    candleAt: candles?.last ?? null,
    market,
    strategy: decided.strategy as RecordedDecision['strategy'],
    regime: scan.opening.regime.regime,
    price,
    spread: 0.002,
    bought,
    reason: bought ? 'bought' : decided.decision,
    ...overrides,
  };
}

const written = (decision: BacktestDecision, overrides: Partial<RecordedDecision> = {}): RecordedDecision => ({
  at: decision.at + 20_000,
  candleAt: decision.at - STEP_MS,
  market: decision.market,
  strategy: decision.strategy,
  regime: decision.regime,
  price: decision.price,
  spread: 0.002,
  bought: isFilled(decision),
  reason: decision.decision === 'approved' ? 'bought' : decision.reason,
  ...overrides,
});
const isFilled = ({ reason }: BacktestDecision): boolean => reason === 'filled' || reason === 'partly_filled';

/** so near the filter that a price inside its candles would not have passed */
const bought = decisions.find(
  (each) => isFilled(each) && view.allowed(each.market, each.at + 20_000)!.change[0] < hype.minChange24h,
)!;
const refused = decisions.find(({ reason, account }) => reason === 'market_occupied' && account?.lastExitAt === null)!;

/** How the one decision looks beside one recorded scan of its candle. */
function beside(
  decision: BacktestDecision | null,
  rows: readonly RecordedDecision[],
  scans: RecordedScans,
): DecisionPair[] {
  return pairDecisions(rows, decision === null ? [] : [decision], scans, view);
}
const causeOf = (...args: Parameters<typeof beside>) => beside(...args).map(({ cause }) => cause);

describe('decisions', () => {
  it('that are the same leave nothing to explain', () => {
    expect(decisions.length).toBeGreaterThan(50);
    const rows = decisions.map((each) => written(each));
    const pairs = pairDecisions(rows, decisions, kept([]), view);
    expect(pairs).toHaveLength(decisions.length);
    // what a backtest approved and could not fill was not bought by trading either
    const open = decisions.filter((each) => each.decision === 'approved' && !isFilled(each));
    expect(pairs.filter(({ cause }) => cause !== null)).toHaveLength(open.length);
  });

  it('agree where any answer on the candle does, but not where trading bought later', () => {
    const early = written(refused);
    expect(causeOf(refused, [written(refused, { reason: 'cooldown' }), early], kept([]))).toEqual([null]);
    const scan = scanAt(refused, { entry: entryOf(refused, { occupied: [] }) });
    expect(causeOf(refused, [early, rowOf(refused, scan)], kept([scan]))).toEqual(['account_state']);
  });
});

describe('a difference is explained only by an input with which both decide the same', () => {
  const noScan = (change: Changes) => causeOf(bought, [], kept([scanAt(bought, change)]));
  const answered = (decision: BacktestDecision, change: Changes, row: Partial<RecordedDecision> = {}) => {
    const scan = scanAt(decision, change);
    return causeOf(decision, [rowOf(decision, scan, row)], kept([scan]));
  };
  const ticker = view.marketAt(bought.market, bought.at)!.ticker;
  const model: GateVerdict = { pass: false, confidence: 0.1, reason: 'model_no', answers: [] };

  it('the ticker between candles', () => {
    // the candles of a day before allow other changes than the closes tell
    const { change } = view.allowed(bought.market, bought.at + 20_000)!;
    expect(change[0]).toBeLessThan(hype.minChange24h);
    expect(noScan({ ticker: { change: change[0] } })).toEqual(['ticker_price']);
    expect(noScan({ ticker: { change: -0.9 } })).toEqual(['unexplained']);
  });
  it('the spread', () => {
    expect(noScan({ ticker: { bid: ticker.last * 0.99, ask: ticker.last * 1.01 } })).toEqual(['spread']);
  });
  it('the universe', () => {
    expect(noScan({ rejected: 'too_new' })).toEqual(['universe']);
  });
  it('the mood', () => {
    expect(answered(bought, { regime: 'crash' })).toEqual(['mood']);
  });
  it('the models', () => {
    expect(answered(bought, { verdict: model })).toEqual(['models']);
  });
  it('the account, where it was another one', () => {
    expect(answered(bought, { entry: entryOf(bought, { occupied: [bought.market] }) })).toEqual(['account_state']);
    // trading says that it held the market, and on its own account it did not
    const decided = { strategy: bought.strategy, decision: 'market_occupied' };
    expect(answered(bought, { decided })).toEqual(['unexplained']);
  });
  it('what stops all buys', () => {
    expect(answered(bought, { entry: { barred: 'paused' } })).toEqual(['barred']);
  });
  it('the book', () => {
    expect(answered(bought, {}, { bought: false, reason: 'order_canceled' })).toEqual(['volume_share']);
    expect(answered(bought, {}, { bought: false, reason: 'who knows' })).toEqual(['unexplained']);
  });
  it('a candle that came late', () => {
    const scan = scanAt(bought, { candleAt: bought.at - 2 * STEP_MS });
    expect(causeOf(bought, [], kept([scan]))).toEqual(['candle_late']);
  });
  it('no scan, or none that is on record', () => {
    expect(causeOf(bought, [], kept([]))).toEqual(['missed_scan']);
    expect(causeOf(bought, [], kept([], bought.at + STEP_MS))).toEqual(['not_kept']);
  });
  it('no candle', () => {
    const scan = scanAt(bought);
    const stranger = written(bought, { market: 'XUSDT' });
    const known = { ...scan, tickers: new Map([...scan.tickers, ['XUSDT', ticker]]) };
    expect(causeOf(null, [stranger], kept([known]))).toEqual(['no_candle']);
  });
  it('never a pattern that the candles do not show', () => {
    expect(answered(bought, { decided: { strategy: null, decision: 'no_pattern' } })).toEqual(['unexplained']);
  });
  it('never by one scan where another one has no reason', () => {
    const late = scanAt(bought, { verdict: model });
    const wrong = { ...scanAt(bought, { ticker: { change: -0.9 } }), at: bought.at + 80_000 };
    expect(causeOf(bought, [rowOf(bought, late)], kept([late, wrong]))).toEqual(['unexplained']);
  });
});

describe('exits', () => {
  const trade = result.trades.find(({ exitReason }) => exitReason !== 'end_of_data')!;
  const causeOfExit = (live: Partial<RecordedTrade>) => {
    const { pairs } = gapByCause({ ...result, trades: [{ ...trade, ...live }] }, { ...result, trades: [trade] });
    return pairExits(pairs, view).map(({ cause }) => cause);
  };
  const later = trade.closedAt + 6 * STEP_MS;
  const [low, high] = view.allowed(trade.market, later)!.last;
  const within = (low + high) / 2;
  /** Sold for a reason at a price later on, with a level that gives that reason; `bid` decided it. */
  const sold = (price: number, over: Partial<RecordedTrade> = {}, reason = 'stop_loss', bid = price) =>
    causeOfExit({
      closedAt: later,
      exitReason: reason,
      stopPrice: high,
      ...over,
      exits: [{ at: later, reason, price, quantity: trade.quantity, triggerPrice: bid, triggeredAt: later }],
    });

  it('are the same for the same reason at about the same time', () => {
    expect(causeOfExit({ closedAt: trade.closedAt + STEP_MS })).toEqual([null]);
  });
  it('differ by the way of the price, where the candles had that price', () => {
    expect(sold(within)).toEqual(['price_path']);
    expect(sold(high * 1.01)).toEqual(['unexplained']);
    expect(sold(low * 0.9)).toEqual(['unexplained']);
    expect(sold(within, {}, 'stop_loss', high * 1.01)).toEqual(['unexplained']);
  });
  it.each([
    ['stop_loss', { stopPrice: within }, { stopPrice: within * 0.999 }],
    ['break_even', { stopPrice: within }, { stopPrice: within * 0.999 }],
    ['trailing_stop', { trailingStop: within }, { trailingStop: null }],
    ['trailing_stop', { trailingStop: within }, { trailingStop: within * 0.999 }],
    ['trailing_stop', { entryPrice: 1, peak: within }, { entryPrice: within, peak: within }],
    ['take_profit', { takeProfits: [within] }, { takeProfits: [within * 1.001] }],
    ['trailing_take_profit', { levelsTaken: 1, peak: within * 1.04 }, { levelsTaken: 0, peak: within * 1.04 }],
    ['trailing_take_profit', { levelsTaken: 1, peak: within * 1.04 }, { levelsTaken: 1, peak: within }],
  ])('%s needs a level of the position that the price reached (%#)', (reason, possible, impossible) => {
    const levels = { takeProfits: [within] };
    expect(sold(within, { ...levels, ...possible }, reason)).toEqual(['price_path']);
    expect(sold(within, { ...levels, ...impossible }, reason)).toEqual(['unexplained']);
  });
  it('are not explained by a price where time or the owner sold', () => {
    expect(sold(within, {}, 'time_stop')).toEqual(['unexplained']);
    expect(sold(within, {}, 'forced')).toEqual(['unexplained']);
  });
});
