import type { PriceLevel, TimeStyle } from '@mexc-bot/charts';
import {
  type Candle,
  effectiveStop,
  type Fill,
  type Position,
  realisedPnl,
  TIMEFRAME_MS,
  type Timeframe,
} from '@mexc-bot/core';
import { signedPercent, tokenOf } from '../cards/format.ts';
import type { LocalTime } from '../digest/local-time.ts';
import type { Drawing } from './drawing.ts';
import { PICTURE_WORDS } from './words.ts';

/** Which candles show a trade well. */
export interface CandleWindow {
  readonly timeframe: Timeframe;
  /** ms UTC, open times from the first up to the second */
  readonly from: number;
  readonly until: number;
}

const WANTED_CANDLES = 90;

/**
 * Candles with something of what came before: the trade takes up to two thirds of the picture.
 *
 * @param until when it was closed, or now; market time
 */
export function tradeWindow(openedAt: number, until: number): CandleWindow {
  const span = Math.max(1, until - openedAt) * 1.5;
  const timeframes = ['5m', '15m', '1h', '4h', '1d'] as const;
  const timeframe = timeframes.find((name) => span / TIMEFRAME_MS[name] <= WANTED_CANDLES) ?? '1d';
  const ms = TIMEFRAME_MS[timeframe];
  const from = until - Math.max(span, (WANTED_CANDLES / 2) * ms);
  return { timeframe, from: Math.floor(from / ms) * ms, until };
}

export interface TradePicture {
  readonly locale: TimeStyle['locale'];
  /** the owner's clock */
  readonly time: LocalTime;
  readonly position: Position;
  /** closed ones of the window, oldest first */
  readonly candles: readonly Candle[];
  readonly timeframe: Timeframe;
  /** of all its orders */
  readonly fills: readonly Fill[];
  /** what it would sell for now; null: closed, or unknown */
  readonly bid: number | null;
  readonly quote: string;
}

/** A trade in candles: entry, fills, levels, stop and peak, each with its price. */
export function tradePicture(trade: TradePicture): Drawing {
  const { position, candles, timeframe, fills, bid, time, locale, quote } = trade;
  const words = PICTURE_WORDS[locale];
  const gain = gainOf(position, bid);

  return {
    kind: 'candles',
    title: `${tokenOf(position.market, quote)}/${quote} · ${position.strategy}`,
    subtitle: `${position.mode.toUpperCase()} · ${words.opened} ${time.stamp(position.openedAt)} · ${timeframe}`,
    ...(gain === null ? {} : { result: { text: signedPercent(gain), good: gain > 0 } }),
    zone: time.zone,
    locale,
    emptyText: words.noCandles,
    candles,
    candleMs: TIMEFRAME_MS[timeframe],
    levels: levelsOf(position, bid, words),
    marks: fills.map(({ side, at, price }) => ({ side, at, price: price.toNumber() })),
  };
}

/** As a fraction: realised of a closed trade, of the price now of an open one. */
function gainOf(position: Position, bid: number | null): number | null {
  if (position.state === 'closed') return realisedPnl(position).div(position.cost).toNumber();
  return bid === null ? null : bid / position.entryPrice.toNumber() - 1;
}

function levelsOf(
  position: Position,
  bid: number | null,
  words: (typeof PICTURE_WORDS)['en' | 'lv'],
): readonly PriceLevel[] {
  const { entryPrice, takeProfits, levelsTaken, peak } = position;
  return [
    { kind: 'entry', label: words.entry, price: entryPrice.toNumber() },
    ...(position.state === 'open'
      ? [{ kind: 'stop', label: words.stop, price: effectiveStop(position).toNumber() } as const]
      : []),
    ...takeProfits.map((multiple, index) => ({
      kind: index < levelsTaken ? ('taken' as const) : ('target' as const),
      label: `TP${index + 1}`,
      price: entryPrice.mul(multiple).toNumber(),
    })),
    { kind: 'peak', label: words.peak, price: peak.toNumber() },
    ...(bid === null || position.state === 'closed' ? [] : [{ kind: 'last', label: words.now, price: bid } as const]),
  ];
}
