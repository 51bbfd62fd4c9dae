import { type ClosedPosition, Decimal, type Fill, HOUR_MS, realisedPnl, type TradeOrder } from '@mexc-bot/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anOpenPosition, anOrder } from '../../../../test/support/builders.ts';
import { statisticsOf } from '../statistics/statistics.ts';
import { MIDNIGHT } from '../support/records.ts';
import { recordOfBooks, type TradingBooks } from './from-books.ts';

const d = (value: number | string) => new Decimal(value);
const fill = (over: Partial<Fill>): Fill => ({
  tradeId: `${over.clientOrderId}-1`,
  clientOrderId: 'buy',
  mode: 'test',
  market: 'PEPEUSDT',
  side: 'buy',
  price: d(1),
  quantity: d(10),
  fee: d('0.005'),
  feeAsset: 'USDT',
  at: MIDNIGHT,
  ...over,
});

/** 10 bought at 1, 4 sold at 1.2 after an hour, 6 at 0.9 after three. */
const BUY = anOrder({ clientOrderId: 'buy', createdAt: MIDNIGHT, filled: d(10), state: 'filled' });
const sale = (id: string, reason: string, trigger: number, hours: number): TradeOrder =>
  anOrder({
    clientOrderId: id,
    side: 'sell',
    reason,
    entry: null,
    state: 'filled',
    trigger: { price: d(trigger), at: MIDNIGHT + hours * HOUR_MS },
  });
const ORDERS = [BUY, sale('s1', 'take_profit', 1.21, 1), sale('s2', 'stop_loss', 0.91, 3)];
const FILLS = [
  fill({}),
  fill({
    clientOrderId: 's1',
    side: 'sell',
    price: d('1.2'),
    quantity: d(4),
    fee: d('0.0024'),
    at: MIDNIGHT + HOUR_MS,
  }),
  fill({
    clientOrderId: 's2',
    side: 'sell',
    price: d('0.9'),
    quantity: d(6),
    fee: d('0.0027'),
    at: MIDNIGHT + 3 * HOUR_MS,
  }),
];
const { state: _, ...OPEN } = anOpenPosition({ openedAt: MIDNIGHT });
const CLOSED: ClosedPosition = {
  ...OPEN,
  state: 'closed',
  closedAt: MIDNIGHT + 3 * HOUR_MS,
  closeReason: 'stop_loss',
  quantity: d(0),
  dust: d(0),
  proceeds: d('10.2'),
  fees: d('0.0101'),
  levelsTaken: 1,
  peak: d('1.25'),
};
const books = (over: Partial<TradingBooks> = {}): TradingBooks => ({
  closed: [CLOSED],
  open: [],
  orders: ORDERS,
  fills: FILLS,
  startEquity: 100,
  span: { from: MIDNIGHT - HOUR_MS, until: MIDNIGHT + 5 * HOUR_MS },
  decisionOf: () => ({ price: 0.99, spread: 0.01, regime: 'bearish' }),
  closeBy: () => null,
  btc: 'BTCUSDT',
  ...over,
});

it('a closed position is a trade, with what it cost to execute', () => {
  const [trade] = recordOfBooks(books()).trades;
  expect(trade).toMatchObject({
    id: 1,
    market: 'PEPEUSDT',
    regime: 'bearish',
    decisionPrice: 0.99,
    cost: 10,
    proceeds: 10.2,
    exitReason: 'stop_loss',
    takeProfits: [1.03, 1.06, 1.09],
    peak: 1.25,
  });
  expect(trade?.pnl).toBeCloseTo(0.1899, 12);
  expect(trade?.exits.map(({ reason, quantity, price }) => [reason, quantity, Math.round(price * 1e6) / 1e6])).toEqual([
    ['take_profit', 4, 1.2],
    ['stop_loss', 6, 0.9],
  ]);
  // entry 0.1 over the decision; exits 0.04 and 0.06 under the bid, which is half a spread under the last price
  expect(trade?.slippage).toBeCloseTo(0.1 + 0.04 + 0.06 + 0.005 * 10.2, 12);
  expect(trade?.spreadCost).toBeCloseTo(0.005 * 20.2, 12);
});

it('without the look that decided it, slippage and mood are not known', () => {
  const [trade] = recordOfBooks(books({ decisionOf: () => null })).trades;
  expect(trade).toMatchObject({ slippage: null, spreadCost: null, decisionPrice: null, regime: 'unknown' });
});

describe('the equity', () => {
  const at = (record: ReturnType<typeof recordOfBooks>, hours: number) =>
    record.equity.find((sample) => sample.at === MIDNIGHT + hours * HOUR_MS);
  it('counts what is held at the last candle, or at an execution of its own that is newer', () => {
    const closeBy = (_: string, time: number) => ({
      at: MIDNIGHT + 1.9 * HOUR_MS,
      price: time > MIDNIGHT + 1.9 * HOUR_MS ? 1.5 : 0,
    });
    const record = recordOfBooks(
      books({ closeBy: (market, time) => (time >= MIDNIGHT + 1.9 * HOUR_MS ? closeBy(market, time) : null) }),
    );
    expect(at(record, -1)).toEqual({ at: MIDNIGHT - HOUR_MS, equity: 100, held: 0 });
    expect(at(record, 0)?.equity).toBeCloseTo(100 - 0.005, 12);
    // 4 sold at 1.2, 6 left that are worth as much
    expect(at(record, 1)?.equity).toBeCloseTo(100 + 2 - 0.0074, 12);
    expect(at(record, 2)).toMatchObject({ held: 9 });
    expect(at(record, 3)?.equity).toBeCloseTo(100.1899, 12);
    expect(at(record, 5)).toMatchObject({ held: 0 });
  });
  it('marks what was bought before the span to the market there', () => {
    const from = MIDNIGHT + 2 * HOUR_MS;
    const closeBy = (_: string, time: number) => (time >= from ? { at: from, price: 1.5 } : null);
    const record = recordOfBooks(books({ span: { from, until: MIDNIGHT + 5 * HOUR_MS }, closeBy }));
    // 4 sold at 1.2, 6 worth 1.5, that had cost 10
    const gained = 4.8 + 9 - 10 - 0.0074;
    expect(record.span.from).toBe(from);
    expect(record.startEquity).toBeCloseTo(100 + gained, 12);
    expect(record.equity[0]).toEqual({ at: from, equity: record.startEquity, held: 9 });
    expect(record.endEquity).toBeCloseTo(100.1899, 12);
    expect(record.endEquity - record.startEquity).toBeCloseTo(record.trades[0]!.pnl - gained, 12);
    expect(record.warnings).toEqual([expect.stringContaining('1 of the positions was opened before: +3.79 USDT')]);
  });
  it('says so where nobody knows what the account held', () => {
    const record = recordOfBooks(books({ startEquity: null }));
    expect(record.startEquity).toBe(10);
    expect(record.warnings).toEqual([expect.stringContaining('10.00 USDT, the most that was in positions at once')]);
    expect(recordOfBooks(books({ startEquity: null, closed: [], orders: [], fills: [] })).warnings).toEqual([]);
  });
  it('is a line also where nothing was traded', () => {
    const record = recordOfBooks(books({ closed: [], orders: [], fills: [], span: { from: 0, until: 0 } }));
    expect(record.equity.map(({ equity }) => equity)).toEqual([100, 100]);
    expect(statisticsOf(record).summary.returnFraction).toBe(0);
  });
});

it('an open position is held at its last price', () => {
  const open = anOpenPosition({ openedAt: MIDNIGHT, quantity: d(6), proceeds: d('4.8'), fees: d('0.0074') });
  const record = recordOfBooks(
    books({
      closed: [],
      open: [open],
      orders: ORDERS.slice(0, 2),
      fills: FILLS.slice(0, 2),
      closeBy: () => ({ at: MIDNIGHT + 4 * HOUR_MS, price: 2 }),
    }),
  );
  expect(record.held).toEqual([
    expect.objectContaining({ market: 'PEPEUSDT', cost: 6, value: 12, realised: expect.closeTo(0.7926, 12) }),
  ]);
  const { summary } = statisticsOf(record);
  expect(summary.heldPnl).toBeCloseTo(6.7926, 12);
  expect(record.endEquity - 100).toBeCloseTo(summary.pnl + summary.heldPnl, 12);
});

it('holding BTC needs its candles at both ends', () => {
  const price = (time: number) => ({ at: time - 60_000, price: time > MIDNIGHT ? 110 : 100 });
  expect(recordOfBooks(books({ closeBy: (_, time) => price(time) })).holdBtc).toBeCloseTo(0.1, 12);
  expect(recordOfBooks(books({ closeBy: () => ({ at: MIDNIGHT - 9 * HOUR_MS, price: 1 }) })).holdBtc).toBeNull();
});

it('what a record gained is what the books realised, whatever was traded', () => {
  const trade = fc.record({
    openedAt: fc.integer({ min: 0, max: 50 }).map((hours) => MIDNIGHT + hours * HOUR_MS),
    hours: fc.integer({ min: 0, max: 30 }),
    entry: fc.integer({ min: 1, max: 1_000 }),
    exit: fc.integer({ min: 1, max: 1_000 }),
    quantity: fc.integer({ min: 1, max: 100 }),
  });
  fc.assert(
    fc.property(fc.array(trade, { maxLength: 12 }), (rows) => {
      const lives = rows.map(({ openedAt, hours, entry, exit, quantity }, index) => {
        const closedAt = openedAt + hours * HOUR_MS;
        const [id, fee] = [`p${index}`, d('0.01')];
        const common = { market: `T${index}USDT`, fee };
        return {
          orders: [
            { ...BUY, clientOrderId: `b${index}`, positionId: id, createdAt: openedAt },
            { ...ORDERS[2]!, clientOrderId: `s${index}`, positionId: id },
          ],
          fills: [
            fill({ ...common, clientOrderId: `b${index}`, price: d(entry), quantity: d(quantity), at: openedAt }),
            fill({
              ...common,
              clientOrderId: `s${index}`,
              side: 'sell',
              price: d(exit),
              quantity: d(quantity),
              at: closedAt,
            }),
          ],
          position: {
            ...CLOSED,
            id,
            market: `T${index}USDT`,
            openedAt,
            closedAt,
            entryPrice: d(entry),
            bought: d(quantity),
            cost: d(entry).mul(quantity),
            proceeds: d(exit).mul(quantity),
            fees: d('0.02'),
          },
        };
      });
      const record = recordOfBooks(
        books({
          closed: lives.map(({ position }) => position),
          orders: lives.flatMap(({ orders }) => orders),
          fills: lives.flatMap(({ fills }) => fills),
        }),
      );
      const realised = lives.reduce((sum, { position }) => sum + realisedPnl(position).toNumber(), 0);
      expect(record.endEquity - record.startEquity).toBeCloseTo(realised, 6);
      expect(statisticsOf(record, { replicates: 10, seed: 1 }).summary.pnl).toBeCloseTo(realised, 6);
      for (const [index, { at, held }] of record.equity.entries()) {
        expect(held).toBeGreaterThanOrEqual(0);
        if (index > 0) expect(at).toBeGreaterThan(record.equity[index - 1]!.at);
      }
    }),
    { numRuns: 50 },
  );
});
