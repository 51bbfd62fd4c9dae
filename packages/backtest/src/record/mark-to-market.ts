import { type ExchangeSymbol, type Fill, HOUR_MS, type Position, realisedPnl } from '@mexc-bot/core';
import type { AccountSample } from './trading-record.ts';

export interface KnownPrice {
  /** market ms UTC */
  readonly at: number;
  /** quote per base */
  readonly price: number;
}

/** A position and everything it executed. */
interface PositionLife {
  readonly position: Position;
  readonly fills: readonly Fill[];
}

interface Marking {
  readonly lives: readonly PositionLife[];
  readonly startEquity: number;
  readonly span: { readonly from: number; readonly until: number };
  readonly closeBy: (market: ExchangeSymbol, at: number) => KnownPrice | null;
}

/**
 * The account at the start, at every execution, every full hour something is held, and the end. What is held counts at its last known
 * price: a candle's close, or an execution of its own where that is newer.
 */
export function accountSamples({ lives, startEquity, span, closeBy }: Marking): AccountSample[] {
  const moments = new Set([span.from, span.until]);
  for (const { position, fills } of lives) {
    const end = position.state === 'closed' ? position.closedAt : span.until;
    moments.add(position.openedAt).add(end);
    for (const { at } of fills) if (at >= span.from && at <= span.until) moments.add(at);
    for (let hour = Math.ceil(position.openedAt / HOUR_MS) * HOUR_MS; hour < end; hour += HOUR_MS) moments.add(hour);
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
        equity: startEquity + realised + value + parts.reduce((sum, { cash }) => sum + cash, 0),
        held: value,
      };
    });
}

/** What a position has cost and brought in quote by a moment, and what is held of it is worth. */
function partAt({ position, fills }: PositionLife, at: number, closeBy: Marking['closeBy']) {
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
