import type { ExchangeSymbol } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

/** How restless a market was at the close of a candle; NaN where too few candles could say. */
export interface VolatilityRow {
  readonly market: ExchangeSymbol;
  /** close of the candle, ms UTC */
  readonly at: number;
  /** ATR ÷ close */
  readonly atrFraction: number;
  /** (upper − lower band) ÷ middle */
  readonly bollingerWidth: number;
  /** standard deviation of the log returns, a candle */
  readonly realisedVolatility: number;
}

export interface VolatilityRepository {
  /** One row a market and candle: the same again changes nothing. */
  put(rows: readonly VolatilityRow[]): void;
  /** Newest first. */
  recent(market: ExchangeSymbol, limit: number): readonly VolatilityRow[];
  /** @returns rows deleted, those of candles that closed before */
  prune(before: number): number;
}

interface Row {
  market: string;
  at: number;
  atr_fraction: number | null;
  bollinger_width: number | null;
  realised_volatility: number | null;
}

export function createVolatility(db: Database): VolatilityRepository {
  const insert = db.prepare<[string, number, number | null, number | null, number | null]>(
    'INSERT INTO volatility VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const recent = db.prepare<[string, number], Row>(
    'SELECT * FROM volatility WHERE market = ? ORDER BY at DESC LIMIT ?',
  );
  const prune = db.prepare<[number]>('DELETE FROM volatility WHERE at < ?');
  const put = db.transaction((rows: readonly VolatilityRow[]) => {
    for (const { market, at, atrFraction, bollingerWidth, realisedVolatility } of rows) {
      insert.run(market, at, known(atrFraction), known(bollingerWidth), known(realisedVolatility));
    }
  });

  return {
    put: (rows) => {
      if (rows.length > 0) put.immediate(rows);
    },
    recent: (market, limit) =>
      recent.all(market, limit).map((row) => ({
        market: row.market,
        at: row.at,
        atrFraction: row.atr_fraction ?? Number.NaN,
        bollingerWidth: row.bollinger_width ?? Number.NaN,
        realisedVolatility: row.realised_volatility ?? Number.NaN,
      })),
    prune: (before) => prune.run(before).changes,
  };
}

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
