import { Decimal } from '@mexc-bot/core';
import { afterEach, describe, expect, it } from 'vitest';
import { recorded } from '../test/builders.ts';
import { aMexcAccount, HTML } from '../test/mexc-account.ts';
import type { Reply, SeenRequest } from '../test/scripted-server.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const trading = (answer: (request: SeenRequest) => Reply, options?: Parameters<typeof aMexcAccount>[2]) =>
  aMexcAccount(opened, answer, options);

describe('findOrder', () => {
  const row = { ...recorded.order, symbol: 'PEPEUSDT', clientOrderId: 'b-1', side: 'BUY' };

  it('asks by client id and reads the recorded row', async () => {
    const { server, account } = await trading(() => ({ body: row }));
    expect(await account.findOrder('PEPEUSDT', 'b-1')).toEqual({
      clientOrderId: 'b-1',
      exchangeOrderId: 'C02__385413065019117569043',
      market: 'PEPEUSDT',
      side: 'buy',
      state: 'filled',
      quantity: new Decimal(1220),
      filled: new Decimal(1220),
      notional: new Decimal('5.54124'),
      price: new Decimal('0.004327'),
    });
    expect(server.requests[0]?.method).toBe('GET');
    expect(server.requests[0]?.query.get('origClientOrderId')).toBe('b-1');
  });

  it.each([-2013, -2011])('is null when the exchange answers %i', async (code) => {
    const { account } = await trading(() => ({ status: 400, body: { code, msg: 'Order does not exist.' } }));
    expect(await account.findOrder('PEPEUSDT', 'b-1')).toBeNull();
  });

  it.each<[string, Reply, string]>([
    ['-2013 as HTTP 500', { status: 500, body: { code: -2013 } }, 'other'],
    ['a drop', 'drop', 'network'],
    ['silence', 'hang', 'network'],
    ['a rate limit', { status: 429, body: {} }, 'rate_limited'],
    ['a wrong clock', { status: 400, body: { code: 700003, msg: 'recvWindow' } }, 'clock'],
    ['a revoked key', { status: 400, body: { code: 700001, msg: 'API-key format invalid' } }, 'key'],
    ['HTML', { body: HTML }, 'malformed'],
    ['an empty object', { body: {} }, 'malformed'],
    ['another order', { body: { ...row, clientOrderId: 'b-2' } }, 'malformed'],
    ['another market', { body: { ...row, symbol: 'DOGEUSDT' } }, 'malformed'],
    ['a status nobody knows', { body: { ...row, status: 'EXPIRED' } }, 'malformed'],
  ])('fails, and is not null, after %s', async (_, reply, kind) => {
    const { account } = await trading(() => reply);
    await expect(account.findOrder('PEPEUSDT', 'b-1')).rejects.toMatchObject({ name: 'QueryFailed', kind });
  });
});

describe('orderTrades', () => {
  const trade = (n: number, at: number, orderId = 'C02__1') => ({
    ...recorded.trade,
    symbol: 'PEPEUSDT',
    id: `t${n}`,
    orderId,
    time: at,
  });

  it('are those of the order, oldest first', async () => {
    const { server, account } = await trading(() => ({
      body: [trade(2, 2000), trade(9, 1500, 'C02__2'), trade(1, 1000)],
    }));
    const trades = await account.orderTrades('PEPEUSDT', 'C02__1');
    expect(trades.map(({ tradeId }) => tradeId)).toEqual(['t1', 't2']);
    expect(trades[0]).toMatchObject({
      fee: new Decimal(0),
      feeAsset: 'USDT',
      side: 'sell',
      price: new Decimal('0.004542'),
    });
    expect(server.requests[0]?.query.get('orderId')).toBe('C02__1');
  });

  it('are complete over several pages, each once', async () => {
    const all = Array.from({ length: 250 }, (_, n) => trade(n, 1_000_000 - n * 1000));
    const { account } = await trading(
      ({ query }) => {
        const end = Number(query.get('endTime') ?? Number.MAX_SAFE_INTEGER);
        return { body: all.filter(({ time }) => time < end).slice(0, 100) };
      },
      { speed: () => 600 },
    );
    const trades = await account.orderTrades('PEPEUSDT', 'C02__1');
    expect(trades).toHaveLength(250);
    expect(new Set(trades.map(({ tradeId }) => tradeId)).size).toBe(250);
  });

  it('fail where a page does not lead on', async () => {
    const page = Array.from({ length: 100 }, (_, n) => trade(n, 1000));
    const { account } = await trading(() => ({ body: page }), { speed: () => 600 });
    await expect(account.orderTrades('PEPEUSDT', 'C02__1')).rejects.toMatchObject({ name: 'QueryFailed' });
  });
});

describe('the other queries', () => {
  it('open orders lack a client id where the exchange lost it', async () => {
    const row = {
      ...recorded.order,
      symbol: 'PEPEUSDT',
      status: 'PARTIALLY_FILLED',
      executedQty: '20',
      clientOrderId: '',
    };
    const { account } = await trading(() => ({ body: [row] }));
    expect(await account.openOrders('PEPEUSDT')).toMatchObject([{ state: 'open', clientOrderId: null }]);
  });

  it('a failed openOrders or account is never an empty one', async () => {
    const { account } = await trading(() => ({ status: 500, body: [] }), { speed: () => 600 });
    await expect(account.openOrders('PEPEUSDT')).rejects.toMatchObject({ kind: 'network' });
    await expect(account.balances()).rejects.toMatchObject({ kind: 'network' });
  });

  it('balances are by asset, without empty ones', async () => {
    const balances = [
      { asset: 'USDT', free: '12.5', locked: '0.5', available: '3' },
      { asset: 'PEPE', free: '0', locked: '0' },
    ];
    const { account } = await trading(() => ({ body: { canTrade: true, balances } }));
    expect([...(await account.balances())]).toEqual([
      ['USDT', { asset: 'USDT', free: new Decimal('12.5'), locked: new Decimal('0.5') }],
    ]);
  });

  it.each([
    ['a list for an account', []],
    ['a negative balance', { balances: [{ asset: 'USDT', free: '-1', locked: '0' }] }],
    ['an asset twice', { balances: [1, 2].map(() => ({ asset: 'USDT', free: '1', locked: '0' })) }],
  ])('%s is malformed', async (_, body) => {
    const { account } = await trading(() => ({ body }));
    await expect(account.balances()).rejects.toMatchObject({ kind: 'malformed' });
  });

  it('tradable symbols are those of this key', async () => {
    const { server, account } = await trading(() => ({ body: { code: 200, data: ['PEPEUSDT'], msg: null } }));
    expect([...(await account.tradableSymbols())]).toEqual(['PEPEUSDT']);
    expect(server.requests[0]?.path).toBe('/api/v3/selfSymbols');
  });
});

describe('cancelOrder', () => {
  it.each<[string, Reply, string]>([
    ['the canceled order', { body: { ...recorded.order, symbol: 'PEPEUSDT' } }, 'canceled'],
    ['-2011', { status: 400, body: { code: -2011, msg: 'Unknown order sent' } }, 'not_open'],
    ['-2013, which may be too early', { status: 400, body: { code: -2013, msg: 'Order does not exist.' } }, 'unknown'],
    ['HTTP 500', { status: 500, body: { code: -2011 } }, 'unknown'],
    ['a drop', 'drop', 'unknown'],
    ['HTML', { body: HTML }, 'unknown'],
    ['a wrong clock', { status: 400, body: { code: 700003 } }, 'unknown'],
  ])('after %s', async (_, reply, expected) => {
    const { server, account } = await trading(() => reply);
    expect(await account.cancelOrder('PEPEUSDT', 'b-1')).toBe(expected);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.method).toBe('DELETE');
    expect(server.requests[0]?.query.get('origClientOrderId')).toBe('b-1');
  });
});
