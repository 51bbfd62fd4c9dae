import { closeLogs } from '../logging/create-logger.ts';
import { isUserError } from '../user-error.ts';

/** 2 where the user must act, so that PM2 does not start the process again; 1 for everything else. */
export const exitCodeFor = (error: unknown): 1 | 2 => (isUserError(error) ? 2 : 1);

/**
 * Whatever is written may meet a full disk. No user error: a worker that ended with 2 would not be started again once there is room.
 */
const isDiskFull = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && (error.code === 'SQLITE_FULL' || error.code === 'ENOSPC');

/** What a person is shown of an error: a message and what to do, or, for a fault of the suite's own, the stack. */
export function errorText(name: string, error: unknown): string {
  if (isUserError(error)) return `${name}: ${error.message}${error.hint === undefined ? '' : `\n  ${error.hint}`}`;
  if (isDiskFull(error)) {
    return `${name}: the disk is full: ${error.message}\n  What was being written was taken back. Free some space, then start again.`;
  }
  if (!(error instanceof Error)) return `${name}: ${String(error)}`;
  const text = `${name}: ${error.stack ?? error.message}`;
  return error.cause === undefined ? text : `${text}\n${errorText('caused by', error.cause)}`;
}

/** Runs the `main` of a process; ends it with one clear message where it throws, before or after it is ready. */
export async function runMain(name: string, main: () => Promise<void>): Promise<void> {
  const fail = async (error: unknown): Promise<void> => {
    process.stderr.write(`${errorText(name, error)}\n`);
    await closeLogs();
    process.exit(exitCodeFor(error));
  };
  process.on('uncaughtException', fail); // unhandled rejections arrive here too
  try {
    await main();
  } catch (error) {
    await fail(error);
  }
}
