import { MINUTE_MS } from '@mexc-bot/core';
import { duration } from '@mexc-bot/runtime';
import type { CandleSeries } from '@mexc-bot/store';
import Table from 'cli-table3';
import type { ExportResult, ImportResult } from './candle-files.ts';
import type { CollectResult } from './collect.ts';
import type { PruneResult } from './prune-candles.ts';

const count = (value: number): string => value.toLocaleString('en-US');
const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
const at = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
const FAULTS_SHOWN = 20;

function listed(lines: readonly string[]): string[] {
  const more = lines.length - FAULTS_SHOWN;
  return [...lines.slice(0, FAULTS_SHOWN), ...(more > 0 ? [`  ... and ${more} more (--json lists them all)`] : [])];
}

/** What a collecting command did. */
export interface CollectedResult extends CollectResult {
  /** the market was put down for training */
  readonly trainingAsked?: boolean;
}

export function collectText(result: CollectedResult): string {
  const { markets, candles, requests, wallMs, left, failures, trainingAsked } = result;
  return [
    `${count(candles)} new candles of ${count(markets)} markets, ${count(requests)} requests in ${duration(wallMs)}.`,
    ...(left > 0 ? [`${count(left)} pages are left: the same command goes on where this one ended.`] : []),
    ...listed(failures.map(({ market, timeframe, message }) => `  ${market} ${timeframe}: ${message}`)),
    ...(trainingAsked === true
      ? ["It is put down for training: the trainer's next run takes it, npm run trainer pending at once."]
      : []),
  ].join('\n');
}

export function importText({ files, rows, candles, faults }: ImportResult): string {
  const bad = new Set(faults.map(({ file }) => file)).size;
  return [
    `${count(files - bad)} of ${count(files)} files, ${count(rows)} candles, ${count(candles)} of them new.`,
    ...listed(faults.map(({ file, line, message }) => `  ${file}${line === null ? '' : ` line ${line}`}: ${message}`)),
  ].join('\n');
}

export const exportText = ({ folder, files, candles, bytes }: ExportResult): string =>
  `${count(files)} files, ${count(candles)} candles, ${megabytes(bytes)} in ${folder}.`;

/** What the `cleanup` command did. */
export interface CleanupResult extends PruneResult {
  readonly exports: { readonly folder: string; readonly files: number; readonly bytes: number };
}

export function cleanupText({ candles, byTimeframe, spared, freedBytes, exports }: CleanupResult): string {
  const by = Object.entries(byTimeframe).map(([timeframe, deleted]) => `${count(deleted)} of ${timeframe}`);
  return [
    candles === 0
      ? 'No candle is older than it is kept.'
      : `${count(candles)} candles deleted (${by.join(', ')}): ${megabytes(freedBytes)} of the database are free for new rows.`,
    ...(spared > 0
      ? [`${count(spared)} series keep older ones: an open position or a candidate without a label needs them.`]
      : []),
    exports.files === 0
      ? `No export in ${exports.folder} is old enough.`
      : `${count(exports.files)} exports deleted in ${exports.folder}: ${megabytes(exports.bytes)} freed.`,
  ].join('\n');
}

/** Of one series: how many candles are missing, and since when. */
export interface GapRow {
  readonly market: string;
  readonly timeframe: string;
  readonly from: number;
  readonly until: number;
  readonly candles: number;
  /** the exchange was asked twice and has none, or its market did not exist yet */
  readonly hole: boolean;
}

export function gapRows(series: readonly CandleSeries[], stepOf: (timeframe: string) => number): GapRow[] {
  return series.flatMap(({ market, timeframe, gaps }) =>
    gaps.map(({ from, until, looks }) => ({
      market,
      timeframe,
      from,
      until,
      candles: (until - from) / stepOf(timeframe),
      hole: looks === 2,
    })),
  );
}

export function gapText(rows: readonly GapRow[]): string {
  if (rows.length === 0) return 'No candle is missing.';
  const head = ['market', 'candles', 'from (UTC)', 'until', 'missing', ''];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { market, timeframe, from, until, candles, hole } of rows) {
    table.push([market, timeframe, at(from), at(until - MINUTE_MS), count(candles), hole ? 'hole' : 'to fetch']);
  }
  const open = rows.filter(({ hole }) => !hole).length;
  return `${table.toString()}\n${count(open)} gaps are fetched (again) by the next run; ${count(rows.length - open)} are holes of the exchange itself.`;
}
