import { TIMEFRAME_MS } from '@mexc-bot/core';
import type { TradingRecord } from '../record/trading-record.ts';
import { ImportFault } from './entries.ts';
import { jsonFault } from './json-fault.ts';

/** Whether a value is what a field must hold. */
type Check = (value: unknown) => boolean;

const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const text: Check = (value) => typeof value === 'string';
const timeframe: Check = (value) => typeof value === 'string' && Object.hasOwn(TIMEFRAME_MS, value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const EXIT = { at: number, reason: text, price: number, quantity: number };
const TRADE = {
  id: number,
  market: text,
  strategy: text,
  regime: text,
  confidence: orNull(number),
  openedAt: number,
  closedAt: number,
  decisionPrice: orNull(number),
  entryPrice: number,
  exitPrice: number,
  quantity: number,
  cost: number,
  proceeds: number,
  fees: number,
  slippage: orNull(number),
  spreadCost: orNull(number),
  pnl: number,
  returnFraction: number,
  exitReason: text,
  takeProfits: list(number),
  stopPrice: orNull(number),
  peak: orNull(number),
  levelsTaken: number,
};
const HELD = { market: text, strategy: text, openedAt: number, cost: number, value: number, realised: number };
const SAMPLE = { at: number, equity: number, held: number };

/**
 * Reads a record that `report --record` or a backtest wrote.
 *
 * @param file as it is named in messages
 * @throws {ImportFault} no JSON, or not a record, with the field
 */
export function parseTradingRecord(json: string, file: string): TradingRecord {
  const record = fieldsOf(parsed(json, file), `${file}: it`);
  const at = (path: string) => `${file}: ${path}`;
  demand(record, { startEquity: number, endEquity: number, holdBtc: orNull(number), warnings: list(text) }, at(''));
  demand(fieldsOf(record.span, at('span')), { from: number, until: number }, at('span.'));
  if (record.timeframe !== undefined) demand(record, { timeframe }, at(''));
  if (record.emaCross !== undefined) demand(record, { emaCross: orNull(number) }, at(''));
  each(record.trades, at('trades'), (trade, place) => {
    demand(trade, TRADE, `${place}.`);
    each(trade.exits, `${place}.exits`, (exit, where) => demand(exit, EXIT, `${where}.`));
  });
  each(record.equity, at('equity'), (sample, place) => demand(sample, SAMPLE, `${place}.`));
  if (record.held !== undefined) each(record.held, at('held'), (held, place) => demand(held, HELD, `${place}.`));
  return record as unknown as TradingRecord;
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(json: string, file: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    const { line, column } = jsonFault(json);
    throw new ImportFault(`${file}, line ${line}, column ${column}: not valid JSON`);
  }
}

function fieldsOf(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ImportFault(`${place} is no object`);
  return value as Fields;
}

function demand(fields: Fields, checks: Readonly<Record<string, Check>>, place: string): void {
  for (const [name, check] of Object.entries(checks)) {
    if (!check(fields[name])) throw new ImportFault(`${place}${name} is ${JSON.stringify(fields[name]) ?? 'missing'}`);
  }
}

function each(value: unknown, place: string, read: (fields: Fields, place: string) => void): void {
  if (!Array.isArray(value)) throw new ImportFault(`${place} is no list`);
  for (const [index, entry] of value.entries()) read(fieldsOf(entry, `${place}[${index}]`), `${place}[${index}]`);
}
