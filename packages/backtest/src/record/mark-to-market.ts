import { type ExchangeSymbol, type Fill, HOUR_MS, type Position, realisedPnl } from '@mexc-bot/core';
import type { AccountSample } from './trading-record.ts';

export interface KnownPrice {
  /** market ms UTC */
  readonly at: number;
  /** quote per base */
  readonly price: number;
}

/** A position and everything it executed. */
export interface PositionLife {
  readonly position: Position;
  readonly fills: readonly Fill[];
}

/** @returns the newest price known by a market time; null: none is kept */
export type CloseBy = (market: ExchangeSymbol, at: number) => KnownPrice | null;

interface Marking {
  readonly lives: readonly PositionLife[];
  /** quote before the first of these positions */
  readonly before: number;
  readonly span: { readonly from: number; readonly until: number };
  readonly closeBy: CloseBy;
}

/**
 * The account at the start, at every execution, every full hour something is held, and the end. What is held counts at its last known
 * price: a candle's close, or an execution of its own where that is newer. What was opened before the start is marked to it there.
 */
export function accountSamples({ lives, before, span, closeBy }: Marking): AccountSample[] {
  const moments = new Set([span.from, span.until]);
  for (const { position, fills } of lives) {
    const end = position.state === 'closed' ? position.closedAt : span.until;
    const begins = Math.max(position.openedAt, span.from);
    for (const at of [position.openedAt, end, ...fills.map((fill) => fill.at)]) {
      if (at >= span.from && at <= span.until) moments.add(at);
    }
    for (let hour = Math.ceil(begins / HOUR_MS) * HOUR_MS; hour < end; hour += HOUR_MS) moments.add(hour);
  }
  let realised = 0;
  const byOpening = lives.toSorted((a, b) => a.position.openedAt - b.position.openedAt);
  let next = 0;
  let held: PositionLife[] = [];
  return [...moments]
    .sort((a, b) => a - b)
    .map((at) => {
      while (next < byOpening.length && byOpening[next]!.position.openedAt <= at) held.push(byOpening[next++]!);
      const over = ({ position }: PositionLife): boolean => position.state === 'closed' && position.closedAt <= at;
      realised += held.filter(over).reduce((sum, { position }) => sum + realisedPnl(position).toNumber(), 0);
      held = held.filter((life) => !over(life));
      const parts = held.map((life) => partAt(life, at, closeBy));
      const value = parts.reduce((sum, part) => sum + part.value, 0);
      return {
        at,
        equity: before + realised + value + parts.reduce((sum, { cash }) => sum + cash, 0),
        held: value,
      };
    });
}

/** What positions had brought by a moment in all, realised and not, quote. */
export function gainedBy(lives: readonly PositionLife[], at: number, closeBy: CloseBy): number {
  return lives.reduce((sum, life) => {
    const { position } = life;
    if (position.openedAt > at) return sum;
    if (position.state === 'closed' && position.closedAt <= at) return sum + realisedPnl(position).toNumber();
    const { cash, value } = partAt(life, at, closeBy);
    return sum + cash + value;
  }, 0);
}

/** What a position has cost and brought in quote by a moment, and what is held of it is worth. */
function partAt({ position, fills }: PositionLife, at: number, closeBy: CloseBy) {
  let [cash, quantity] = [0, 0];
  for (const fill of fills) {
    if (fill.at > at) continue;
    const sign = fill.side === 'buy' ? 1 : -1;
    cash -= sign * fill.price.mul(fill.quantity).toNumber();
    quantity += sign * fill.quantity.toNumber();
    if (fill.feeAsset === position.base) quantity -= fill.fee.toNumber();
    else if (position.market.endsWith(fill.feeAsset)) cash -= fill.fee.toNumber();
  }
  const known = lastKnown(fills, closeBy(position.market, at), at);
  return { cash, value: Math.max(0, quantity) * (known?.price ?? position.entryPrice.toNumber()) };
}

/** The newer of a candle's close and the position's own last execution. */
export function lastKnown(fills: readonly Fill[], close: KnownPrice | null, at: number): KnownPrice | null {
  const own = fills
    .filter((fill) => fill.at <= at)
    .toSorted((a, b) => a.at - b.at)
    .at(-1);
  if (own === undefined || (close !== null && close.at >= own.at)) return close;
  return { at: own.at, price: own.price.toNumber() };
}
