import { createHash } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import type { Mode, Regime } from '@mexc-bot/core';
import type { Database } from 'better-sqlite3';
import type { CandidateRepository, CandidateRow } from './candidates.ts';

/** One scan in counts: where the markets went. */
export interface ScanRow {
  readonly mode: Mode;
  /** market time, ms UTC */
  readonly at: number;
  readonly wallAt: number;
  /** wall ms */
  readonly durationMs: number;
  /** tickers read */
  readonly seen: number;
  /** passed universe and hype */
  readonly hype: number;
  /** given a strategy */
  readonly classified: number;
  readonly bought: number;
  /** the market's mood; null: of a time before it was kept */
  readonly regime: Regime | null;
  /** hype tokens whose candles reached up to the last closed one; null: of a time before it was kept */
  readonly covered: number | null;
  /** reason code to count */
  readonly funnel: Readonly<Record<string, number>>;
}

/** What a scan was decided on, as JSON texts: enough to decide it again. */
export interface ScanInputs {
  /** the rules in force; kept once, however many scans had them */
  readonly rules: string;
  /** the verdicts on the markets; kept once too */
  readonly universe: string;
  /** the rest */
  readonly body: string;
}

export interface ScanRecord extends ScanRow {
  readonly id: number;
}

export interface ScanRepository {
  /**
   * A scan, its candidates and what it was decided on, together.
   *
   * @param begun the id of a scan that was written before it ended, and is now written anew
   * @returns the id of the scan
   */
  record(scan: ScanRow, candidates: readonly CandidateRow[], inputs?: ScanInputs, begun?: number): number;
  last(): ScanRecord | undefined;
  count(): number;
  /** The newest scan at or before a market time whose inputs are still kept. */
  withInputs(asOf: number): { readonly scan: ScanRecord; readonly inputs: ScanInputs } | undefined;
  /** Market time of the oldest scan whose inputs are still kept, ms UTC; null: there is none. */
  inputsFrom(): number | null;
  /** Forgets what scans before a market time were decided on, and then the oldest until the rest fits. @returns of how many */
  pruneInputs(before: number, maxBytes: number): number;
  /** Deletes scans before a market time that no candidate and no inputs are left of. @returns how many */
  prune(before: number): number;
}

interface Row {
  id: number;
  mode: string;
  at: number;
  wall_at: number;
  duration_ms: number;
  seen: number;
  hype: number;
  classified: number;
  bought: number;
  funnel: string;
  regime: string | null;
  covered: number | null;
}
type InputRow = Row & { rules: Buffer; universe: Buffer; body: Buffer };

/** Some 2 ms for 1,700 tickers; a higher level takes four times as long for a tenth less. */
const LEVEL = { level: 2 };

export function createScans(db: Database, candidates: Pick<CandidateRepository, 'record'>): ScanRepository {
  const insertScan = db.prepare(`
    INSERT INTO scan (mode, at, wall_at, duration_ms, seen, hype, classified, bought, funnel, regime, covered)
    VALUES (@mode, @at, @wallAt, @durationMs, @seen, @hype, @classified, @bought, @funnel, @regime, @covered)`);
  const updateScan = db.prepare(`
    UPDATE scan SET wall_at = @wallAt, duration_ms = @durationMs, bought = @bought, funnel = @funnel WHERE id = @id`);
  const last = db.prepare<[], Row>('SELECT * FROM scan ORDER BY id DESC LIMIT 1');
  const count = db.prepare('SELECT count(*) FROM scan').pluck();
  const isKept = db.prepare<[string], number>('SELECT 1 FROM scan_common WHERE hash = ?').pluck();
  const insertCommon = db.prepare<[string, Buffer]>('INSERT INTO scan_common VALUES (?, ?)');
  const insertInput = db.prepare<[number, number, string, string, Buffer]>(
    'INSERT INTO scan_input (scan_id, at, rules, universe, body) VALUES (?, ?, ?, ?, ?)',
  );
  const withInputs = db.prepare<[number], InputRow>(`
    SELECT scan.*, rules.body AS rules, universe.body AS universe, scan_input.body AS body
    FROM scan_input JOIN scan ON scan.id = scan_input.scan_id
      JOIN scan_common rules ON rules.hash = scan_input.rules
      JOIN scan_common universe ON universe.hash = scan_input.universe
    WHERE scan_input.at <= ? ORDER BY scan_input.at DESC, scan_input.scan_id DESC LIMIT 1`);
  const oldestInput = db.prepare('SELECT min(at) FROM scan_input').pluck();
  const deleteOld = db.prepare<[number, number]>(`
    DELETE FROM scan_input WHERE at < ? OR scan_id IN (
      SELECT scan_id FROM (SELECT scan_id, sum(length(body)) OVER (ORDER BY scan_id DESC) AS bytes FROM scan_input)
      WHERE bytes > ?)`);
  const deleteUnused = db.prepare(`
    DELETE FROM scan_common WHERE hash NOT IN (SELECT rules FROM scan_input UNION SELECT universe FROM scan_input)`);
  const deleteEmpty = db.prepare<[number]>(`
    DELETE FROM scan WHERE at < ? AND NOT EXISTS (SELECT 1 FROM candidate WHERE scan_id = scan.id)
      AND NOT EXISTS (SELECT 1 FROM scan_input WHERE scan_id = scan.id)`);

  const write = (scan: ScanRow, begun: number | undefined): number => {
    const row = { ...scan, funnel: JSON.stringify(scan.funnel) };
    if (begun === undefined) return Number(insertScan.run(row).lastInsertRowid);
    updateScan.run({ ...row, id: begun });
    return begun;
  };
  const record = db.transaction((...[scan, rows, inputs, begun]: Recorded) => {
    const id = write(scan, begun);
    candidates.record({ id, mode: scan.mode, at: scan.at, regime: scan.regime }, rows);
    if (inputs === null) return id;
    for (const { hash, body } of [inputs.rules, inputs.universe]) {
      if (isKept.get(hash) === undefined) insertCommon.run(hash, body());
    }
    insertInput.run(id, scan.at, inputs.rules.hash, inputs.universe.hash, inputs.body);
    return id;
  });
  const pruneInputs = db.transaction((before: number, maxBytes: number) => {
    const { changes } = deleteOld.run(before, maxBytes);
    if (changes > 0) deleteUnused.run();
    return changes;
  });

  return {
    record: (scan, rows, inputs, begun) =>
      record.immediate(scan, rows, inputs === undefined ? null : packed(inputs), begun),
    last: () => {
      const row = last.get();
      return row && toScan(row);
    },
    count: () => count.get() as number,
    withInputs: (asOf) => {
      const row = withInputs.get(asOf);
      return (
        row && {
          scan: toScan(row),
          inputs: { rules: unpacked(row.rules), universe: unpacked(row.universe), body: unpacked(row.body) },
        }
      );
    },
    inputsFrom: () => oldestInput.get() as number | null,
    pruneInputs: (before, maxBytes) => pruneInputs.immediate(before, maxBytes),
    prune: (before) => deleteEmpty.run(before).changes,
  };
}

type Recorded = [scan: ScanRow, rows: readonly CandidateRow[], inputs: PackedInputs | null, begun: number | undefined];
interface PackedInputs {
  readonly rules: PackedText;
  readonly universe: PackedText;
  readonly body: Buffer;
}
/** Deflated only where it is new. */
interface PackedText {
  readonly hash: string;
  readonly body: () => Buffer;
}

const packed = ({ rules, universe, body }: ScanInputs): PackedInputs => ({
  rules: common(rules),
  universe: common(universe),
  body: deflateSync(body, LEVEL),
});
const common = (text: string): PackedText => ({
  hash: createHash('sha256').update(text).digest('hex').slice(0, 32),
  body: () => deflateSync(text),
});
const unpacked = (body: Buffer): string => inflateSync(body).toString();

const toScan = (row: Row): ScanRecord => ({
  id: row.id,
  mode: row.mode as Mode,
  at: row.at,
  wallAt: row.wall_at,
  durationMs: row.duration_ms,
  seen: row.seen,
  hype: row.hype,
  classified: row.classified,
  bought: row.bought,
  regime: row.regime as Regime | null,
  covered: row.covered,
  funnel: JSON.parse(row.funnel) as Record<string, number>,
});
