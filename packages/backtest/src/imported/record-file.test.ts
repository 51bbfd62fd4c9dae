import { expect, it } from 'vitest';
import { aRecord } from '../support/records.ts';
import { parseTradingRecord } from './record-file.ts';

const RECORD = aRecord([1, -2], { held: [] });
const parse = (value: unknown) =>
  parseTradingRecord(typeof value === 'string' ? value : JSON.stringify(value), 'r.json');

it('reads back what was written', () => expect(parse(RECORD)).toEqual(RECORD));

it.each([
  [{ ...RECORD, timeframe: '7m' }, 'r.json: timeframe is "7m"'],
  ['[', 'r.json, line 1, column 2: not valid JSON'],
  ['[]', 'r.json: it is no object'],
  [{ ...RECORD, startEquity: 'much' }, 'r.json: startEquity is "much"'],
  [{ ...RECORD, span: { from: 1 } }, 'r.json: span.until is missing'],
  [{ ...RECORD, trades: {} }, 'r.json: trades is no list'],
  [{ ...RECORD, trades: [RECORD.trades[0], { ...RECORD.trades[1], pnl: null }] }, 'r.json: trades[1].pnl is null'],
  [
    { ...RECORD, trades: [{ ...RECORD.trades[0], exits: [{ at: 1 }] }] },
    'r.json: trades[0].exits[0].reason is missing',
  ],
  [{ ...RECORD, equity: [7] }, 'r.json: equity[0] is no object'],
])('refuses what is no record, and names the field (%#)', (value, message) => {
  expect(() => parse(value)).toThrow(message);
});
