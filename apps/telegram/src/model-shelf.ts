import type { Settings } from '@mexc-bot/runtime';
import type { ModelEntry, Store } from '@mexc-bot/store';
import { z } from 'zod';
import { type ModelLook, type ModelShelf, Refused, type RunTool } from './commands/command.ts';

const interval = z.object({ value: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() });
/** What of a model's card a phone shows; a model that was never judged has none of it. */
const cardSchema = z.object({ auc: interval, netTop10: interval, trainRows: z.number() });
const clearedSchema = z.object({ removed: z.array(z.string()) });

export interface ModelShelfDeps {
  readonly store: Pick<Store, 'models'>;
  readonly runTool: RunTool;
  readonly settings: Pick<Settings, 'ai'>;
  /** market time, ms UTC */
  readonly marketNow: () => number;
}

/** The models in use, from the registry; the trainer's own command clears them. */
export function createModelShelf({ store, runTool, settings, marketNow }: ModelShelfDeps): ModelShelf {
  return {
    async list() {
      // loaded with the first question: a bot that is not asked about models has no need of them
      const { FEATURE_SET, modelFault } = await import('@mexc-bot/models');
      const now = { asOf: marketNow(), maxAgeDays: settings.ai.maxAgeDays, features: FEATURE_SET.hash };
      const isStale = ({ trainedAt, featureSet }: ModelEntry): boolean =>
        modelFault({ trainedAt, features: featureSet }, now) !== null;
      return (
        store.models
          .list({ state: 'champion' })
          .map((entry) => lookOf(entry, isStale(entry)))
          // what is proven first, then by skill
          .sort((a, b) => Number(b.proven) - Number(a.proven) || (b.auc ?? 0) - (a.auc ?? 0))
      );
    },
    async clear(which) {
      const words = ['clear', '--yes', '--json', ...(which === 'all' ? ['--all'] : [])];
      const { code, stdout, stderr } = await runTool('trainer', words);
      if (code !== 0) throw new Refused(stderr.trim().slice(-800));
      return clearedSchema.parse(JSON.parse(stdout)).removed;
    },
  };
}

function lookOf({ scope, trainedAt, proven, card }: ModelEntry, stale: boolean): ModelLook {
  const { data } = cardSchema.safeParse(card);
  return {
    name: scope,
    stale,
    proven,
    auc: data?.auc.value ?? null,
    aucLow: data?.auc.low ?? null,
    aucHigh: data?.auc.high ?? null,
    netReturn: data?.netTop10.value ?? null,
    rows: data?.trainRows ?? null,
    trainedAt,
  };
}
