import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import winston from 'winston';
import type { Settings } from '../settings/load.ts';
import type { Secrets } from '../settings/secrets.ts';
import { UserError } from '../user-error.ts';
import { jsonLine, type LogLevel, type LogLine, readableLine } from './format.ts';
import { createLogFile, type LogFile } from './log-file.ts';
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

  const sayFault = (error: Error): void =>
    void process.stderr.write(`log of ${name} cannot be written, lines are dropped: ${redact(error.message)}\n`);

  const transports: winston.transport[] = [
    new winston.transports.Stream({ stream, format: format((line) => readableLine(line, colour)) }),
  ];
  if (toStdout) {
    makeFolder(log.folder);
    const limits = { maxBytes: log.maxSizeMb * MEGABYTE, maxFiles: log.maxFiles };
    const file = createLogFile(join(log.folder, `${name}.log`), limits, sayFault);
    transports.push(new winston.transports.Stream({ stream: streamInto(file), eol: '\n', format: format(jsonLine) }));
  }

  const logger = winston.createLogger({ level: log.level, transports });
  // without a listener an error would end the process
  logger.on('error', sayFault);
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

/** Takes each line at once: a transport that makes the logger wait silences all the others too. */
const streamInto = (file: LogFile): Writable =>
  new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      file.append(line);
      done();
    },
  });

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new UserError(`the log folder ${folder} cannot be made: ${(cause as Error).message}`, 'set log.folder', {
      cause,
    });
  }
}

/** Waits for the lines that are under way in every logger of this process; a second at most. */
export async function closeLogs(): Promise<void> {
  const loggers = [...open];
  open.clear();
  const ended = loggers.map(
    (logger) =>
      new Promise<void>((resolve) => {
        logger.once('finish', resolve);
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
