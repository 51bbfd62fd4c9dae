import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import winston from 'winston';
import type { Settings } from '../settings/load.ts';
import type { Secrets } from '../settings/secrets.ts';
import { UserError } from '../user-error.ts';
import { jsonLine, type LogLevel, type LogLine, readableLine } from './format.ts';
import type { LogFields, Logger } from './logger.ts';
import { createRedactor } from './redact.ts';

const MEGABYTE = 1024 * 1024;
const FLUSH_MS = 1_000;

/** Loggers of this process that may still have lines to write. */
const open = new Set<winston.Logger>();

export interface LoggerOptions {
  /** never written, wherever they turn up */
  readonly secrets?: Partial<Secrets>;
  /**
   * `stdout`: a worker's, with a JSON file `<name>.log` beside it. `stderr`: a command's, no file: standard output belongs to
   * its result, and the file to the worker of that name.
   */
  readonly destination?: 'stdout' | 'stderr';
}

/**
 * @param name the process; names the file
 * @throws {UserError} the log folder cannot be made
 */
export function createLogger(name: string, log: Settings['log'], options: LoggerOptions = {}): Logger {
  const redact = createRedactor(options.secrets);
  const toStdout = (options.destination ?? 'stdout') === 'stdout';
  const stream = toStdout ? process.stdout : process.stderr;
  const colour = stream.isTTY === true && !process.env.NO_COLOR;
  const format = (write: (line: LogLine) => string) =>
    winston.format.printf((info) => redact(write(info.line as LogLine)));

  const transports: winston.transport[] = [
    new winston.transports.Stream({ stream, format: format((line) => readableLine(line, colour)) }),
  ];
  if (toStdout) {
    makeFolder(log.folder);
    transports.push(
      new winston.transports.File({
        filename: join(log.folder, `${name}.log`),
        maxsize: log.maxSizeMb * MEGABYTE,
        maxFiles: log.maxFiles,
        tailable: true,
        format: format(jsonLine),
      }),
    );
  }

  const logger = winston.createLogger({ level: log.level, transports });
  // a full disk must not stop trading: without a listener the error would end the process
  logger.on('error', (error: Error) =>
    process.stderr.write(`log of ${name} cannot be written: ${redact(error.message)}\n`),
  );
  open.add(logger);

  const write =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (!open.has(logger) || !logger.isLevelEnabled(level)) return;
      const line: LogLine = { at: new Date(), level, process: name, message, fields };
      logger.log({ level, message, line });
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new UserError(`the log folder ${folder} cannot be made: ${(cause as Error).message}`, 'set log.folder', {
      cause,
    });
  }
}

/** Writes what is buffered and closes the files of every logger of this process; takes a second at most. */
export async function closeLogs(): Promise<void> {
  const loggers = [...open];
  open.clear();
  const ended = loggers.map(
    (logger) =>
      new Promise<void>((resolve) => {
        const files = logger.transports.filter((transport) => transport instanceof winston.transports.File);
        let left = files.length;
        if (left === 0) resolve();
        for (const file of files) {
          file.once('finish', () => {
            left -= 1;
            if (left === 0) resolve();
          });
        }
        logger.end();
      }),
  );
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FLUSH_MS);
  });
  await Promise.race([Promise.all(ended), limit]);
  clearTimeout(timer);
}
