import { type CandleColumns, Decimal, type Market, type MarketRules, type Timeframe } from '@mexc-bot/core';
import { type PreparedData, type PreparedMarket, stopAtr } from './data.ts';

/** Prepared data as another thread can take it: columns on shared memory, decimals as text. */
export interface SharedData extends Omit<PreparedData, 'markets' | 'timeframe' | 'detail'> {
  readonly timeframe: Timeframe;
  readonly detail: Timeframe | null;
  readonly markets: readonly (Omit<PreparedMarket, 'market'> & { readonly market: string })[];
}

/**
 * Copies every column onto shared memory, once for all threads.
 *
 * @param stopAtrPeriods periods that the runs' stops go by
 */
export function shareData(data: PreparedData, stopAtrPeriods: readonly number[]): SharedData {
  const periods = [...new Set(stopAtrPeriods)];
  return {
    ...data,
    markets: data.markets.map((each) => ({
      market: JSON.stringify(each.market),
      candles: sharedColumns(each.candles),
      detail: each.detail === null ? null : sharedColumns(each.detail),
      rowAt: sharedInts(each.rowAt),
      firstSeenAt: each.firstSeenAt,
      change24h: shared(each.change24h),
      quoteVolume24h: shared(each.quoteVolume24h),
      atrFraction: shared(each.atrFraction),
      adx: shared(each.adx),
      stopAtrs: new Map(periods.map((period) => [period, shared(stopAtr(each, period))])),
    })),
  };
}

export const fromShared = (data: SharedData): PreparedData => ({
  ...data,
  markets: data.markets.map((each) => ({ ...each, market: parseMarket(each.market) })),
});

function shared(column: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
  copy.set(column);
  return copy;
}

function sharedInts(column: Int32Array): Int32Array {
  const copy = new Int32Array(new SharedArrayBuffer(column.byteLength));
  copy.set(column);
  return copy;
}

const sharedColumns = ({ openTime, open, high, low, close, volume }: CandleColumns): CandleColumns => ({
  openTime: shared(openTime),
  open: shared(open),
  high: shared(high),
  low: shared(low),
  close: shared(close),
  volume: shared(volume),
});

type TextRules = { readonly [Key in keyof MarketRules]: string };

function parseMarket(text: string): Market {
  const market = JSON.parse(text) as Omit<Market, 'rules'> & { readonly rules: TextRules };
  const rules = Object.fromEntries(Object.entries(market.rules).map(([name, value]) => [name, new Decimal(value)]));
  return { ...market, rules: rules as unknown as MarketRules };
}
