import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from '@mexc-bot/core';
import { loadSettings } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aMarket, anOpenPosition, anOrder } from '../../../test/support/builders.ts';
import { compareBooks, compareWithLedger, type Ledger } from './books.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'books-'));
  store = openStore(join(folder, 'bot.db'));
  store.markets.sync([aMarket()], 0);
  store.orders.intend(anOrder({ mode: 'live' }));
  store.orders.addFill({
    tradeId: 't1',
    clientOrderId: 'mb_1',
    mode: 'live',
    market: 'PEPEUSDT',
    side: 'buy',
    price: new Decimal('1.001'),
    quantity: new Decimal(10),
    fee: new Decimal('0.005005'),
    feeAsset: 'USDT',
    at: 1,
  });
  store.positions.save(anOpenPosition({ mode: 'live' }));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const ledger: Ledger = {
  accounts: [
    {
      initial: { USDT: '100' },
      balances: { USDT: { free: '89.984995', locked: '0' }, PEPE: { free: '10', locked: '0' } },
    },
  ],
  orders: [{ orderId: 'C02__1', clientOrderId: 'mb_1', symbol: 'PEPEUSDT', executed: '10' }],
  trades: [{ id: 't1', symbol: 'PEPEUSDT', price: '1.001', qty: '10', fee: '0.005005', feeAsset: 'USDT' }],
};
const differences = (change: Partial<Ledger> = {}) =>
  compareWithLedger(store, { ...ledger, ...change }, 'USDT').differences;

it('finds no difference where there is none', () => {
  expect(compareWithLedger(store, ledger, 'USDT')).toEqual({
    orders: 1,
    trades: 1,
    assets: 2,
    openPositions: 1,
    differences: [],
  });
});

it.each([
  [
    'an order the books do not know',
    { orders: [...ledger.orders, { ...ledger.orders[0]!, orderId: 'C02__2', clientOrderId: null }] },
    'order C02__2',
  ],
  ['an order the exchange does not know', { orders: [] }, 'order mb_1: books intended, exchange nothing'],
  ['another filled quantity', { orders: [{ ...ledger.orders[0]!, executed: '9' }] }, 'filled: books 10, exchange 9'],
  [
    'a trade that was not booked',
    { trades: [...ledger.trades, { ...ledger.trades[0]!, id: 't2' }] },
    'trade t2: books nothing',
  ],
  ['a trade that does not exist', { trades: [] }, 'trade t1: books 10 PEPEUSDT, exchange nothing'],
  ['another price', { trades: [{ ...ledger.trades[0]!, price: '1.0010001' }] }, 'trade t1 price'],
  ['another fee', { trades: [{ ...ledger.trades[0]!, fee: '0.005' }] }, 'trade t1 fee'],
  [
    'one step less money',
    {
      accounts: [
        {
          ...ledger.accounts[0]!,
          balances: { ...ledger.accounts[0]!.balances, USDT: { free: '89.984994', locked: '0' } },
        },
      ],
    },
    'balance of USDT',
  ],
  [
    'a coin without a position',
    {
      accounts: [
        { ...ledger.accounts[0]!, balances: { ...ledger.accounts[0]!.balances, DOGE: { free: '1', locked: '0' } } },
      ],
    },
    'positions in DOGE: books 0, exchange 1',
  ],
])('sees %s', (_, change, text) => {
  expect(differences(change).join('\n')).toContain(text);
});

it('takes only what lasts for a difference: orders are under way while it looks', async () => {
  const looks: Partial<Ledger>[] = [{ trades: [] }, { orders: [] }];
  const exchange = createServer((_request, response) => {
    response.end(JSON.stringify({ ...ledger, ...looks.shift() }));
  });
  await new Promise<void>((resolve) => exchange.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = exchange.address() as AddressInfo;
    const settings = loadSettings({ SIM_PORT: String(port) }, { root: folder });
    expect((await compareBooks(store, settings)).differences).toEqual([]);
    expect(looks).toEqual([]);
  } finally {
    exchange.close();
  }
});
