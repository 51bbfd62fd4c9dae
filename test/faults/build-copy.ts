import { cpSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Mutation, Patch } from './mutations.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BUILT = ['packages', 'apps'] as const;
const PARTS = [
  'core',
  'indicators',
  'models',
  'store',
  'exchange',
  'runtime',
  'execution',
  'scanner',
  'tracker',
  'labeler',
  'collector',
  'simulator',
  'suite',
];

/** A copy of the build with links to the same dependencies; the checkout stays as it is. */
export async function copyOfBuild(): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), 'mexc-bot-mutants-'));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  for (const folder of BUILT) {
    for (const part of PARTS) {
      const from = join(ROOT, folder, part);
      if (!existsSync(join(from, 'dist'))) continue;
      const to = join(copy, folder, part);
      await mkdir(to, { recursive: true });
      for (const name of ['dist', 'migrations', 'package.json', 'node_modules']) {
        if (existsSync(join(from, name)))
          cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
      }
    }
  }
  for (const name of ['faults', 'package.json', 'node_modules']) {
    cpSync(join(ROOT, 'test', name), join(copy, 'test', name), { recursive: true, verbatimSymlinks: true });
  }
  return copy;
}

/** @throws {Error} a text is not there exactly once: the code has changed since the mutation was written */
export function applyMutation(copy: string, { name, patches }: Mutation): void {
  for (const patch of patches) applyPatch(copy, name, patch);
}

function applyPatch(copy: string, name: string, { file, find, replace }: Patch): void {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  const found = text.split(find).length - 1;
  if (found !== 1) throw new Error(`mutation ${name}: ${file} has "${find}" ${found} times, not once`);
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
}

export function restoreBuild(copy: string, { patches }: Mutation): void {
  for (const { file } of patches) cpSync(join(ROOT, file), join(copy, file));
}
