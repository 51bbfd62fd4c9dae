import { DatabaseSync } from 'node:sqlite';
import { inflateSync } from 'node:zlib';
import type { RecordedCandle } from './recorded-candles.ts';

/** A scan as its row says it. */
export interface ScanBook {
  readonly id: number;
  readonly at: number;
  readonly wallAt: number;
  readonly durationMs: number;
  readonly seen: number;
  readonly hype: number;
  readonly bought: number;
  readonly funnel: Readonly<Record<string, number>>;
}

/** A candidate as its row says it. */
export interface CandidateBook {
  readonly id: number;
  readonly scanId: number;
  readonly at: number;
  readonly market: string;
  readonly price: number;
  readonly measures: Readonly<Record<string, number | null>>;
  readonly decision: string;
  readonly reason: string;
  readonly candleAt: number | null;
  readonly stages: readonly unknown[] | null;
  readonly features: Float64Array | null;
  readonly featureSet: string | null;
  readonly positionId: string | null;
  readonly labelState: string;
  readonly labelledAt: number | null;
  readonly label: number | null;
  readonly closeReturn: number | null;
  readonly bestReturn: number | null;
  readonly worstReturn: number | null;
  readonly barrier: string | null;
}

/** A model as the registry has it. */
export interface ModelBook {
  readonly scope: string;
  readonly version: string;
  readonly trainedAt: number;
  /** of the rows it learnt from; null: nothing could be learnt */
  readonly dataFrom: number | null;
  readonly dataTo: number | null;
  readonly trainRows: number | null;
  readonly state: string;
  readonly reason: string;
}

/** What a scan was decided on, as far as features take something from it. */
export interface ScanBody {
  readonly tickers: { readonly change: readonly (number | null)[] };
  readonly tokens: readonly {
    readonly market: { readonly id: string };
    readonly candles: CandleSpan | null;
    readonly decided: { readonly decision: string };
  }[];
}
interface CandleSpan {
  readonly from: number;
  readonly last: number;
  readonly count: number;
}

/** The suite's database, read with SQL of its own: nothing of the store's code is trusted here. */
export interface Books {
  scans(): readonly ScanBook[];
  candidates(): readonly CandidateBook[];
  /** undefined: no longer kept */
  bodyOf(scanId: number): ScanBody | undefined;
  /** market ms UTC; null: listed before the suite first looked */
  firstSeenAt(market: string): number | null;
  positions(): readonly { readonly id: string; readonly market: string }[];
  trainingRequests(): readonly { readonly market: string; readonly reason: string; readonly state: string }[];
  models(): readonly ModelBook[];
  markets(): readonly string[];
  /** the stored 5 m candles of a market, oldest first */
  candles(market: string): readonly RecordedCandle[];
  rowsAndBytes(): readonly { readonly table: string; readonly rows: number; readonly bytes: number }[];
  close(): void;
}

type Row = Record<string, number | string | null | Uint8Array>;

const TABLES = ['scan', 'scan_input', 'scan_common', 'candidate', 'volatility', 'candle', 'activity', 'alert'];

/** @param to a file that is not there yet */
export function copyDatabase(from: string, to: string): void {
  const db = new DatabaseSync(from);
  db.prepare('VACUUM INTO ?').run(to);
  db.close();
}

export function openBooks(path: string): Books {
  const db = new DatabaseSync(path, { readOnly: true });
  const all = (sql: string): Row[] => db.prepare(sql).all() as Row[];
  const body = db.prepare('SELECT body FROM scan_input WHERE scan_id = ?');
  const candles = db.prepare(`
    SELECT minute * 60000 AS openTime, open, high, low, close, volume FROM candle JOIN candle_series ON candle_series.id = candle.series
    WHERE market = ? AND timeframe = '5m' ORDER BY minute`);
  const firstSeen = db.prepare('SELECT first_seen_at AS at FROM market WHERE id = ?');
  return {
    scans: () => all('SELECT * FROM scan ORDER BY id').map(toScan),
    candidates: () => all('SELECT * FROM candidate ORDER BY id').map(toCandidate),
    bodyOf: (scanId) => {
      const row = body.get(scanId) as Row | undefined;
      return row && (JSON.parse(inflateSync(row.body as Uint8Array).toString()) as ScanBody);
    },
    firstSeenAt: (market) => ((firstSeen.get(market) as Row | undefined)?.at ?? null) as number | null,
    positions: () => all('SELECT id, market FROM position') as unknown as ReturnType<Books['positions']>,
    trainingRequests: () =>
      all('SELECT market, reason, state FROM training_request') as unknown as ReturnType<Books['trainingRequests']>,
    models: () => all('SELECT * FROM model ORDER BY id').map(toModel),
    markets: () => all('SELECT id FROM market ORDER BY id').map(({ id }) => id as string),
    candles: (market) => candles.all(market) as unknown as RecordedCandle[],
    rowsAndBytes: () =>
      TABLES.map((table) => ({
        table,
        rows: Number(all(`SELECT count(*) AS n FROM ${table}`)[0]!.n),
        bytes: Number(all(`SELECT sum(pgsize) AS n FROM dbstat WHERE name = '${table}'`)[0]?.n ?? 0),
      })),
    close: () => db.close(),
  };
}

const toScan = (row: Row): ScanBook => ({
  id: row.id as number,
  at: row.at as number,
  wallAt: row.wall_at as number,
  durationMs: row.duration_ms as number,
  seen: row.seen as number,
  hype: row.hype as number,
  bought: row.bought as number,
  funnel: JSON.parse(row.funnel as string) as Record<string, number>,
});

const toModel = (row: Row): ModelBook => ({
  scope: row.scope as string,
  version: row.version as string,
  trainedAt: row.trained_at as number,
  dataFrom: row.data_from as number | null,
  dataTo: row.data_to as number | null,
  trainRows: (JSON.parse(row.card as string) as { trainRows?: number }).trainRows ?? null,
  state: row.state as string,
  reason: row.reason as string,
});

const toCandidate = (row: Row): CandidateBook => ({
  id: row.id as number,
  scanId: row.scan_id as number,
  at: row.at as number,
  market: row.market as string,
  price: row.price as number,
  measures: JSON.parse(row.measures as string) as Record<string, number | null>,
  decision: row.decision as string,
  reason: row.reason as string,
  candleAt: row.candle_at as number | null,
  stages: row.stages === null ? null : (JSON.parse(row.stages as string) as unknown[]),
  features: row.features === null ? null : doublesOf(row.features as Uint8Array),
  featureSet: row.feature_set as string | null,
  positionId: row.position_id as string | null,
  labelState: row.label_state as string,
  labelledAt: row.labelled_at as number | null,
  label: row.label as number | null,
  closeReturn: row.close_return as number | null,
  bestReturn: row.best_return as number | null,
  worstReturn: row.worst_return as number | null,
  barrier: row.barrier as string | null,
});

function doublesOf(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.byteLength / 8 }, (_, i) => view.getFloat64(8 * i, true));
}
