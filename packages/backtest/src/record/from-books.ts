import { signedText } from '@mexc-bot/charts';
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
import { accountSamples, type CloseBy, gainedBy, lastKnown, type PositionLife } from './mark-to-market.ts';
import { mostHeld, type Stake, unknownStart } from './most-held.ts';
import { type EntryDecision, type Execution, tradeOf } from './position-trade.ts';
import type { HeldPosition, TradingRecord } from './trading-record.ts';

/** The suite's own books of one mode, and what prices are kept. */
export interface TradingBooks {
  readonly closed: readonly ClosedPosition[];
  readonly open: readonly OpenPosition[];
  readonly orders: readonly TradeOrder[];
  readonly fills: readonly Fill[];
  /** quote before the first of these positions; null: not known */
  readonly startEquity: number | null;
  /** market ms UTC; what was opened before `from` is marked to the market there */
  readonly span: { readonly from: number; readonly until: number };
  /** What a position was bought on; null: not kept. */
  readonly decisionOf: (positionId: string) => EntryDecision | null;
  /** The close of the newest candle that closed by a market time; null: none is kept. */
  readonly closeBy: CloseBy;
  readonly btc: ExchangeSymbol;
}

/** Test and live trading in the shape of a backtest's result, so that the same figures and the same page are made of it. */
export function recordOfBooks(books: TradingBooks): TradingRecord {
  const { closed, open, span, closeBy } = books;
  const executionsOf = executionsIn(books);
  const positions = [...closed, ...open].toSorted((a, b) => a.openedAt - b.openedAt);
  const { from } = span;
  const until = positions.reduce(
    (last, position) => Math.max(last, position.state === 'closed' ? position.closedAt : position.openedAt),
    Math.max(span.until, from + 1),
  );
  const lives = livesOf(positions, executionsOf);
  const before = books.startEquity ?? mostHeld(positions.map(stakeOf));
  const equity = accountSamples({ lives, before, span: { from, until }, closeBy });
  const older = lives.filter(({ position }) => position.openedAt < from);
  const carried = gainedBy(older, from, closeBy);
  const startEquity = before + carried;

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
    warnings: [
      ...(books.startEquity === null && positions.length > 0 ? [unknownStart(before)] : []),
      ...carriedOver(older.length, carried),
    ],
  };
}

function carriedOver(count: number, gained: number): string[] {
  if (count === 0) return [];
  return [
    `${count} of the positions ${count === 1 ? 'was' : 'were'} opened before: ${signedText(gained)} USDT of what they brought were made by then. The equity at the start has them, so it grew by that much less than the trades brought.`,
  ];
}

/** What positions had brought in all by a market time, realised and not, quote. */
export function broughtBy(
  books: Pick<TradingBooks, 'closed' | 'open' | 'orders' | 'fills' | 'closeBy'>,
  at: number,
): number {
  return gainedBy(livesOf([...books.closed, ...books.open], executionsIn(books)), at, books.closeBy);
}

const livesOf = (positions: readonly Position[], executionsOf: ReturnType<typeof executionsIn>): PositionLife[] =>
  positions.map((position) => ({ position, fills: executionsOf(position).flatMap(({ fills }) => fills) }));

/** The orders of a position that executed something. */
function executionsIn({ orders, fills }: Pick<TradingBooks, 'orders' | 'fills'>): (position: Position) => Execution[] {
  const ordersOf = Map.groupBy(orders, ({ positionId }) => positionId);
  const fillsOf = Map.groupBy(fills, ({ clientOrderId }) => clientOrderId);
  return ({ id }) =>
    (ordersOf.get(id) ?? []).flatMap((order) => {
      const own = fillsOf.get(order.clientOrderId) ?? [];
      return own.length === 0 ? [] : [{ order, fills: own }];
    });
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
