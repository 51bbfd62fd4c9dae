import { afterEach, describe, expect, it } from 'vitest';
import { aBudget, aClock, anOrder, NOW } from '../test/builders.ts';
import { SECRET } from '../test/mexc-account.ts';
import { type Reply, type SeenRequest, startScriptedServer } from '../test/scripted-server.ts';
import { createMexcMarketData } from './mexc.ts';
import { createMexcTrading } from './mexc-trading.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const RECV_WINDOW = 2_000;

/** An account at an exchange whose clock can be stepped, and which judges timestamps as MEXC does. */
async function aSteppedExchange(answer: (request: SeenRequest) => Reply = () => ({ body: { balances: [] } })) {
  const world = { local: NOW, step: 0, wallPerResync: 0, mute: false, wrongFor: new Set<string>() };
  const exchangeNow = () => world.local + world.step;
  const server = await startScriptedServer((request) => {
    if (request.path.endsWith('/time')) return world.mute ? 'drop' : { body: { serverTime: exchangeNow() } };
    const timestamp = Number(request.query.get('timestamp'));
    const fits = timestamp < exchangeNow() + 1_000 && exchangeNow() - timestamp <= RECV_WINDOW;
    if (fits && !world.wrongFor.has(request.path)) return answer(request);
    return {
      status: 400,
      body: { code: 700003, msg: 'Timestamp for this request is outside of the recvWindow.', _extend: null },
    };
  });
  const clock = { ...aClock(), wallNow: () => world.local };
  const budget = aBudget();
  const data = createMexcMarketData({ restUrl: server.url, clock, timeoutMs: 250, budget });
  let offset = 0;
  let resyncs = 0;
  const account = createMexcTrading({
    restUrl: server.url,
    clock,
    timeoutMs: 250,
    budget,
    apiKey: 'mx0key',
    apiSecret: SECRET,
    recvWindowMs: RECV_WINDOW,
    signing: {
      now: () => world.local + offset,
      async resync() {
        resyncs++;
        world.local += world.wallPerResync;
        try {
          offset = (await data.serverTime()).time - world.local;
          return true;
        } catch {
          return false;
        }
      },
    },
  });
  opened.push(account, data, server);
  const signedCalls = () => server.requests.filter(({ path }) => !path.endsWith('/time'));
  return { world, account, signedCalls, resyncs: () => resyncs };
}

describe.each([3_000, -3_000])('an exchange clock stepped by %i ms', (step) => {
  it('costs a query one resync and one retry, and the next none', async () => {
    const { world, account, signedCalls, resyncs } = await aSteppedExchange();
    await account.balances();
    world.step = step;
    await account.balances();
    await account.balances();
    expect(signedCalls()).toHaveLength(4);
    expect(resyncs()).toBe(1);
  });

  it('costs an order the same, with the same client id: what was refused does not exist', async () => {
    const { world, account, signedCalls } = await aSteppedExchange(() => ({
      body: { symbol: 'PEPEUSDT', orderId: 'C02__1' },
    }));
    world.step = step;
    expect(await account.placeOrder(anOrder(), 'b-1')).toEqual({ outcome: 'accepted', exchangeOrderId: 'C02__1' });
    expect(signedCalls().map(({ query }) => query.get('newClientOrderId'))).toEqual(['b-1', 'b-1']);
  });
});

it('an exchange clock that drifts by a second a minute costs at most one retry a call', async () => {
  const { world, account, signedCalls } = await aSteppedExchange();
  for (let minute = 0; minute < 30; minute++) {
    world.local += 60_000;
    world.step += minute < 15 ? 1_000 : -1_000;
    const before = signedCalls().length;
    await account.balances();
    expect(signedCalls().length - before).toBeLessThanOrEqual(2);
  }
  expect(signedCalls().length).toBeLessThan(30 + 30);
});

it('an exchange that refuses every timestamp gets one retry a call, never a loop', async () => {
  const { world, account, signedCalls } = await aSteppedExchange();
  world.wrongFor = new Set(['/api/v3/order', '/api/v3/account', '/api/v3/openOrders']);
  expect(await account.placeOrder(anOrder(), 'b-1')).toMatchObject({ outcome: 'rejected', code: 'clock' });
  await expect(account.balances()).rejects.toMatchObject({ kind: 'clock' });
  await expect(account.findOrder('PEPEUSDT', 'b-1')).rejects.toMatchObject({ kind: 'clock' });
  expect(await account.cancelOrder('PEPEUSDT', 'b-1')).toBe('unknown');
  expect(signedCalls()).toHaveLength(8);
});

it('calls refused together share one resync', async () => {
  const { world, account, resyncs } = await aSteppedExchange();
  world.step = 3_000;
  await Promise.all(Array.from({ length: 8 }, () => account.balances()));
  expect(resyncs()).toBeLessThanOrEqual(2);
});

it('without the exchange’s time nothing is sent again', async () => {
  const { world, account, signedCalls } = await aSteppedExchange();
  Object.assign(world, { step: 3_000, mute: true });
  expect(await account.placeOrder(anOrder(), 'b-1')).toMatchObject({ outcome: 'rejected', code: 'clock' });
  expect(signedCalls()).toHaveLength(1);
});

it('an order is not sent again late, when its absence may soon be concluded', async () => {
  const { world, account, signedCalls } = await aSteppedExchange();
  Object.assign(world, { step: 3_000, wallPerResync: 3_001 });
  expect(await account.placeOrder(anOrder(), 'b-1')).toMatchObject({ outcome: 'rejected', code: 'clock' });
  expect(signedCalls()).toHaveLength(1);
});

it('a retry without an answer is as unknown as any other', async () => {
  const { world, account } = await aSteppedExchange(() => 'drop');
  world.step = 3_000;
  expect((await account.placeOrder(anOrder(), 'b-1')).outcome).toBe('unknown');
});

it('any other refusal is not sent again', async () => {
  const { account, signedCalls } = await aSteppedExchange(() => ({
    status: 400,
    body: { code: 30004, msg: 'Insufficient position' },
  }));
  await account.placeOrder(anOrder(), 'b-1');
  expect(signedCalls()).toHaveLength(1);
});
