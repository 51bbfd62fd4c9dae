import { appendFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, parse } from 'node:path';

export interface LogFile {
  /** @param line with its line break; dropped where it cannot be written */
  append(line: string): void;
}

/**
 * A file of lines that never holds anybody up: a line is on the disk when `append` returns, or it is dropped, and the next one is tried
 * again. A stream would keep what it cannot write, first in memory and then by stopping whoever logs, the terminal included.
 *
 * The file in use is `<name>.log`; the one before it `<name>1.log`, and so on.
 *
 * @param limits.maxBytes a file is rotated before it grows past this
 * @param limits.maxFiles files in all, at least 1
 * @param onFault told once of each run of dropped lines
 */
export function createLogFile(
  path: string,
  { maxBytes, maxFiles }: { readonly maxBytes: number; readonly maxFiles: number },
  onFault: (error: Error) => void,
): LogFile {
  const { dir, name, ext } = parse(path);
  const numbered = (number: number): string => (number === 0 ? path : join(dir, `${name}${number}${ext}`));
  /** null: to be looked up, as a write that failed may have left a part of its line */
  let size: number | null = null;
  let dropped = 0;

  const rotate = (): void => {
    rmSync(numbered(maxFiles - 1), { force: true });
    for (let number = maxFiles - 2; number >= 0; number--) {
      if (statSync(numbered(number), { throwIfNoEntry: false })) renameSync(numbered(number), numbered(number + 1));
    }
  };

  /** Where somebody holds the old files, on Windows, this one grows by another such size before it is tried again. */
  const rotateIfPossible = (): void => {
    try {
      rotate();
    } catch (error) {
      onFault(error as Error);
    }
  };

  return {
    append(line) {
      try {
        let text = line;
        if (size === null) {
          size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
          if (dropped > 0 && size > 0) text = `\n${line}`; // ends what was half written
        }
        const bytes = Buffer.byteLength(text);
        if (size > 0 && size + bytes > maxBytes) {
          rotateIfPossible();
          size = 0;
        }
        appendFileSync(path, text);
        size += bytes;
        dropped = 0;
      } catch (error) {
        size = null;
        dropped += 1;
        if (dropped === 1) onFault(error as Error);
      }
    },
  };
}
