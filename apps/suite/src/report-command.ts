import { gapTable, statisticsOf } from '@mexc-bot/backtest';
import type { Mode } from '@mexc-bot/core';
import { print, type Settings, UserError } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { gapAgainst, gapText } from './against.ts';
import { plain } from './plain.ts';
import { readReport, reportText } from './report.ts';
import { importHistory, importText, type ReportFiles, writeReportFiles } from './report-files.ts';
import { reportTables } from './report-tables.ts';
import { readTradingRecord, storedPrices } from './trading-record.ts';

export interface ReportOptions extends ReportFiles {
  readonly mode?: Mode;
  readonly days?: number;
  readonly import?: string;
  readonly tracked?: string;
  readonly against?: string;
  readonly json?: boolean;
}

/**
 * Prints what was traded, and writes what files were asked for.
 *
 * @returns a line for each file that was written
 * @throws {UserError} options that do not go together, or a file that is not what it should be
 */
export function report(store: Store, settings: Settings, options: ReportOptions): string[] {
  if (options.tracked !== undefined && options.import === undefined) {
    throw new UserError('--tracked belongs to --import', 'Name the history it goes with: --import trade_history.json');
  }
  if (options.import === undefined) return reportOfBooks(store, settings, options);
  if (options.days !== undefined) {
    throw new UserError('--days is for the books of the suite', 'An imported history is reported whole.');
  }
  return reportOfImport(store, options.import, options);
}

function reportOfBooks(store: Store, settings: Settings, options: ReportOptions): string[] {
  const mode = options.mode ?? store.state.mode() ?? settings.mode;
  const known = readReport(store, mode, options.days ?? null);
  const record = readTradingRecord(store, settings, mode, options.days ?? null);
  const statistics = statisticsOf(record);
  const gap = options.against === undefined ? null : gapAgainst(record, options.against, storedPrices(store));
  print(
    { ...(plain(known) as object), statistics, ...(gap === null ? {} : { gap }) },
    {
      json: options.json,
      text: () => [statistics.verdict.text, reportText(known), ...(gap === null ? [] : [gapText(gap)])].join('\n'),
    },
  );
  const tables = [...(gap === null ? [] : [gapTable(gap)]), ...reportTables(store, mode, known)];
  return writeReportFiles(store, `${mode.toUpperCase()} report`, record, statistics, options, tables);
}

function reportOfImport(store: Store, path: string, options: ReportOptions): string[] {
  const imported = importHistory(path, options.tracked, options.mode);
  const { mode, entries, record } = imported;
  const statistics = statisticsOf(record);
  const gap = options.against === undefined ? null : gapAgainst(record, options.against, storedPrices(store));
  print(
    { mode, entries, statistics, ...(gap === null ? {} : { gap }) },
    {
      json: options.json,
      text: () => [importText(imported, statistics), ...(gap === null ? [] : [gapText(gap)])].join('\n'),
    },
  );
  const tables = gap === null ? [] : [gapTable(gap)];
  return writeReportFiles(store, `Imported ${mode} history`, record, statistics, options, tables);
}
