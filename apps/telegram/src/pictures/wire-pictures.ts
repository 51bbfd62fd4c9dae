import {
  aggregateCandles,
  type Candle,
  type Decimal,
  type ExchangeSymbol,
  type Fill,
  type Mode,
  type Position,
  toCandles,
} from '@mexc-bot/core';
import type { Logger, Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import type { Pictures } from '../commands/command.ts';
import type { LocalTime } from '../digest/local-time.ts';
import { dailyPicture, equityPicture } from './result-pictures.ts';
import type { Artist } from './separate-painter.ts';
import { type CandleWindow, tradePicture, tradeWindow } from './trade-picture.ts';

export interface PicturesDeps {
  readonly store: Pick<Store, 'positions' | 'orders' | 'candles' | 'state'>;
  readonly painter: Artist;
  readonly settings: Pick<Settings, 'telegram' | 'universe' | 'paper'>;
  readonly bids: (markets: readonly ExchangeSymbol[]) => Promise<ReadonlyMap<ExchangeSymbol, Decimal>>;
  /** market time, ms UTC */
  readonly marketNow: () => number;
  /** the owner's clock */
  readonly time: LocalTime;
  readonly log: Pick<Logger, 'warn'>;
}

/** The pictures that commands show, from what is stored; where one cannot be drawn there is none, and the text goes alone. */
export function createPictures({ store, painter, settings, bids, marketNow, time, log }: PicturesDeps): Pictures {
  const locale = settings.telegram.language;

  const drawn: Pictures = {
    async equity(mode, since = 0) {
      const all = store.positions.results(mode, 0);
      const results = all.filter(({ closedAt }) => closedAt >= since);
      const [first] = results;
      if (first === undefined) return null;
      const before = all.slice(0, all.length - results.length);
      const start = before.reduce((sum, { pnl }) => sum + pnl, startOf(mode, all));
      const span = { from: Math.max(since, all[0]!.closedAt), until: marketNow() };
      return painter.png(equityPicture({ mode, results, start, ...span, zone: time.zone, locale }));
    },

    daily: async (mode, rows, days) =>
      rows.length === 0 ? null : painter.png(dailyPicture({ mode, locale, rows, days })),

    async candleChart(positionId) {
      const position = store.positions.get(positionId);
      if (position === undefined) return null;
      const window = tradeWindow(position.openedAt, position.state === 'closed' ? position.closedAt : marketNow());
      const candles = candlesOf(position.market, window);
      if (candles.length === 0) return null;
      const bid = position.state === 'open' ? (await bids([position.market])).get(position.market) : undefined;
      return painter.png(
        tradePicture({
          position,
          candles,
          timeframe: window.timeframe,
          fills: fillsOf(position),
          bid: bid?.toNumber() ?? null,
          quote: settings.universe.quote,
          time,
          locale,
        }),
      );
    },
  };
  return {
    equity: (...of) => orNone(drawn.equity(...of)),
    daily: (...of) => orNone(drawn.daily(...of)),
    candleChart: (...of) => orNone(drawn.candleChart(...of)),
  };

  async function orNone(picture: Promise<Uint8Array | null>): Promise<Uint8Array | null> {
    try {
      return await picture;
    } catch (error) {
      log.warn('a picture could not be drawn; the text goes without it', { error });
      return null;
    }
  }

  /** Quote before the first result. What a real account began with is not known: it is counted back from what it has. */
  function startOf(mode: Mode, results: readonly { readonly pnl: number }[]): number {
    if (mode === 'test') return settings.paper.balanceUsdt;
    const last = store.state.highWaterMark(mode)?.lastEquity.toNumber() ?? 0;
    return last - results.reduce((sum, { pnl }) => sum + pnl, 0);
  }

  function candlesOf(market: ExchangeSymbol, { timeframe, from, until }: CandleWindow): readonly Candle[] {
    const stored = store.candles.between(market, '5m', { from, until }, marketNow());
    return toCandles(timeframe === '5m' ? stored : aggregateCandles(stored, '5m', timeframe));
  }

  function fillsOf({ mode, market, id }: Position): readonly Fill[] {
    return store.orders
      .ofMarket(mode, market)
      .filter((order) => order.positionId === id)
      .flatMap((order) => store.orders.fills(order.clientOrderId));
  }
}
