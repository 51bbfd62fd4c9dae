/** The database cannot be used as it is, and the message says what the owner can do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** a fault the owner must mend: shown without a stack, exit code 2 */
  readonly userError = true;
}

/** @throws {StoreError} in place of SQLite's own error where the disk is full; what was under way was rolled back */
export function namingDiskFull<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'SQLITE_FULL')) throw cause;
    throw new StoreError(
      `the disk that holds ${path} is full: the last rows were not written, everything before them is safe. Free some space (npm run collector cleanup), then start again.`,
      { cause },
    );
  }
}
