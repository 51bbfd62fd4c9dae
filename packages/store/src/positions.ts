import {
  type ClosedPosition,
  Decimal,
  type ExchangeSymbol,
  type ExitReason,
  type Mode,
  type OpenPosition,
  type Position,
  type Strategy,
} from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';

export interface PositionRepository {
  get(id: string): Position | undefined;
  /** Open positions, oldest first; of one mode or of both. */
  open(mode?: Mode): readonly OpenPosition[];
  /** Closed positions with `closedAt` ≥ `since`, oldest first. */
  closed(mode: Mode, since: number): readonly ClosedPosition[];
  /** Results of closed positions with `closedAt` ≥ `since`, oldest first: for curves and statistics, not for accounts. */
  results(mode: Mode, since: number): readonly ClosedResult[];
  /** Base left over by closed positions of a market: too little for any order. */
  dust(mode: Mode, market: ExchangeSymbol): Decimal;
  /** Market time of the last close in a market, ms UTC; null: never. */
  lastClosedAt(mode: Mode, market: ExchangeSymbol): number | null;
  /** The tracker guards these from a market time on. Of one that was guarded before, the first time stays. */
  setArmed(ids: readonly string[], at: number): void;
  /** Inserts or replaces. One open position a market and mode: a second one throws. */
  save(position: Position): void;
}

export interface ClosedResult {
  /** market time, ms UTC */
  readonly closedAt: number;
  /** quote, after fees */
  readonly pnl: number;
}

interface Row {
  id: string;
  mode: string;
  market: string;
  base: string;
  strategy: string;
  confidence: number;
  state: string;
  opened_at: number;
  entry_price: string;
  bought: string;
  quantity: string;
  cost: string;
  proceeds: string;
  fees: string;
  take_profits: string;
  scale_out: string;
  levels_taken: number;
  stop_loss: number;
  stop_distance: number;
  hard_stop: string;
  trailing_stop: string | null;
  breached_since: number | null;
  peak: string;
  pending_exit: string | null;
  last_exit: string | null;
  closed_at: number | null;
  close_reason: string | null;
  dust: string | null;
}

const COLUMNS = [
  'id',
  'mode',
  'market',
  'base',
  'strategy',
  'confidence',
  'state',
  'opened_at',
  'entry_price',
  'bought',
  'quantity',
  'cost',
  'proceeds',
  'fees',
  'take_profits',
  'scale_out',
  'levels_taken',
  'stop_loss',
  'stop_distance',
  'hard_stop',
  'trailing_stop',
  'breached_since',
  'peak',
  'pending_exit',
  'last_exit',
  'closed_at',
  'close_reason',
  'dust',
] as const satisfies readonly (keyof Row)[];

export function createPositions(db: Database): PositionRepository {
  const byId = db.prepare<[string], Row>('SELECT * FROM position WHERE id = ?');
  const open = db.prepare<[], Row>("SELECT * FROM position WHERE state = 'open' ORDER BY opened_at, id");
  const closed = db.prepare<[string, number], Row>(
    "SELECT * FROM position WHERE state = 'closed' AND mode = ? AND closed_at >= ? ORDER BY closed_at, id",
  );
  const results = db.prepare<[string, number], ClosedResult>(`
    SELECT closed_at AS closedAt, CAST(proceeds AS REAL) - CAST(cost AS REAL) - CAST(fees AS REAL) AS pnl FROM position
    WHERE state = 'closed' AND mode = ? AND closed_at >= ? ORDER BY closed_at, id`);
  const lastClosed = db
    .prepare<[string, string], number | null>(
      "SELECT max(closed_at) FROM position WHERE state = 'closed' AND mode = ? AND market = ?",
    )
    .pluck();
  const dust = db
    .prepare<[string, string], string>("SELECT dust FROM position WHERE state = 'closed' AND mode = ? AND market = ?")
    .pluck();
  const arm = db.prepare<[number, string]>('UPDATE position SET armed_at = ? WHERE id = ? AND armed_at IS NULL');
  const armAll = db.transaction((ids: readonly string[], at: number) => {
    for (const id of ids) arm.run(at, id);
  });
  const upsert = db.prepare(`
    INSERT INTO position (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((column) => `@${column}`).join(', ')})
    ON CONFLICT (id) DO UPDATE SET ${COLUMNS.slice(1)
      .map((column) => `${column} = excluded.${column}`)
      .join(', ')}`);

  return {
    get: (id) => {
      const row = byId.get(id);
      return row && toPosition(row);
    },
    open: (mode) =>
      open
        .all()
        .map(toPosition)
        .filter((position): position is OpenPosition => mode === undefined || position.mode === mode),
    closed: (mode, since) => closed.all(mode, since).map(toPosition) as ClosedPosition[],
    results: (mode, since) => results.all(mode, since),
    lastClosedAt: (mode, market) => (lastClosed.get(mode, market) as number | null | undefined) ?? null,
    dust: (mode, market) => (dust.all(mode, market) as string[]).reduce((sum, left) => sum.plus(left), new Decimal(0)),
    setArmed: (ids, at) => armAll.immediate(ids, at),
    save: (position) => {
      upsert.run(toRow(position));
    },
  };
}

function toRow(position: Position): Row {
  const { pendingExit } = position;
  return {
    id: position.id,
    mode: position.mode,
    market: position.market,
    base: position.base,
    strategy: position.strategy,
    confidence: position.confidence,
    state: position.state,
    opened_at: position.openedAt,
    entry_price: position.entryPrice.toString(),
    bought: position.bought.toString(),
    quantity: position.quantity.toString(),
    cost: position.cost.toString(),
    proceeds: position.proceeds.toString(),
    fees: position.fees.toString(),
    take_profits: JSON.stringify(position.takeProfits),
    scale_out: JSON.stringify(position.scaleOut),
    levels_taken: position.levelsTaken,
    stop_loss: position.stopLoss,
    stop_distance: position.stopDistance,
    hard_stop: position.hardStop.toString(),
    trailing_stop: position.trailingStop?.toString() ?? null,
    breached_since: position.breachedSince,
    peak: position.peak.toString(),
    pending_exit: pendingExit && JSON.stringify(pendingExit),
    last_exit: position.lastExitReason,
    closed_at: position.state === 'closed' ? position.closedAt : null,
    close_reason: position.state === 'closed' ? position.closeReason : null,
    dust: position.state === 'closed' ? position.dust.toString() : null,
  };
}

function toPosition(row: Row): Position {
  const pending = row.pending_exit === null ? null : JSON.parse(row.pending_exit);
  const core = {
    id: row.id,
    mode: row.mode as Mode,
    market: row.market,
    base: row.base,
    strategy: row.strategy as Strategy,
    confidence: row.confidence,
    openedAt: row.opened_at,
    entryPrice: new Decimal(row.entry_price),
    bought: new Decimal(row.bought),
    quantity: new Decimal(row.quantity),
    cost: new Decimal(row.cost),
    proceeds: new Decimal(row.proceeds),
    fees: new Decimal(row.fees),
    takeProfits: JSON.parse(row.take_profits) as number[],
    scaleOut: JSON.parse(row.scale_out) as number[],
    levelsTaken: row.levels_taken,
    stopLoss: row.stop_loss,
    stopDistance: row.stop_distance,
    hardStop: new Decimal(row.hard_stop),
    trailingStop: row.trailing_stop === null ? null : new Decimal(row.trailing_stop),
    breachedSince: row.breached_since,
    peak: new Decimal(row.peak),
    pendingExit: pending && {
      ...pending,
      quantity: new Decimal(pending.quantity),
      triggerPrice: new Decimal(pending.triggerPrice),
    },
    lastExitReason: row.last_exit as ExitReason | null,
  };
  if (row.state === 'open') return { ...core, state: 'open' };
  return {
    ...core,
    state: 'closed',
    closedAt: row.closed_at!,
    closeReason: row.close_reason as ExitReason,
    dust: new Decimal(row.dust!),
  };
}
