import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ModelLook, ModelShelf } from './commands/command.ts';

const cardSchema = z
  .object({
    stale: z.boolean(),
    proven: z.boolean(),
    auc: z.number().nullable(),
    aucLow: z.number().nullable(),
    aucHigh: z.number().nullable(),
    netReturn: z.number().nullable(),
    rows: z.number().nullable(),
    trainedAt: z.number().nullable(),
  })
  .partial();

/** The models as the folder shows them: one folder a model, with its card; a card that cannot be read proves nothing. */
export function createModelFolder(root: string): ModelShelf {
  async function look(name: string): Promise<ModelLook> {
    const card = await readFile(join(root, name, 'card.json'), 'utf8').then(
      (text) => cardSchema.safeParse(parsed(text)).data ?? {},
      () => ({}) as z.output<typeof cardSchema>,
    );
    return {
      name,
      stale: card.stale ?? false,
      proven: card.proven ?? false,
      auc: card.auc ?? null,
      aucLow: card.aucLow ?? null,
      aucHigh: card.aucHigh ?? null,
      netReturn: card.netReturn ?? null,
      rows: card.rows ?? null,
      trainedAt: card.trainedAt ?? null,
    };
  }
  async function list(): Promise<ModelLook[]> {
    if (!existsSync(root)) return [];
    const entries = await readdir(root, { withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name);
    const models = await Promise.all(names.sort().map(look));
    // what is proven first, then by skill
    return models.sort((a, b) => Number(b.proven) - Number(a.proven) || (b.auc ?? 0) - (a.auc ?? 0));
  }

  return {
    list,
    async clear(which) {
      const names = (await list()).filter((model) => which === 'all' || model.stale).map((model) => model.name);
      for (const name of names) {
        // a reader finds the whole model or none
        const gone = join(root, `.deleted-${name}`);
        await rename(join(root, name), gone);
        await rm(gone, { recursive: true });
      }
      return names;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // as good as no card
  }
}
