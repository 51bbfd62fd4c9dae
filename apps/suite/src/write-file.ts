import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '@mexc-bot/runtime';

/**
 * Writes a file whole or not at all: whoever opens it meanwhile sees the one before.
 *
 * @throws {UserError} it cannot be written there
 */
export function writeWhole(path: string, text: string): void {
  const part = `${path}.${process.pid}.part`;
  let begun = false;
  try {
    mkdirSync(dirname(path), { recursive: true });
    begun = true;
    writeFileSync(part, text);
    renameSync(part, path);
  } catch (cause) {
    if (begun) rmSync(part, { force: true });
    throw new UserError(`${path} cannot be written`, 'Name a file in a folder you may write to.', { cause });
  }
}
