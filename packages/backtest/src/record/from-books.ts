import {
  type ClosedPosition,
  type ExchangeSymbol,
  type Fill,
  HOUR_MS,
  type OpenPosition,
  type Position,
  realisedPnl,
  type TradeOrder,
} from '@mexc-bot/core';
import { accountSamples, type KnownPrice, lastKnown } from './mark-to-market.ts';
import { mostHeld, type Stake, unknownStart } from './most-held.ts';
import { type EntryDecision, tradeOf } from './position-trade.ts';
import type { HeldPosition, TradingRecord } from './trading-record.ts';

/** The suite's own books of one mode, and what prices are kept. */
export interface TradingBooks {
  readonly closed: readonly ClosedPosition[];
  readonly open: readonly OpenPosition[];
  readonly orders: readonly TradeOrder[];
  readonly fills: readonly Fill[];
  /** quote before the first of these positions; null: not known */
  readonly startEquity: number | null;
  /** market ms UTC; a position that was opened before `from` moves it */
  readonly span: { readonly from: number; readonly until: number };
  /** What a position was bought on; null: not kept. */
  readonly decisionOf: (positionId: string) => EntryDecision | null;
  /** The close of the newest candle that closed by a market time; null: none is kept. */
  readonly closeBy: (market: ExchangeSymbol, at: number) => KnownPrice | null;
  readonly btc: ExchangeSymbol;
}

/** Test and live trading in the shape of a backtest's result, so that the same figures and the same page are made of it. */
export function recordOfBooks(books: TradingBooks): TradingRecord {
  const { closed, open, span } = books;
  const ordersOf = Map.groupBy(books.orders, ({ positionId }) => positionId);
  const fillsOf = Map.groupBy(books.fills, ({ clientOrderId }) => clientOrderId);
  const executionsOf = ({ id }: Position) =>
    (ordersOf.get(id) ?? []).flatMap((order) => {
      const fills = fillsOf.get(order.clientOrderId) ?? [];
      return fills.length === 0 ? [] : [{ order, fills }];
    });

  const positions = [...closed, ...open].toSorted((a, b) => a.openedAt - b.openedAt);
  const from = positions.reduce((first, { openedAt }) => Math.min(first, openedAt), span.from);
  const until = positions.reduce(
    (last, position) => Math.max(last, position.state === 'closed' ? position.closedAt : position.openedAt),
    Math.max(span.until, from + 1),
  );
  const lives = positions.map((position) => ({
    position,
    fills: executionsOf(position).flatMap(({ fills }) => fills),
  }));
  const startEquity = books.startEquity ?? mostHeld(positions.map(stakeOf));
  const equity = accountSamples({ lives, startEquity, span: { from, until }, closeBy: books.closeBy });

  return {
    span: { from, until },
    startEquity,
    endEquity: equity.at(-1)!.equity,
    equity,
    trades: closed
      .toSorted((a, b) => a.openedAt - b.openedAt)
      .map((position, index) => tradeOf(index + 1, position, executionsOf(position), books.decisionOf)),
    held: lives.flatMap(({ position, fills }) =>
      position.state === 'open' ? [heldOf(position, fills, books, until)] : [],
    ),
    holdBtc: holdingBtc(books, from, until),
    warnings: warningsOf(books, startEquity),
  };
}

function warningsOf({ startEquity, closed, open }: TradingBooks, assumed: number): string[] {
  if (startEquity !== null || closed.length + open.length === 0) return [];
  return [unknownStart(assumed)];
}

const stakeOf = (position: Position): Stake => ({
  openedAt: position.openedAt,
  closedAt: position.state === 'closed' ? position.closedAt : null,
  cost: position.cost.toNumber(),
});

function heldOf(
  position: OpenPosition,
  fills: readonly Fill[],
  { closeBy }: TradingBooks,
  until: number,
): HeldPosition {
  const { market, strategy, openedAt, cost, bought, quantity, entryPrice } = position;
  const known = lastKnown(fills, closeBy(market, until), until);
  return {
    market,
    strategy,
    openedAt,
    cost: cost.mul(quantity).div(bought).toNumber(),
    value: quantity.toNumber() * (known?.price ?? entryPrice.toNumber()),
    realised: realisedPnl(position).toNumber(),
  };
}

function holdingBtc({ closeBy, btc }: TradingBooks, from: number, until: number): number | null {
  const near = (at: number): number | null => {
    const known = closeBy(btc, at);
    return known !== null && at - known.at <= HOUR_MS ? known.price : null;
  };
  const [before, after] = [near(from), near(until)];
  return before === null || after === null ? null : after / before - 1;
}
