import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '@mexc-bot/runtime';

/**
 * Where a result is to be written; asked before a run, so that none is made in vain. The folder is made.
 *
 * @param option as the user gave it: `--html`
 * @throws {UserError} it cannot be written
 */
export function fileToWrite(option: string, path: string): string {
  const file = resolve(path);
  const isNew = !existsSync(file);
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, 'a'));
    if (isNew) rmSync(file);
  } catch (cause) {
    throw new UserError(`${option} ${path} cannot be written: ${(cause as Error).message}`, 'Name another file.', {
      cause,
    });
  }
  return file;
}
