import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import {
  type ImportedHistory,
  ImportFault,
  type ImportFile,
  importTradeHistory,
  type PageTable,
  reportPage,
  type Statistics,
  type TradingRecord,
} from '@mexc-bot/backtest';
import type { Mode } from '@mexc-bot/core';
import { UserError } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { storedCandles } from './trading-record.ts';
import { writeWhole } from './write-file.ts';

/** What `report` may write beside what it prints; paths from where the owner stands. */
export interface ReportFiles {
  readonly html?: string;
  readonly record?: string;
}

/** @returns a line for each file that was written */
export function writeReportFiles(
  store: Store,
  title: string,
  record: TradingRecord,
  statistics: Statistics,
  { html, record: recordFile }: ReportFiles,
  tables: readonly PageTable[] = [],
): string[] {
  const written: string[] = [];
  if (html !== undefined) {
    writeWhole(resolve(html), reportPage({ title, record, statistics, candles: storedCandles(store), tables }));
    written.push(`the page is ${resolve(html)}`);
  }
  if (recordFile !== undefined) {
    writeWhole(resolve(recordFile), `${JSON.stringify(record, null, 1)}\n`);
    written.push(`the record is ${resolve(recordFile)}`);
  }
  return written;
}

/** MEXC's taker fee: the Python bot's files name none. */
const ASSUMED_FEE = 0.0005;

/** @throws {UserError} a file cannot be read, or is malformed: with its line and field */
export function importHistory(history: string, tracked: string | undefined, mode: Mode | undefined): ImportedHistory {
  try {
    return importTradeHistory({
      history: fileAt(history),
      ...(tracked === undefined ? {} : { tracked: fileAt(tracked) }),
      ...(mode === undefined ? {} : { mode }),
      feeRate: ASSUMED_FEE,
    });
  } catch (cause) {
    if (!(cause instanceof ImportFault)) throw cause;
    throw new UserError(cause.message, 'Nothing was imported. Mend the file, or take that entry out of it.', { cause });
  }
}

function fileAt(path: string): ImportFile {
  try {
    return { name: basename(path), text: readFileSync(resolve(path), 'utf8') };
  } catch (cause) {
    throw new UserError(`${resolve(path)} cannot be read`, 'Name a file that is there.', { cause });
  }
}

/** What was imported, for a person: the sentence first. */
export function importText({ mode, entries }: ImportedHistory, { verdict, summary, warnings }: Statistics): string {
  const { trades, wins, losses, held, fees, profitFactor } = summary;
  return [
    `${mode.toUpperCase()} trades of the imported history: ${verdict.text}`,
    `${entries} entries make ${trades} closed (${wins} won, ${losses} lost), ${held} still held; fees ${fees.toFixed(2)} USDT, profit factor ${profitFactor?.toFixed(2) ?? '–'}`,
    ...warnings.map((warning) => `- ${warning}`),
  ].join('\n');
}
