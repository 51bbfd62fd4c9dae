import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '@mexc-bot/core';
import { asModelFileError, type Documents, decodeModel, encodeCard, encodeModel, FILES } from './documents.ts';
import { type ModelFile, ModelFileError } from './model-file.ts';

/** A folder of models, one folder each; what `createModelFiles` gives. */
export interface ModelFiles {
  /**
   * Reads a model and checks all of it. While it is being replaced the reader gets the old one or the new one.
   *
   * @param featuresHash of the features the suite computes; without it, a model of any is read
   */
  read(scope: string, featuresHash?: string): Promise<Result<ModelFile, ModelFileError>>;
  /** The one before it, which `rollBack` would bring back. */
  readPrevious(scope: string, featuresHash?: string): Promise<Result<ModelFile, ModelFileError>>;
  /**
   * Puts a model in the place of the present one of its scope, which is kept as the previous one.
   *
   * @throws {ModelFileError} what could not be read back is not written; the present model stays
   */
  write(file: ModelFile): Promise<void>;
  /** Writes a new card for the present model, after it was judged again; false if that is another one by now, or none. */
  writeCard(scope: string, version: string, card: unknown): Promise<boolean>;
  /** Brings the previous model back, for good; false where there is none. */
  rollBack(scope: string): Promise<boolean>;
  /** Deletes a scope's models, the previous one too; false where there was none. */
  remove(scope: string): Promise<boolean>;
  /** Scopes that have a folder, readable or not. */
  scopes(): Promise<string[]>;
}

const PREVIOUS = '.previous';
const LARGEST_FILE_BYTES = 64 * 2 ** 20;
/** Swaps that may come between while one model is read or written, before that counts as a fault. */
const TRIES = 5;

/** Folder names keep letters, digits, _ and -; anything else is written as its code, so that no scope leads out of the root. */
function folderNameOf(scope: string): string {
  if (scope === '') throw new RangeError('a model needs a scope');
  return scope.replace(/[^\p{L}\p{N}_-]/gu, (odd) => `%${odd.codePointAt(0)!.toString(16)}~`);
}

function scopeOf(folderName: string): string {
  return folderName.replace(/%([0-9a-f]+)~/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)));
}

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

/** @returns false where there is nothing to rename */
async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true });

/** What tells a folder from one that took its place; undefined where there is none. */
async function identityOf(folder: string): Promise<string | undefined> {
  try {
    const { ino, birthtimeNs } = await stat(folder, { bigint: true });
    return `${ino} ${birthtimeNs}`;
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function readDocuments(folder: string): Promise<Documents> {
  const entries = await Promise.all(
    FILES.map(async (name) => {
      const path = join(folder, name);
      try {
        const { size } = await stat(path);
        if (size > LARGEST_FILE_BYTES) throw new ModelFileError('FOREIGN', `${name} is ${size} bytes long`);
        return [name, await readFile(path)] as const;
      } catch (error) {
        if (isCode(error, 'ENOENT')) throw new ModelFileError('DAMAGED', `${name} is not there`, error);
        throw error;
      }
    }),
  );
  return Object.fromEntries(entries) as unknown as Documents;
}

/** @param root the folder `models`; made when the first model is written */
export function createModelFiles(root: string): ModelFiles {
  const pathOf = (scope: string): string => join(root, folderNameOf(scope));

  const readFrom = async (scope: string, suffixes: readonly string[], featuresHash?: string) => {
    const path = pathOf(scope);
    for (let attempt = 1; ; attempt++) {
      const folders = suffixes.map((suffix) => path + suffix);
      const before = await Promise.all(folders.map(identityOf));
      const found = before.findIndex((identity) => identity !== undefined);
      try {
        if (found < 0) throw new ModelFileError('MISSING', 'no model has been trained yet');
        const file = decodeModel(await readDocuments(folders[found]!), featuresHash);
        if (file.scope !== scope) throw new ModelFileError('DAMAGED', `this is the model of ${file.scope}`);
        return ok(file);
      } catch (error) {
        const after = await Promise.all(folders.map(identityOf));
        const wasSwapped = after.some((identity, i) => identity !== before[i]);
        if (!wasSwapped || attempt === TRIES) return err(asModelFileError(error, scope));
      }
    }
  };
  const readSafely = async (scope: string, suffixes: readonly string[], featuresHash?: string) => {
    try {
      return await readFrom(scope, suffixes, featuresHash);
    } catch (error) {
      return err(asModelFileError(error, scope));
    }
  };

  /** A folder beside the models that no reader looks at. */
  const besides = (scope: string): string => join(root, `.${folderNameOf(scope)}.${randomUUID()}`);

  /** Two renames: between them only the previous model is there, and `read` takes that one. */
  const swapIn = async (fresh: string, scope: string): Promise<void> => {
    const path = pathOf(scope);
    const outgoing = besides(scope);
    for (let attempt = 1; ; attempt++) {
      try {
        if ((await identityOf(path)) !== undefined) {
          await renameIfThere(path + PREVIOUS, outgoing);
          await renameIfThere(path, path + PREVIOUS);
        }
        await rename(fresh, path);
        return;
      } catch (error) {
        // another writer of this scope came between
        if (attempt === TRIES || !isCode(error, 'ENOTEMPTY', 'EEXIST', 'EPERM')) throw error;
      } finally {
        await remove(outgoing);
      }
    }
  };

  return {
    // without the present one there may be the previous one: its writer died between the two renames
    read: (scope, featuresHash) => readSafely(scope, ['', PREVIOUS], featuresHash),
    readPrevious: (scope, featuresHash) => readSafely(scope, [PREVIOUS], featuresHash),

    write: async (file) => {
      const documents = encodeModel(file);
      const fresh = besides(file.scope);
      try {
        await mkdir(fresh, { recursive: true });
        for (const name of FILES) await writeFile(join(fresh, name), documents[name], { flush: true });
        await swapIn(fresh, file.scope);
      } finally {
        await remove(fresh);
      }
    },

    writeCard: async (scope, version, card) => {
      const present = await readSafely(scope, ['']);
      if (!present.ok || present.value.version !== version) return false;
      const fresh = join(pathOf(scope), `.card.${randomUUID()}`);
      try {
        await writeFile(fresh, encodeCard(version, card), { flush: true });
        await rename(fresh, join(pathOf(scope), 'card.json'));
        return true;
      } catch (error) {
        if (isCode(error, 'ENOENT')) return false; // replaced meanwhile
        throw error;
      } finally {
        await remove(fresh);
      }
    },

    rollBack: async (scope) => {
      const path = pathOf(scope);
      if ((await identityOf(path + PREVIOUS)) === undefined) return false;
      const outgoing = besides(scope);
      await renameIfThere(path, outgoing);
      await rename(path + PREVIOUS, path);
      await remove(outgoing);
      return true;
    },

    remove: async (scope) => {
      const path = pathOf(scope);
      const there = await Promise.all([identityOf(path), identityOf(path + PREVIOUS)]);
      await remove(path);
      await remove(path + PREVIOUS);
      return there.some((identity) => identity !== undefined);
    },

    scopes: async () => {
      try {
        const entries = await readdir(root, { withFileTypes: true });
        const names = entries
          .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
          .map(({ name }) => name);
        const scopes = names.map((name) => (name.endsWith(PREVIOUS) ? name.slice(0, -PREVIOUS.length) : name));
        return [...new Set(scopes)].map(scopeOf).toSorted();
      } catch (error) {
        if (isCode(error, 'ENOENT')) return [];
        throw error;
      }
    },
  };
}
