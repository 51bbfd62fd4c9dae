import {
  type AccountRecord,
  accountRecord,
  applyExitFill,
  approveExit,
  type ClosedPosition,
  closeIfDone,
  DAY_MS,
  Decimal,
  EXIT_TYPES,
  type ExchangeSymbol,
  type Execution,
  type Exposure,
  exitRung,
  forceExit,
  type HighWaterMark,
  highWaterMark,
  type OpenPosition,
  realisedPnl,
  recordSince,
  step,
  TIMEFRAME_MS,
  totalsOf,
  walkDepth,
  withVolatility,
  ZERO,
} from '@mexc-bot/core';
import { askOver, bidUnder, estimatedDepth, halfSpread } from './book-estimate.ts';
import type { PreparedData } from './data.ts';
import { isGivenUpBy, isGoneAfter } from './delisting.ts';
import { detailRows } from './detail-rows.ts';
import {
  fillsOf,
  type Holding,
  isQuiet,
  isRemnant,
  isStuck,
  openHolding,
  type PendingEntry,
  recordExit,
  tradeOf,
} from './holding.ts';
import type { BacktestSettings } from './options.ts';
import { type BidCandle, walkCandle } from './price-path.ts';
import type { BacktestExitReason, BacktestTrade } from './result.ts';

/** The furthest rung of the exit ladder: on an estimated book that stands still, the ladder's orders together fill as this one. */
const LAST_RUNG = 3;

export type EntryOutcome = 'filled' | 'partly_filled' | 'unfilled' | 'no_candle';

/** The paper account of a run: cash, positions, trades. */
export interface SimulatedAccount {
  readonly trades: readonly BacktestTrade[];
  readonly openPositions: number;
  /** What the protections look at, before the market asked about. */
  exposure(asOf: number, market: ExchangeSymbol): Exposure;
  /** Moves the high-water mark; once a scan that has a contender. */
  markEquity(asOf: number): void;
  /** An approved order reserves its money until the next candle. */
  place(entry: PendingEntry): void;
  /** Fills what waits on the candles of a grid index, and shows every position its candle. */
  advance(index: number, told: (entry: PendingEntry, outcome: EntryOutcome) => void): void;
  /** Positions of which a rest under the exchange's minimum could not be sold, and how long that blocked their markets, market ms. */
  readonly remnants: { readonly positions: number; readonly blockedMs: number };
  /** Free quote, and what is held at its last price. */
  equity(): { readonly equity: number; readonly held: number };
  /** Sells everything at its last bid, for there is no more data. @returns what still waited to be filled */
  finish(at: number): readonly PendingEntry[];
}

export function createAccount(data: PreparedData, settings: BacktestSettings): SimulatedAccount {
  const { costs, rules, position: positionRules, stop } = settings;
  const detailMs = data.detail === null ? null : TIMEFRAME_MS[data.detail];
  const holdings = new Map<ExchangeSymbol, Holding>();
  const occupied = new Set<ExchangeSymbol>();
  const lastExitAt = new Map<ExchangeSymbol, number>();
  const trades: BacktestTrade[] = [];
  let pending: PendingEntry[] = [];
  let closed: ClosedPosition[] = [];
  let cash = new Decimal(settings.balance);
  let reserved = ZERO;
  let mark: HighWaterMark | null = null;
  let opened = 0;
  let remnants = 0;
  let blockedMs = 0;
  let fills = 0;
  /** changes whenever the books do */
  let version = 0;
  let record: { readonly version: number; readonly day: number; readonly record: AccountRecord } | null = null;
  let valued: { readonly version: number; readonly asOf: number; readonly equity: Decimal } | null = null;

  const lastPrice = ({ market, row }: Holding): number => market.candles.close[row]!;

  function heldValue(): number {
    let held = 0;
    for (const holding of holdings.values()) held += holding.quantity * lastPrice(holding);
    return held;
  }

  function equityAt(asOf: number): Decimal {
    if (valued?.version !== version || valued.asOf !== asOf) {
      valued = { version, asOf, equity: cash.plus(heldValue()) };
    }
    return valued.equity;
  }

  function recordAt(asOf: number): AccountRecord {
    const day = Math.floor(asOf / DAY_MS);
    if (record?.version !== version || record.day !== day) {
      const since = recordSince(rules.limits[settings.mode].account, asOf);
      closed = closed.filter(({ closedAt }) => closedAt >= since);
      const open = Array.from(holdings.values(), ({ position }) => position);
      record = { version, day, record: accountRecord(closed, open, null, asOf) };
    }
    return { ...record.record, highWaterMark: mark };
  }

  function buy(entry: PendingEntry, index: number): EntryOutcome {
    const { market, order } = entry;
    const row = market.rowAt[index]!;
    if (row < 0) return 'no_candle';
    const { candles } = market;
    const marketRules = market.market.rules;
    const half = halfSpread(market.atrFraction[row]!, costs);
    const open = candles.open[row]!;
    const depth = estimatedDepth('buy', askOver(open * (1 + half), marketRules), candles.volume[row]!, costs);
    const executions = walkDepth(order, depth, marketRules);
    if (executions.length === 0) return 'unfilled';

    const totals = totalsOf(executions);
    cash = cash.minus(totals.notional).minus(totals.fee);
    opened += 1;
    fills += 1;
    const holding = openHolding({ entry, executions, totals, row, half, id: opened, sequence: fills }, settings);
    holdings.set(order.market, holding);
    occupied.add(order.market);
    return holding.filledShare < 1 ? 'partly_filled' : 'filled';
  }

  /** Books executions of a sale; closes the position when nothing sellable is left. */
  function book(
    holding: Holding,
    executions: readonly Execution[],
    at: number,
    reason: BacktestExitReason,
    half: number,
  ): void {
    const before = holding.position;
    const pendingExit = before.pendingExit!;
    const { market } = holding;
    const totals = totalsOf(executions);
    holding.takenOfCandle += totals.quantity.toNumber();
    cash = cash.plus(totals.notional).minus(totals.fee);
    fills += 1;
    version += 1;
    const sold = { mode: before.mode, market: before.market, side: 'sell' } as const;
    let position: OpenPosition = before;
    for (const fill of fillsOf(sold, executions, market, at, fills))
      position = applyExitFill(position, fill, market.market.rules);
    const last = pendingExit.triggerPrice.toNumber() / (1 - half);
    recordExit(holding, totals, { at, reason, trigger: pendingExit.triggerPrice }, last, half);
    hold(holding, position);
    const after = closeIfDone(position, market.market.rules, at);
    if (after.state === 'closed') end(holding, after, at);
  }

  function end(holding: Holding, position: ClosedPosition, at: number): void {
    trades.push(tradeOf(holding, position, at, realisedPnl(position)));
    closed.push(position);
    holdings.delete(position.market);
    occupied.delete(position.market);
    lastExitAt.set(position.market, at);
    version += 1;
  }

  function hold(holding: Holding, position: OpenPosition): void {
    if (position === holding.position) return;
    if (position.quantity !== holding.position.quantity) holding.quantity = position.quantity.toNumber();
    holding.position = position;
    holding.band = undefined;
    holding.refusedUpTo = 0;
  }

  /** One bid: the position engine decides, what it decided is sold into the estimated book. */
  function show(holding: Holding, at: number, price: number, half: number, volume: number): OpenPosition | null {
    const marketRules = holding.market.market.rules;
    const bid = bidUnder(price, marketRules);
    hold(holding, step(holding.position, { at, price: bid }, positionRules, marketRules).position);
    if (holding.position.pendingExit === null) return holding.position;

    const rung = exitRung(LAST_RUNG, bid, marketRules, positionRules.maxExitSlippage, EXIT_TYPES);
    const order = approveExit(holding.position, rung, marketRules);
    if (!order.ok) {
      holding.refusedUpTo = Math.max(holding.refusedUpTo, price);
      return holding.position;
    }
    const depth = estimatedDepth('sell', bid, volume - holding.takenOfCandle / costs.volumeShare, costs);
    const executions = walkDepth(order.value, depth, marketRules);
    if (executions.length === 0) return holding.position;
    book(holding, executions, at, holding.position.pendingExit.reason, half);
    return holdings.get(holding.position.market) === holding ? holding.position : null;
  }

  /** Sells all of it at one price, whatever the book: there will be no other. */
  function liquidate(holding: Holding, price: number, at: number, reason: BacktestExitReason): void {
    const { market } = holding.market;
    const bid = bidUnder(price, market.rules);
    holding.position = forceExit(holding.position, { at, price: bid }, market.rules).position;
    const { pendingExit } = holding.position;
    const half = halfSpread(holding.market.atrFraction[holding.row]!, costs);
    if (pendingExit === null) return;
    const { quantity } = holding.position;
    const fee = bid.mul(quantity).mul(market.rules.takerFeeRate);
    book(holding, [{ price: bid, quantity, fee }], at, reason, half);
  }

  function delist(holding: Holding, at: number): void {
    liquidate(holding, lastPrice(holding) * (1 - costs.delistingLoss), at, 'delisted');
  }

  function walk(holding: Holding, index: number): void {
    const { market } = holding;
    const { candles } = market;
    const row = market.rowAt[index]!;
    const closesAt = data.start + (index + 1) * data.stepMs;
    if (row < 0) {
      if (isGivenUpBy(market, holding.row, index, data)) delist(holding, closesAt);
      return;
    }
    holding.row = row;
    holding.takenOfCandle = 0;
    const half = halfSpread(market.atrFraction[row]!, costs);
    const keep = 1 - half;
    const changesNothing = (bid: number): boolean => isQuiet(holding, bid * keep, closesAt, positionRules);
    const quiet = changesNothing(candles.low[row]!) && changesNothing(candles.high[row]!);
    if (!quiet && !isStuck(holding, row, keep) && !resolve(holding, row, keep, half)) return;
    hold(holding, withVolatility(holding.position, holding.stopAtr[row]!, stop, market.market.rules));
    if (!isRemnant(holding, row, keep)) return;
    if (holding.blockedMs === 0) remnants += 1;
    holding.blockedMs += data.stepMs;
    blockedMs += data.stepMs;
  }

  /** @returns whether the position is still open */
  function resolve(holding: Holding, row: number, keep: number, half: number): boolean {
    const { market } = holding;
    const openTime = market.candles.openTime[row]!;
    const finer = detailMs === null ? null : detailRows(market, openTime, data.stepMs, detailMs);
    const candles = finer === null ? market.candles : market.detail!;
    const [first, end] = finer ?? [row, row + 1];
    const lengthMs = data.stepMs / (end - first);
    let left: OpenPosition | null = holding.position;
    for (let i = first; i < end && left !== null; i++) {
      const candle: BidCandle = {
        openTime: candles.openTime[i]!,
        lengthMs,
        open: candles.open[i]! * keep,
        high: candles.high[i]! * keep,
        low: candles.low[i]! * keep,
        close: candles.close[i]! * keep,
      };
      const volume = candles.volume[i]!;
      if (finer !== null) holding.takenOfCandle = 0;
      left = walkCandle(left, candle, positionRules, {
        isQuiet: (at, bid) => isQuiet(holding, bid, at, positionRules),
        show: (at, bid) => show(holding, at, bid, half, volume),
      });
    }
    return left !== null;
  }

  return {
    trades,
    get openPositions() {
      return holdings.size;
    },
    get remnants() {
      return { positions: remnants, blockedMs };
    },
    exposure: (asOf, market) => ({
      paused: false,
      freeQuote: Decimal.max(cash.minus(reserved), ZERO),
      equity: equityAt(asOf),
      occupied,
      lastExitAt: lastExitAt.get(market) ?? null,
      record: recordAt(asOf),
    }),
    markEquity(asOf) {
      mark = highWaterMark(mark, equityAt(asOf), asOf, settings.forgetPeakMs);
    },
    place(entry) {
      const { order, market } = entry;
      pending.push(entry);
      occupied.add(order.market);
      reserved = reserved.plus(order.price.mul(order.quantity).mul(market.market.rules.takerFeeRate.plus(1)));
    },
    advance(index, told) {
      if (pending.length > 0) {
        const waiting = pending;
        pending = [];
        reserved = ZERO;
        version += 1;
        for (const entry of waiting) {
          occupied.delete(entry.order.market);
          told(entry, buy(entry, index));
        }
      }
      for (const holding of holdings.values()) walk(holding, index);
    },
    equity() {
      const held = heldValue();
      return { equity: cash.toNumber() + held, held };
    },
    finish(at) {
      for (const holding of [...holdings.values()]) {
        if (holding.row < 0) continue;
        const half = halfSpread(holding.market.atrFraction[holding.row]!, costs);
        if (isGoneAfter(holding.market, holding.row, data)) delist(holding, at);
        else liquidate(holding, lastPrice(holding) * (1 - half), at, 'end_of_data');
      }
      return pending;
    },
  };
}
