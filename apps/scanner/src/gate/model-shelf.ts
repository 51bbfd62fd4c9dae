import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@mexc-bot/core';
import {
  type Askable,
  askableModel,
  askableToken,
  createModelFiles,
  FEATURE_SET,
  type ModelFile,
  type ModelFileCode,
  modelFault,
} from '@mexc-bot/models';
import type { Logger } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';

/** A model that may be asked, or why there is none. */
export type OnShelf =
  | { readonly state: 'there'; readonly model: Askable }
  | {
      readonly state: 'missing' | 'stale';
      /** a reason code, and what is wrong where it is not plain */
      readonly detail: string;
      /** whether training now could help */
      readonly trainable: boolean;
    };

export interface ModelShelf {
  feedback(asOf: number): Promise<OnShelf>;
  token(market: string, asOf: number): Promise<OnShelf>;
  /** The pooled model as it is on disk; null: none that may be asked. */
  pooled(asOf: number): Promise<ModelFile | null>;
}

type Read = { readonly file: ModelFile } | { readonly code: ModelFileCode; readonly message: string };

/** The models of all tokens: only the trainer can renew them. */
const isShared = (scope: string): boolean => scope === 'feedback' || scope === 'pooled';

/** What is expected to happen; of anything else the owner is told. A token's own model is made anew when it is asked for. */
const isExpected = (scope: string, code: ModelFileCode): boolean =>
  code === 'MISSING' || (code === 'OTHER_FEATURES' && !isShared(scope));

/**
 * The models in memory. They are read again when the registry or the file changed; one that cannot be used is an answer with its
 * reason, and one alert, not a fault of the scan.
 */
export function createModelShelf(deps: {
  readonly folder: string;
  readonly store: Pick<Store, 'models'> & { readonly alerts: Pick<Store['alerts'], 'addNews'> };
  readonly clock: Pick<Clock, 'now' | 'wallNow'>;
  readonly log: Pick<Logger, 'warn'>;
  readonly maxAgeDays: number;
}): ModelShelf {
  const { store, clock, log, folder, maxAgeDays } = deps;
  const files = createModelFiles(folder);
  const known = new Map<string, { readonly mark: string; readonly read: Read }>();
  const askables = new WeakMap<ModelFile, { readonly on: ModelFile | null; readonly model: Askable | null }>();
  const told = new Set<string>();

  /** Changes when the registry says so, or somebody replaced or removed the file. */
  async function markOf(scope: string): Promise<string> {
    // whatever keeps it from being looked at, reading it names
    const revision = store.models.revision();
    const file = await stat(join(folder, scope, 'model.json')).catch(() => null);
    return `${revision} ${file?.ino ?? '-'} ${file?.mtimeMs ?? '-'} ${file?.size ?? '-'}`;
  }

  async function read(scope: string): Promise<Read> {
    const mark = await markOf(scope);
    const before = known.get(scope);
    if (before?.mark === mark) return before.read;
    const result = await files.read(scope, FEATURE_SET.hash);
    const found: Read = result.ok ? { file: result.value } : { code: result.error.code, message: result.error.message };
    known.set(scope, { mark, read: found });
    return found;
  }

  function complain(scope: string, code: string, message: string): void {
    const complaint = `${scope} ${code}`;
    if (told.has(complaint)) return;
    told.add(complaint);
    log.warn(`a model cannot be used: ${message}`, { scope, code });
    const ofMarket = isShared(scope) ? {} : { market: scope };
    // addNews: not once more after every start
    store.alerts.addNews({
      ...ofMarket,
      mode: null,
      at: clock.now(),
      wallAt: clock.wallNow(),
      source: 'scanner',
      rank: 'alarm',
      kind: 'model_unusable',
      detail: { scope, code, message },
    });
  }

  function fault(scope: string, found: Extract<Read, { code: string }>): OnShelf {
    const { code, message } = found;
    if (!isExpected(scope, code)) complain(scope, code, message);
    const isOld = code === 'OTHER_FEATURES';
    const latest = code === 'MISSING' ? store.models.latest(scope)?.reason : undefined;
    const detail = isOld ? 'other_features' : (latest ?? (code === 'MISSING' ? 'not_trained' : message));
    return { state: isOld ? 'stale' : 'missing', detail, trainable: true };
  }

  function judged(scope: string, file: ModelFile, on: ModelFile | null, asOf: number): OnShelf {
    const before = askables.get(file);
    const model =
      before !== undefined && before.on === on
        ? before.model
        : on === null
          ? askableModel(file)
          : askableToken(file, on);
    askables.set(file, { on, model });
    if (model === null) {
      const outgrown = file.content.kind === 'correction' && file.content.params.prior !== on?.version;
      if (outgrown) return { state: 'stale', detail: 'other_pooled_model', trainable: true };
      complain(scope, 'NO_READING', `${scope}: its card does not say how to read it`);
      return { state: 'missing', detail: 'no_reading', trainable: true };
    }
    const stale = modelFault(model.card, { asOf, maxAgeDays, features: FEATURE_SET.hash });
    if (stale !== null) {
      const since = new Date(model.card.trainedAt).toISOString().slice(0, 10);
      if (isShared(scope))
        complain(scope, stale.toUpperCase(), `${scope}: trained on ${since}, too long ago to be asked`);
      return { state: 'stale', detail: stale, trainable: true };
    }
    for (const complaint of told) if (complaint.startsWith(`${scope} `)) told.delete(complaint);
    return { state: 'there', model };
  }

  async function pooled(asOf: number): Promise<{ readonly file: ModelFile } | OnShelf> {
    const found = await read('pooled');
    if (!('file' in found)) return { ...fault('pooled', found), trainable: false } as OnShelf;
    const verdict = judged('pooled', found.file, null, asOf);
    return verdict.state === 'there' ? found : { ...verdict, trainable: false };
  }

  return {
    async feedback(asOf) {
      const found = await read('feedback');
      return 'file' in found ? judged('feedback', found.file, null, asOf) : fault('feedback', found);
    },
    async token(market, asOf) {
      const on = await pooled(asOf);
      if (!('file' in on)) {
        return on.state === 'there' ? on : { ...on, detail: `no pooled model: ${on.detail}`, trainable: false };
      }
      const found = await read(market);
      return 'file' in found ? judged(market, found.file, on.file, asOf) : fault(market, found);
    },
    async pooled(asOf) {
      const found = await pooled(asOf);
      return 'file' in found ? found.file : null;
    },
  };
}
