import { BudgetRefused } from '@mexc-bot/core';
import { afterEach, describe, expect, it } from 'vitest';
import { aBudget, aClock, anOrder, NOW } from '../test/builders.ts';
import { aMexcAccount, HTML } from '../test/mexc-account.ts';
import { type Reply, startScriptedServer } from '../test/scripted-server.ts';
import { createMexcMarketData } from './mexc.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function aMarketReader(reply: Reply, budget = aBudget()) {
  const server = await startScriptedServer(() => reply);
  const data = createMexcMarketData({ restUrl: server.url, clock: aClock(), timeoutMs: 250, budget });
  opened.push(data, server);
  return { server, data, budget };
}

async function anAccount(reply: Reply, budget = aBudget(), now = () => NOW) {
  return { ...(await aMexcAccount(opened, () => reply, { budget, now })), budget };
}

const created = { body: { symbol: 'PEPEUSDT', orderId: 'C02__1' } };
const rateLimit = (headers: Record<string, string> = {}): Reply => ({
  status: 429,
  headers,
  body: { code: 429, msg: 'Too Many Requests' },
});

describe('every request takes from the budget', () => {
  it('by what it is for and what it weighs', async () => {
    const { account, budget } = await anAccount({ body: {} });
    await account.placeOrder(anOrder({ side: 'sell' }), 'b-1');
    await account.placeOrder(anOrder({ side: 'buy' }), 'b-2');
    await account.cancelOrder('PEPEUSDT', 'b-1');
    await Promise.allSettled([
      account.findOrder('PEPEUSDT', 'b-1'),
      account.openOrders('PEPEUSDT'),
      account.ordersSince('PEPEUSDT', NOW),
      account.tradesSince('PEPEUSDT', NOW),
      account.orderTrades('PEPEUSDT', 'C02__1'),
      account.balances(),
      account.tradableSymbols(),
      account.checkKey(),
    ]);
    expect(budget.taken.map(({ cost, priority }) => [priority, cost.orders, cost.weight])).toEqual([
      ['exit', 1, 1],
      ['entry', 1, 1],
      ['exit', 1, 1],
      ['exit', 0, 2],
      ['exit', 0, 3],
      ['exit', 0, 10],
      ['exit', 0, 10],
      ['exit', 0, 10],
      ['entry', 0, 10],
      ['data', 0, 1],
      ['entry', 0, 10],
    ]);
  });

  it('market data with the priority it is asked for, the time before everything', async () => {
    const { data, budget } = await aMarketReader({ body: {} });
    const guard = data.for('exit');
    await Promise.allSettled([data.tickers()]);
    await Promise.allSettled([data.bookTickers(), guard.bookTickers(), guard.depth('BTCUSDT', 5), data.serverTime()]);
    await Promise.allSettled([data.closedCandles('BTCUSDT', '5m', 10), data.markets()]);
    expect(budget.taken.map(({ cost, priority }) => [priority, cost.weight])).toEqual([
      ['data', 40],
      ['data', 2],
      ['exit', 2],
      ['exit', 1],
      ['exit', 1],
      ['data', 1],
      ['data', 1],
    ]);
  });

  it('and is signed after the wait', async () => {
    let now = NOW;
    const budget = aBudget(async () => {
      now += 3_000;
    });
    const { account, server } = await anAccount(created, budget, () => now);
    await account.placeOrder(anOrder(), 'b-1');
    expect(server.requests[0]?.query.get('timestamp')).toBe(String(NOW + 3_000));
  });

  it('nothing is sent where the budget refuses, and the failure says for how long', async () => {
    const refusing = () => aBudget(() => Promise.reject(new BudgetRefused(7_000)));
    const { account, server } = await anAccount(created, refusing());
    expect(await account.placeOrder(anOrder(), 'b-1')).toEqual({
      outcome: 'rejected',
      code: 'rate_limited',
      detail: 'not sent: the request budget has no room for the next 7 s',
      retryAfterMs: 7_000,
    });
    const failed = { name: 'QueryFailed', kind: 'rate_limited', retryAfterMs: 7_000 };
    await expect(account.findOrder('PEPEUSDT', 'b-1')).rejects.toMatchObject(failed);
    expect(await account.cancelOrder('PEPEUSDT', 'b-1')).toBe('unknown');
    expect(server.requests).toHaveLength(0);
    const reader = await aMarketReader({ body: [] }, refusing());
    await expect(reader.data.tickers()).rejects.toMatchObject(failed);
  });

  it('what waits ends when the client is closed', async () => {
    const budget = aBudget(
      (_cost, _priority, signal) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    );
    const { account, server } = await anAccount(created, budget);
    const placed = account.placeOrder(anOrder(), 'b-1');
    account.close();
    expect(await placed).toMatchObject({ outcome: 'rejected', detail: 'not sent: the client was closed' });
    expect(server.requests).toHaveLength(0);
  });
});

describe('a refusal by rate reaches the budget of all', () => {
  const soon = new Date(NOW + 90_000).toUTCString();
  it.each<[string, Reply, object]>([
    ['429 with Retry-After', rateLimit({ 'Retry-After': '7' }), { kind: 'rate_limited', retryAfterMs: 7_000 }],
    ['429 without', rateLimit(), { kind: 'rate_limited', retryAfterMs: null }],
    ['429 with a date', rateLimit({ 'retry-after': soon }), { kind: 'rate_limited', retryAfterMs: 90_000 }],
    ['429 with nonsense', rateLimit({ 'retry-after': '-5' }), { kind: 'rate_limited', retryAfterMs: null }],
    ['429 HTML', { status: 429, body: HTML }, { kind: 'rate_limited', retryAfterMs: null }],
    ['418', { status: 418, body: '', headers: { 'retry-after': '600' } }, { kind: 'banned', retryAfterMs: 600_000 }],
    ['code 429 as HTTP 400', { status: 400, body: { code: 429 } }, { kind: 'rate_limited', retryAfterMs: null }],
    ['code 510', { status: 400, body: { code: 510 } }, { kind: 'rate_limited', retryAfterMs: null }],
    ['the firewall’s page', { status: 403, body: HTML }, { kind: 'rate_limited', retryAfterMs: null }],
  ])('%s', async (_, reply, penalty) => {
    const { data, budget, server } = await aMarketReader(reply);
    await expect(data.depth('BTCUSDT', 5)).rejects.toMatchObject({
      name: 'QueryFailed',
      retryAfterMs: (penalty as { retryAfterMs: number | null }).retryAfterMs ?? 1_000,
    });
    expect(budget.penalties).toEqual([penalty]);
    expect(server.requests).toHaveLength(1);
  });

  it('of an order too', async () => {
    const { account, budget } = await anAccount(rateLimit({ 'retry-after': '7' }));
    expect(await account.placeOrder(anOrder(), 'b-1')).toMatchObject({
      outcome: 'rejected',
      code: 'rate_limited',
      retryAfterMs: 7_000,
    });
    expect(budget.penalties).toHaveLength(1);
  });

  it.each<[string, Reply]>([
    ['a good answer', { body: [] }],
    ['a drop', 'drop'],
    ['HTTP 503', { status: 503, body: HTML, headers: { 'retry-after': '7' } }],
    ['a refusal for another reason', { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } }],
    ['no permission', { status: 403, body: { code: 700007, msg: 'No permission' } }],
  ])('but not %s', async (_, reply) => {
    const { data, budget } = await aMarketReader(reply);
    await Promise.allSettled([data.bookTickers()]);
    expect(budget.penalties).toEqual([]);
  });
});
