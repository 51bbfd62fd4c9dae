import type { Database } from 'better-sqlite3';

/**
 * `champion` is asked, `previous` is kept to go back to, `challenger` lost against the champion, `retired` is all that came to
 * nothing: replaced for good, rolled back, cleared, or never trained because its data could not be learnt from.
 */
export type ModelState = 'champion' | 'previous' | 'challenger' | 'retired';

export interface NewModel {
  /** `feedback`, `pooled` or an exchange symbol */
  readonly scope: string;
  readonly version: string;
  readonly engine: 'logistic' | 'gbdt' | 'mlp';
  readonly featureSet: string;
  readonly exchange: string;
  /** market ms UTC */
  readonly trainedAt: number;
  /** of the rows it learnt from, market ms UTC; null: there is no model */
  readonly dataFrom: number | null;
  readonly dataTo: number | null;
  /** JSON of the judge's making */
  readonly card: unknown;
  readonly proven: boolean;
  /** folder in `models`; null: there is no model */
  readonly path: string | null;
}

export interface ModelEntry extends NewModel {
  readonly id: number;
  readonly state: ModelState;
  /** reason code of the state */
  readonly reason: string;
  readonly updatedAt: number;
}

export interface ModelRepository {
  /** A new champion: the one before becomes the previous one, that one's place is free. */
  crown(model: NewModel, reason: string, at: number): void;
  /** What was trained and is not asked. */
  add(model: NewModel, state: 'challenger' | 'retired', reason: string, at: number): void;
  /** The previous model is the champion again. @returns false where there is none */
  rollBack(scope: string, reason: string, at: number): boolean;
  /** A fresh judgement of a model. @returns false where that version is not known */
  judged(
    scope: string,
    version: string,
    outcome: { card: unknown; proven: boolean; reason: string },
    at: number,
  ): boolean;
  /** Nothing of the scope is asked any more. @returns how many entries that concerned */
  retire(scope: string, reason: string, at: number): number;
  champion(scope: string): ModelEntry | undefined;
  previous(scope: string): ModelEntry | undefined;
  /** The newest entry of a scope, whatever came of it. */
  latest(scope: string): ModelEntry | undefined;
  /** Newest first. */
  list(query?: { readonly scope?: string; readonly state?: ModelState }): readonly ModelEntry[];
  /** Another number whenever anything above changed anything. */
  revision(): number;
}

interface Row {
  id: number;
  scope: string;
  version: string;
  engine: string;
  feature_set: string;
  exchange: string;
  trained_at: number;
  data_from: number | null;
  data_to: number | null;
  card: string;
  state: string;
  proven: number;
  path: string | null;
  reason: string;
  updated_at: number;
}

/** What lost, and what never became a model, is kept for looking back, the last few a scope. */
const KEPT_A_SCOPE = 10;

export function createModels(db: Database): ModelRepository {
  const insert = db.prepare(`
    INSERT INTO model (scope, version, engine, feature_set, exchange, trained_at, data_from, data_to, card, state, proven, path,
      reason, updated_at)
    VALUES (@scope, @version, @engine, @featureSet, @exchange, @trainedAt, @dataFrom, @dataTo, @card, @state, @proven, @path,
      @reason, @at)`);
  const move = db.prepare<[string, string | null, number, string, string]>(
    'UPDATE model SET state = ?, reason = coalesce(?, reason), updated_at = ? WHERE scope = ? AND state = ?',
  );
  const judged = db.prepare<[string, number, string, number, string, string]>(
    'UPDATE model SET card = ?, proven = ?, reason = ?, updated_at = ? WHERE scope = ? AND version = ?',
  );
  const retire = db.prepare<[string, number, string]>(
    "UPDATE model SET state = 'retired', reason = ?, updated_at = ? WHERE scope = ? AND state <> 'retired'",
  );
  const forget = db.prepare<[string, string, number]>(`
    DELETE FROM model WHERE scope = ? AND state IN ('challenger', 'retired') AND id NOT IN (
      SELECT id FROM model WHERE scope = ? AND state IN ('challenger', 'retired') ORDER BY id DESC LIMIT ?)`);
  const inState = db.prepare<[string, string], Row>('SELECT * FROM model WHERE scope = ? AND state = ?');
  const latest = db.prepare<[string], Row>('SELECT * FROM model WHERE scope = ? ORDER BY id DESC LIMIT 1');
  const list = db.prepare<{ scope: string | null; state: string | null }, Row>(`
    SELECT * FROM model WHERE (@scope IS NULL OR scope = @scope) AND (@state IS NULL OR state = @state) ORDER BY id DESC`);
  const revision = db.prepare<[], number>('SELECT revision FROM model_revision').pluck();

  const put = (model: NewModel, state: ModelState, reason: string, at: number): void => {
    insert.run({ ...model, card: JSON.stringify(model.card), proven: Number(model.proven), state, reason, at });
    forget.run(model.scope, model.scope, KEPT_A_SCOPE);
  };
  const crown = db.transaction((model: NewModel, reason: string, at: number) => {
    move.run('retired', 'replaced', at, model.scope, 'previous');
    move.run('previous', 'replaced', at, model.scope, 'champion');
    put(model, 'champion', reason, at);
  });
  const add = db.transaction(put);
  const rollBack = db.transaction((scope: string, reason: string, at: number) => {
    if (inState.get(scope, 'previous') === undefined) return false;
    move.run('retired', reason, at, scope, 'champion');
    move.run('champion', 'rolled_back_to', at, scope, 'previous');
    return true;
  });

  const found = (row: Row | undefined): ModelEntry | undefined => row && toEntry(row);
  return {
    crown: (model, reason, at) => crown.immediate(model, reason, at),
    add: (model, state, reason, at) => add.immediate(model, state, reason, at),
    rollBack: (scope, reason, at) => rollBack.immediate(scope, reason, at),
    judged: (scope, version, { card, proven, reason }, at) =>
      judged.run(JSON.stringify(card), Number(proven), reason, at, scope, version).changes === 1,
    retire: (scope, reason, at) => retire.run(reason, at, scope).changes,
    champion: (scope) => found(inState.get(scope, 'champion')),
    previous: (scope) => found(inState.get(scope, 'previous')),
    latest: (scope) => found(latest.get(scope)),
    list: ({ scope, state } = {}) => list.all({ scope: scope ?? null, state: state ?? null }).map(toEntry),
    revision: () => revision.get() as number,
  };
}

const toEntry = (row: Row): ModelEntry => ({
  id: row.id,
  scope: row.scope,
  version: row.version,
  engine: row.engine as NewModel['engine'],
  featureSet: row.feature_set,
  exchange: row.exchange,
  trainedAt: row.trained_at,
  dataFrom: row.data_from,
  dataTo: row.data_to,
  card: JSON.parse(row.card) as unknown,
  state: row.state as ModelState,
  proven: row.proven === 1,
  path: row.path,
  reason: row.reason,
  updatedAt: row.updated_at,
});
