import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createModelFiles, FEATURE_SET, modelFault, storedCardOf } from '@mexc-bot/models';
import type { Store } from '@mexc-bot/store';

export interface ModelToClear {
  readonly scope: string;
  /** why it is of no use; null: it is fine */
  readonly fault: string | null;
}

export interface ClearDeps {
  readonly folder: string;
  readonly store: Pick<Store, 'models'>;
  readonly maxAgeDays: number;
  /** market ms UTC */
  readonly now: number;
}

/** Every model, and which of them no gate would ask: expired, of other features, unreadable, or on a pooled model that is gone. */
export async function modelsToClear({ folder, maxAgeDays, now }: ClearDeps): Promise<ModelToClear[]> {
  const files = createModelFiles(folder);
  const pooled = await files.read('pooled', FEATURE_SET.hash);
  const found: ModelToClear[] = [];
  for (const scope of await files.scopes()) {
    const read = await files.read(scope, FEATURE_SET.hash);
    if (!read.ok) {
      found.push({ scope, fault: read.error.code.toLowerCase() });
      continue;
    }
    const { content, card } = read.value;
    const outgrown = content.kind === 'correction' && !(pooled.ok && pooled.value.version === content.params.prior);
    const stored = storedCardOf(card);
    const fault = stored && modelFault(stored.card, { asOf: now, maxAgeDays, features: FEATURE_SET.hash });
    found.push({ scope, fault: stored === null ? 'no_reading' : (fault ?? (outgrown ? 'other_pooled_model' : null)) });
  }
  return found;
}

/** Removes models, their files first: a gate asks nothing that is not there. @returns the scopes removed */
export async function clearModels({ folder, store, now }: ClearDeps, scopes: readonly string[]): Promise<string[]> {
  const files = createModelFiles(folder);
  const removed: string[] = [];
  for (const scope of scopes) {
    if (await files.remove(scope)) removed.push(scope);
    if (scope === 'pooled') await rm(join(folder, '.prior'), { recursive: true, force: true });
    store.models.retire(scope, 'cleared', now);
  }
  return removed;
}
