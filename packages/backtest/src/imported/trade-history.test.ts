import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statisticsOf } from '../statistics/statistics.ts';
import { exitReasonOf } from './history-entry.ts';
import { jsonFault } from './json-fault.ts';
import { entryLines } from './json-places.ts';
import { importTradeHistory, type TradeHistoryImport } from './trade-history.ts';

const T = 1_763_800_000;
const buy = (over: object = {}) => ({
  type: 'buy',
  symbol: 'PEPE/USDT',
  price: 2,
  amount: 10,
  timestamp: T,
  strategy: 'simple',
  ...over,
});
const sell = (over: object = {}) => ({
  type: 'sell',
  symbol: 'PEPEUSDT',
  price: 2.2,
  amount: 10,
  timestamp: T + 600,
  reason: 'TP1',
  ...over,
});
const importOf = (entries: unknown, over: Partial<TradeHistoryImport> = {}) =>
  importTradeHistory({
    history: {
      name: 'trade_history.json',
      text: typeof entries === 'string' ? entries : JSON.stringify(entries, null, 1),
    },
    feeRate: 0.001,
    ...over,
  });
const own = (warnings: readonly string[]) => warnings.filter((text) => !/^(What |The files )/.test(text));

it('a purchase and its sale are a trade, after the fees that are assumed', () => {
  const { mode, entries, record } = importOf([buy(), sell()]);
  expect([mode, entries, record.trades.length]).toEqual(['live', 2, 1]);
  const [trade] = record.trades;
  expect(trade).toMatchObject({
    market: 'PEPEUSDT',
    openedAt: T * 1_000,
    closedAt: (T + 600) * 1_000,
    cost: 20,
    proceeds: 22,
    exitReason: 'take_profit',
    slippage: null,
  });
  // 2 gained, 0.1 % of 20 and of 22 paid
  expect(trade?.pnl).toBeCloseTo(1.958, 12);
  expect(record.endEquity - record.startEquity).toBeCloseTo(1.958, 12);
  expect(record.startEquity).toBe(20);
  expect(own(record.warnings)).toEqual([]);
});

it('sales in parts are one trade, with each of its exits', () => {
  const { record } = importOf([
    buy(),
    sell({ amount: 5 }),
    sell({ amount: 3, timestamp: T + 900, price: 2.4 }),
    sell({ amount: 2, timestamp: T + 1_200, price: 1.9, reason: 'wave stop' }),
  ]);
  expect(record.trades).toHaveLength(1);
  expect(record.trades[0]).toMatchObject({ proceeds: 22, exitReason: 'trailing_stop' });
  expect(record.trades[0]?.exits.map(({ quantity }) => quantity)).toEqual([5, 3, 2]);
});

it('entries out of order, in milliseconds, as text or ISO times are read all the same', () => {
  const { record } = importOf([
    sell({ timestamp: new Date((T + 600) * 1_000).toISOString().slice(0, 19), price: '2.2' }),
    buy({ timestamp: T * 1_000 }),
  ]);
  expect(record.trades[0]).toMatchObject({ openedAt: T * 1_000, closedAt: (T + 600) * 1_000 });
});

it('purchases before a sale are averaged, and what is not sold is held', () => {
  const { record } = importOf([buy(), buy({ price: 4, timestamp: T + 60 }), sell({ amount: 15, price: 4 })]);
  // 60 for 20; 15 sold for 60 that had cost 45
  expect(record.trades).toMatchObject([{ quantity: 15, cost: 45, proceeds: 60 }]);
  expect(record.trades[0]?.pnl).toBeCloseTo(15 - 0.105, 12);
  expect(record.held).toEqual([expect.objectContaining({ market: 'PEPEUSDT', cost: 15, value: 15, realised: -0.015 })]);
  expect(own(record.warnings)).toEqual(['PEPEUSDT: only partly sold: that part is a trade, the rest is held.']);
});

const summaryOf = ({ record }: ReturnType<typeof importOf>) =>
  statisticsOf(record, { replicates: 20, seed: 1 }).summary;

it.each([undefined, { name: 'tracked_tokens.json', text: '{}' }])(
  'what a partial sale lost is lost, whether the rest is tracked or not (%#)',
  (tracked) => {
    const entries = [buy({ price: 1, amount: 100 }), sell({ price: 0.5, amount: 90, reason: 'SL' })];
    const summary = summaryOf(importOf(entries, { feeRate: 0, ...(tracked && { tracked }) }));
    expect([summary.pnl, summary.held, summary.heldPnl]).toEqual([-45, 1, 0]);
  },
);

it('what is left of a partial sale goes on in the next purchase', () => {
  const { record } = importOf(
    [
      buy({ price: 1, amount: 100 }),
      sell({ price: 1.1, amount: 50 }),
      buy({ price: 1, amount: 100, timestamp: T + 900 }),
      sell({ price: 0.5, amount: 150, timestamp: T + 1_200 }),
    ],
    { feeRate: 0 },
  );
  expect(record.trades.map(({ quantity, cost }) => [quantity, cost])).toEqual([
    [50, 50],
    [150, 150],
  ]);
  expect(record.trades[0]?.pnl).toBeCloseTo(5, 9);
  expect(record.trades[1]?.pnl).toBeCloseTo(-75, 9);
  expect(record.held).toEqual([]);
});

describe('what is missing is named', () => {
  it.each([
    [[buy(), sell({ price: null })], 'trade_history.json, line 10: has no price and is left out.'],
    [
      [buy({ symbol: undefined }), sell({ buy_price: 2 })],
      'trade_history.json, line 2: has no symbol and is left out.',
    ],
    [[buy({ strategy: undefined }), sell()], 'trade_history.json, line 2: has no strategy.'],
    [[buy(), sell({ amount: undefined })], 'trade_history.json, line 10: has no amount: all that was left.'],
    [[buy(), sell({ reason: '' })], 'trade_history.json, line 10: has no reason.'],
    [
      [buy(), sell({ amount: 12 })],
      'trade_history.json, line 10: sells more than was bought, and that part is left out.',
    ],
  ])('in a warning with its line (%#)', (entries, warning) => {
    expect(own(importOf(entries).record.warnings)).toContain(warning);
  });
  it('once, however often', () => {
    const { record } = importOf([buy(), sell(), sell({ type: undefined }), sell({ type: undefined })]);
    expect(own(record.warnings)).toEqual(['trade_history.json, line 18 and 1 more: has no type and is left out.']);
  });
  it('a sale of more than was bought is two trades where it says what the rest cost', () => {
    const { record } = importOf([buy(), sell({ amount: 25, buy_price: 3 })], { feeRate: 0 });
    expect(record.trades.map(({ quantity, cost }) => [quantity, cost])).toEqual([
      [10, 20],
      [15, 45],
    ]);
    expect(own(record.warnings)[0]).toContain('sells more than was bought: bought at its buy_price');
  });
  it('a sale without a purchase needs its buy_price', () => {
    expect(importOf([sell({ buy_price: 2 })]).record.trades[0]).toMatchObject({ cost: 20, proceeds: 22 });
    const { record } = importOf([buy(), sell({ symbol: 'DOGE/USDT' })]);
    expect(record.trades).toEqual([]);
    expect(own(record.warnings).join()).toContain('sells what the file never bought, and that part is left out');
  });
});

describe('what is malformed is refused, with its line and field', () => {
  it.each([
    ['[{"type": "buy",\n "symbol": }]', 'trade_history.json, line 2, column 12: not valid JSON'],
    ['[{"type": "buy"', 'trade_history.json, line 1, column 16: not valid JSON'],
    ['', 'trade_history.json, line 1, column 1: not valid JSON'],
    ['[\n{"price": 1},\n]', 'trade_history.json, line 3, column 1: not valid JSON'],
    ['[]\n[]', 'trade_history.json, line 2, column 1: not valid JSON'],
    ['[{"a": "b\n"}]', 'trade_history.json, line 1, column 8: not valid JSON'],
    ['{}', 'trade_history.json: the file holds no JSON array'],
    ['[\n{"type": "buy"},\n7]', 'trade_history.json, line 3: entry 2 is no object'],
    [[buy({ price: 'cheap' })], 'trade_history.json, line 2: price is "cheap", must be a number above 0'],
    [[buy(), sell({ amount: -1 })], 'trade_history.json, line 10: amount is -1, must be a number above 0'],
    [[buy({ timestamp: 'yesterday' })], 'timestamp is "yesterday", must be seconds since 1970'],
    [[buy({ type: 'hold' })], 'type is "hold", must be buy, sell, test_buy, test_sell'],
    [[buy({ type: 'constructor' })], 'type is "constructor"'],
    [[buy({ symbol: '<b>' })], 'symbol is "<b>", must be like PEPE/USDT or PEPEUSDT'],
    [[buy({ strategy: 5 })], 'strategy is 5, must be text'],
    [[], 'no live trade in it can be used'],
    [[buy(), sell({ type: 'test_sell' })], 'holds test and live trades: say which with --mode'],
  ])('%#', (entries, message) => {
    expect(() => importOf(entries)).toThrow(message);
  });
});

it('takes the mode it is told from a file that has both', () => {
  const both = [buy(), sell(), buy({ type: 'test_buy' }), sell({ type: 'test_sell', price: 1 })];
  expect(importOf(both, { mode: 'test' }).record.trades.map(({ pnl }) => pnl < 0)).toEqual([true]);
  expect(importOf(both, { mode: 'live' }).record.trades.map(({ pnl }) => pnl < 0)).toEqual([false]);
});

it('what is tracked is held, and where the files differ it is said', () => {
  const tracked = {
    name: 'tracked_tokens.json',
    text: JSON.stringify({
      'DOGE/USDT': { buy_price: 1, amount: 5, timestamp: T + 50, strategy: 'revival', tp_levels: [1.03] },
      WIFUSDT: { buy_price: 1, timestamp: T },
    }),
  };
  const { record } = importOf([buy()], { tracked });
  expect(record.held).toMatchObject([
    { market: 'PEPEUSDT', strategy: 'simple', cost: 20 },
    { market: 'DOGEUSDT', strategy: 'revival', cost: 5 },
  ]);
  expect(own(record.warnings)).toEqual([
    'tracked_tokens.json, line 1: has no amount and is left out.',
    'PEPEUSDT: neither sold nor tracked, and counts as held at its cost.',
    'tracked_tokens.json, line 1: is tracked, but the history has no such purchase.',
  ]);
  expect(() => importOf([buy()], { tracked: { name: 'tracked_tokens.json', text: '[]' } })).toThrow(
    'tracked_tokens.json: the file holds no JSON object',
  );
});

it.each([
  ['TP2 hit', 'take_profit'],
  ['Stop-loss', 'stop_loss'],
  ['SL', 'stop_loss'],
  ['trailing stop (wave)', 'trailing_stop'],
  ['dynamic peak', 'trailing_take_profit'],
  ['moon phase', 'moon phase'],
  [null, 'unknown'],
])('%s is %s', (text, reason) => expect(exitReasonOf(text)).toBe(reason));

it('finds the line of every entry of any JSON', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.constantFrom(0, 1, 4), (values, indent) => {
      const text = JSON.stringify(values, null, indent);
      const lines = entryLines(text);
      expect(lines).toHaveLength(values.length);
      // each entry begins on a line of its own where there is an indent
      const starts = indent === 0 ? values.map(() => 1) : values.map((_, index) => lineOf(values, index, indent));
      expect(lines).toEqual(starts);
    }),
  );
});
const lineOf = (values: readonly unknown[], index: number, indent: number) =>
  2 +
  values
    .slice(0, index)
    .reduce<number>((sum, value) => sum + JSON.stringify(value, null, indent).split('\n').length, 0);

it('finds no fault in JSON, and one in every JSON that is cut short', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 4 }), fc.nat(), (values, cut) => {
      const text = JSON.stringify(values);
      expect(jsonFault(text).column).toBe(text.length + 1);
      const short = text.slice(0, cut % text.length);
      expect(jsonFault(short).column).toBeLessThanOrEqual(short.length + 1);
    }),
  );
});

it('reads NaN as Python writes it', () => {
  const { record } = importOf(
    '[{"type":"buy","symbol":"A/USDT","price":1,"amount":NaN,"timestamp":1,"x":[NaN,NaN]},{"type":"sell","symbol":"A/USDT","price":1,"buy_price":1,"amount":1,"timestamp":9}]',
  );
  expect(own(record.warnings)[0]).toBe('trade_history.json, line 1: has no amount and is left out.');
});

it('every sum of an import adds up, whatever was traded', () => {
  const entry = fc.record({
    type: fc.constantFrom('buy', 'sell'),
    symbol: fc.constantFrom('A/USDT', 'B/USDT'),
    price: fc.double({ min: 0.1, max: 10, noNaN: true }),
    amount: fc.double({ min: 0.1, max: 10, noNaN: true }),
    timestamp: fc.integer({ min: T, max: T + 86_400 }),
    buy_price: fc.option(fc.double({ min: 0.1, max: 10, noNaN: true })),
  });
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 30 }), (entries) => {
      const { record } = importOf(entries);
      const { summary } = statisticsOf(record, { replicates: 20, seed: 1 });
      expect(record.endEquity - record.startEquity).toBeCloseTo(summary.pnl + summary.heldPnl, 8);
      for (const trade of record.trades) {
        expect(trade.pnl).toBeCloseTo(trade.proceeds - trade.cost - trade.fees, 10);
        expect(trade.exits.reduce((sum, { quantity }) => sum + quantity, 0)).toBeLessThanOrEqual(
          trade.quantity * 1.001,
        );
      }
      for (const [index, { at }] of record.equity.entries())
        if (index > 0) expect(at).toBeGreaterThanOrEqual(record.equity[index - 1]!.at);
    }),
  );
});

it('no money appears or is lost: trades and what is held come to the cash flow and what is left', () => {
  const entry = fc.record({
    type: fc.constantFrom('buy', 'sell'),
    symbol: fc.constantFrom('A/USDT', 'B/USDT'),
    price: fc.integer({ min: 1, max: 20 }),
    // whole coins: a rest of one in a thousand counts as sold
    amount: fc.integer({ min: 1, max: 10 }),
    buy_price: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 30 }), fc.boolean(), (rows, isTracked) => {
      const feeRate = 0.01;
      let cash = 0;
      const left = new Map<string, { quantity: number; cost: number }>();
      for (const { type, symbol, price, amount, buy_price } of rows) {
        const { quantity, cost } = left.get(symbol) ?? { quantity: 0, cost: 0 };
        if (type === 'buy') {
          cash -= price * amount * (1 + feeRate);
          left.set(symbol, { quantity: quantity + amount, cost: cost + price * amount });
        } else {
          const sold = Math.min(amount, quantity);
          cash += price * sold * (1 - feeRate);
          if (sold > 0) left.set(symbol, { quantity: quantity - sold, cost: cost * (1 - sold / quantity) });
          // the rest was bought before the file began
          if (buy_price !== undefined) cash += (amount - sold) * (price * (1 - feeRate) - buy_price * (1 + feeRate));
        }
      }
      const entries = rows.map((row, index) => ({ ...row, timestamp: T + index }));
      const tracked = { name: 'tracked_tokens.json', text: '{}' };
      const imported = importOf(entries, { feeRate, mode: 'live', ...(isTracked && { tracked }) });
      const summary = summaryOf(imported);
      const value = imported.record.held!.reduce((sum, held) => sum + held.value, 0);
      expect(value).toBeCloseTo(
        [...left.values()].reduce((sum, { cost }) => sum + cost, 0),
        8,
      );
      expect(summary.pnl + summary.heldPnl).toBeCloseTo(cash + value, 8);
    }),
  );
});
