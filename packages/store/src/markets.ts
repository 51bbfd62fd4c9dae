import { Decimal, type ExchangeSymbol, type Market, type OrderType } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

interface MarketRow {
  readonly market: Market;
  /** market ms UTC; null: listed before this suite first looked */
  readonly firstSeenAt: number | null;
}

/** What a list of markets says that the one before did not. */
export interface MarketChanges {
  /** never seen before; none at the first look */
  readonly appeared: readonly ExchangeSymbol[];
  /** listed at the last look, and no more */
  readonly vanished: readonly ExchangeSymbol[];
}

export interface MarketRepository {
  /** Keeps what the exchange lists now; a market that is no longer listed is marked delisted, never deleted. */
  sync(markets: readonly Market[], asOf: number): MarketChanges;
  /** Takes over what the exchange says of some markets that are known; of all others it says nothing. */
  put(markets: readonly Market[], asOf: number): void;
  get(id: ExchangeSymbol): Market | undefined;
  /** Every market ever listed. */
  ids(): readonly ExchangeSymbol[];
  /** Every market that was listed at the last sync, one at a time: all of them take 5 MB. Nothing may be written meanwhile. */
  listed(): Iterable<MarketRow>;
}

interface Row {
  id: string;
  base: string;
  quote: string;
  status: string;
  api_tradable: number;
  sides: string;
  order_types: string;
  risk_flagged: number;
  tick_size: string;
  step_size: string;
  min_quantity: string;
  min_notional: string;
  max_notional: string;
  taker_fee_rate: string;
  bid_multiplier_up: string | null;
  ask_multiplier_down: string | null;
  first_seen_at: number | null;
}

export function createMarkets(db: Database): MarketRepository {
  const upsert = db.prepare(`
    INSERT INTO market (id, base, quote, status, api_tradable, sides, order_types, risk_flagged, tick_size, step_size,
      min_quantity, min_notional, max_notional, taker_fee_rate, bid_multiplier_up, ask_multiplier_down, first_seen_at, last_seen_at)
    VALUES (@id, @base, @quote, @status, @api_tradable, @sides, @order_types, @risk_flagged, @tick_size, @step_size,
      @min_quantity, @min_notional, @max_notional, @taker_fee_rate, @bid_multiplier_up, @ask_multiplier_down, @first_seen_at, @last_seen_at)
    ON CONFLICT (id) DO UPDATE SET base = excluded.base, quote = excluded.quote, status = excluded.status,
      api_tradable = excluded.api_tradable, sides = excluded.sides, order_types = excluded.order_types,
      risk_flagged = excluded.risk_flagged, tick_size = excluded.tick_size, step_size = excluded.step_size,
      min_quantity = excluded.min_quantity, min_notional = excluded.min_notional, max_notional = excluded.max_notional,
      taker_fee_rate = excluded.taker_fee_rate, bid_multiplier_up = excluded.bid_multiplier_up,
      ask_multiplier_down = excluded.ask_multiplier_down, last_seen_at = excluded.last_seen_at, delisted_at = NULL`);
  const ids = db.prepare<[], string>('SELECT id FROM market').pluck();
  const markDelisted = db
    .prepare<[number, number], string>(
      'UPDATE market SET delisted_at = ? WHERE last_seen_at < ? AND delisted_at IS NULL RETURNING id',
    )
    .pluck();
  const byId = db.prepare<[string], Row>('SELECT * FROM market WHERE id = ?');
  const listed = db.prepare<[], Row>('SELECT * FROM market WHERE delisted_at IS NULL ORDER BY id');

  const sync = db.transaction((markets: readonly Market[], asOf: number): MarketChanges => {
    const known = new Set(ids.all() as string[]);
    const firstSeenAt = known.size === 0 ? null : asOf;
    for (const market of markets) upsert.run({ ...toRow(market), first_seen_at: firstSeenAt, last_seen_at: asOf });
    const appeared = known.size === 0 ? [] : markets.map(({ id }) => id).filter((id) => !known.has(id));
    return { appeared, vanished: markDelisted.all(asOf, asOf) as string[] };
  });

  const put = db.transaction((markets: readonly Market[], asOf: number) => {
    for (const market of markets) {
      if (byId.get(market.id) !== undefined) upsert.run({ ...toRow(market), first_seen_at: null, last_seen_at: asOf });
    }
  });

  return {
    put: (markets, asOf) => put.immediate(markets, asOf),
    sync: (markets, asOf) => sync.immediate(markets, asOf),
    get: (id) => {
      const row = byId.get(id);
      return row && toMarket(row);
    },
    ids: () => ids.all() as string[],
    *listed() {
      for (const row of listed.iterate()) yield { market: toMarket(row), firstSeenAt: row.first_seen_at };
    },
  };
}

function toRow(market: Market): Omit<Row, 'first_seen_at'> {
  const { rules } = market;
  return {
    id: market.id,
    base: market.base,
    quote: market.quote,
    status: market.status,
    api_tradable: market.apiTradable ? 1 : 0,
    sides: market.sides,
    order_types: JSON.stringify(market.orderTypes),
    risk_flagged: market.riskFlagged ? 1 : 0,
    tick_size: rules.tickSize.toString(),
    step_size: rules.stepSize.toString(),
    min_quantity: rules.minQuantity.toString(),
    min_notional: rules.minNotional.toString(),
    max_notional: rules.maxNotional.toString(),
    taker_fee_rate: rules.takerFeeRate.toString(),
    bid_multiplier_up: rules.bidMultiplierUp?.toString() ?? null,
    ask_multiplier_down: rules.askMultiplierDown?.toString() ?? null,
  };
}

function toMarket(row: Row): Market {
  return {
    id: row.id,
    base: row.base,
    quote: row.quote,
    status: row.status as Market['status'],
    apiTradable: row.api_tradable === 1,
    sides: row.sides as Market['sides'],
    orderTypes: JSON.parse(row.order_types) as OrderType[],
    riskFlagged: row.risk_flagged === 1,
    rules: {
      tickSize: new Decimal(row.tick_size),
      stepSize: new Decimal(row.step_size),
      minQuantity: new Decimal(row.min_quantity),
      minNotional: new Decimal(row.min_notional),
      maxNotional: new Decimal(row.max_notional),
      takerFeeRate: new Decimal(row.taker_fee_rate),
      ...(row.bid_multiplier_up === null ? {} : { bidMultiplierUp: new Decimal(row.bid_multiplier_up) }),
      ...(row.ask_multiplier_down === null ? {} : { askMultiplierDown: new Decimal(row.ask_multiplier_down) }),
    },
  };
}
