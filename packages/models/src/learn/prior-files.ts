import { join } from 'node:path';
import { err, ok, type Result } from '@mexc-bot/core';
import type { EngineName } from '../engine.ts';
import type { FeatureGroup } from '../features/definition.ts';
import { FEATURE_SET } from '../features/feature-set.ts';
import { ModelFileError } from '../files/model-file.ts';
import { createModelFiles } from '../files/model-files.ts';
import { namesOf, type Prior } from './prior.ts';

/** Beside the models, where nobody takes it for one. */
const FOLDER = '.prior';
const HEAD = 'head';
const foldScope = (index: number): string => `fold${index}`;

interface HeadCard {
  readonly engine: EngineName;
  readonly groups: readonly FeatureGroup[];
  /** one a fold */
  readonly from: readonly number[];
}

/**
 * Keeps what a token's correction needs of the pooled model beside the model itself, so that one can be made at any time.
 *
 * @param root the folder `models`
 */
export function createPriorFiles(root: string) {
  const files = createModelFiles(join(root, FOLDER));
  return {
    async write(prior: Prior): Promise<void> {
      const { engine, version, groups, scaler, folds } = prior;
      const rest = {
        version,
        features: { hash: FEATURE_SET.hash, names: namesOf(groups) },
        reading: null,
      };
      for (const [index, { content }] of folds.entries()) {
        await files.write({ ...rest, scope: foldScope(index), content, card: null });
      }
      const card: HeadCard = { engine, groups, from: folds.map(({ from }) => from) };
      const content = { kind: 'correction', params: { prior: version, scaler, correction: null } } as const;
      // last: who finds it finds the folds too
      await files.write({ ...rest, scope: HEAD, content, card });
    },

    /** Brings back what belongs to the pooled model before. */
    async rollBack(): Promise<void> {
      for (const scope of await files.scopes()) await files.rollBack(scope);
    },

    /** @param version of the pooled model; that of another one is of no use */
    async read(version: string): Promise<Result<Prior, ModelFileError>> {
      const head = await files.read(HEAD, FEATURE_SET.hash);
      if (!head.ok) return head;
      const other = new ModelFileError('DAMAGED', 'what tokens correct belongs to another pooled model');
      if (head.value.version !== version || head.value.content.kind !== 'correction') return err(other);
      const { engine, groups, from } = head.value.card as HeadCard;
      const folds: Prior['folds'][number][] = [];
      for (const [index, time] of from.entries()) {
        const fold = await files.read(foldScope(index), FEATURE_SET.hash);
        if (!fold.ok) return fold;
        if (fold.value.version !== version || fold.value.content.kind === 'correction') return err(other);
        folds.push({ from: time, content: fold.value.content });
      }
      return ok({ engine, version, groups, scaler: head.value.content.params.scaler, folds });
    },
  };
}
