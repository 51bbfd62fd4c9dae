import type { Command, CommanderError } from 'commander'; // the type alone: a worker need not load it
import { closeLogs } from './logging/create-logger.ts';
import { loadSettings, type Settings } from './settings/load.ts';
import { errorText, exitCodeFor } from './worker/main.ts';

/** Prints the result of a command: one JSON document on standard output, or the text a person reads. */
export function print<Result>(
  result: Result,
  options: { readonly json?: boolean | undefined; readonly text: (result: Result) => string },
): void {
  console.log(options.json === true ? JSON.stringify(result, null, 2) : options.text(result));
}

/** A command on the database of the settings: opens it, and closes it whatever happens. */
export async function withStore<Store extends { close(): void }>(
  open: (path: string) => Store,
  use: (store: Store, settings: Settings) => unknown,
): Promise<void> {
  const settings = loadSettings(process.env);
  const store = open(settings.database);
  try {
    await use(store, settings);
  } finally {
    store.close();
  }
}

/**
 * Parses the arguments, runs the command they name, and ends the process: 0 done, 1 failed, 2 wrong usage or settings.
 *
 * @param argv as in `process.argv`
 */
export async function runCli(program: Command, argv: readonly string[] = process.argv): Promise<void> {
  throwInsteadOfExit(program);
  // `... | head` closes the pipe early, which is no failure
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  let code = 0;
  try {
    await program.parseAsync(argv);
    code = Number(process.exitCode ?? 0);
  } catch (error) {
    // commander has printed its own message
    if (isCommanderError(error)) code = error.exitCode === 0 ? 0 : 2;
    else {
      code = exitCodeFor(error);
      process.stderr.write(`${errorText(program.name(), error)}\n`);
    }
  }
  await closeLogs();
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  process.exit(code);
}

const isCommanderError = (error: unknown): error is CommanderError =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('commander.') && 'exitCode' in error;

/** Subcommands made before `exitOverride` do not inherit it. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}
