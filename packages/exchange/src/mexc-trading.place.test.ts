import { createHmac } from 'node:crypto';
import { Decimal, type OrderType } from '@mexc-bot/core';
import { afterEach, describe, expect, it } from 'vitest';
import { anOrder, NOW } from '../test/builders.ts';
import { aMexcAccount, HTML, SECRET } from '../test/mexc-account.ts';
import type { Reply, SeenRequest } from '../test/scripted-server.ts';

const CREATED = {
  symbol: 'PEPEUSDT',
  orderId: 'C02__1',
  orderListId: -1,
  price: '1.05',
  origQty: '100',
  type: 'LIMIT',
};

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const trading = (answer: (request: SeenRequest) => Reply, options?: Parameters<typeof aMexcAccount>[2]) =>
  aMexcAccount(opened, answer, options);

describe('placeOrder', () => {
  it('sends one signed POST with exact decimals, and returns the exchange id', async () => {
    const { server, account } = await trading(() => ({ body: CREATED }));
    const order = anOrder({ price: new Decimal('0.00000001'), quantity: new Decimal('12345678901234567890.1') });

    expect(await account.placeOrder(order, 'b-1')).toEqual({ outcome: 'accepted', exchangeOrderId: 'C02__1' });

    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect([request?.method, request?.path]).toEqual(['POST', '/api/v3/order']);
    expect(Object.fromEntries(request?.query ?? [])).toEqual({
      symbol: 'PEPEUSDT',
      side: 'BUY',
      type: 'IMMEDIATE_OR_CANCEL',
      quantity: '12345678901234567890.1',
      price: '0.00000001',
      newClientOrderId: 'b-1',
      timestamp: String(NOW),
      recvWindow: '5000',
      signature: expect.any(String),
    });
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json', 'x-mexc-apikey': 'mx0key' });
    const [signed, signature] = (request?.search.slice(1) ?? '').split('&signature=');
    expect(signature).toBe(
      createHmac('sha256', SECRET)
        .update(signed ?? '')
        .digest('hex'),
    );
  });

  it.each<[OrderType, string, boolean]>([
    ['limit', 'LIMIT', true],
    ['market', 'MARKET', false],
    ['limit_maker', 'LIMIT_MAKER', true],
    ['ioc', 'IMMEDIATE_OR_CANCEL', true],
    ['fok', 'FILL_OR_KILL', true],
  ])('a %s order is type %s, price sent: %s', async (type, wireType, hasPrice) => {
    const { server, account } = await trading(() => ({ body: CREATED }));
    await account.placeOrder(anOrder({ type, side: 'sell' }), 'b-1');
    expect(server.requests[0]?.query.get('type')).toBe(wireType);
    expect(server.requests[0]?.query.has('price')).toBe(hasPrice);
    expect(server.requests[0]?.query.get('side')).toBe('SELL');
  });

  it('sends no parameter but its own, whatever an order object carries', async () => {
    const { server, account } = await trading(() => ({ body: CREATED }));
    await account.placeOrder({ ...anOrder(), ...{ stopLossPrice: 0.4, triggerPrice: 0.5 } }, 'b-1');
    expect([...(server.requests[0]?.query.keys() ?? [])].filter((key) => /stop|trigger|profit/i.test(key))).toEqual([]);
  });

  it.each([
    ['a paper order', anOrder({ mode: 'test' }), 'b-1'],
    ['a zero quantity', anOrder({ quantity: new Decimal(0) }), 'b-1'],
    ['a NaN price', anOrder({ price: new Decimal(Number.NaN) }), 'b-1'],
    ['an illegal client id', anOrder(), 'b 1'],
    ['a client id of 33 characters', anOrder(), 'b'.repeat(33)],
  ])('refuses %s before sending', async (_, order, id) => {
    const { server, account } = await trading(() => ({ body: CREATED }));
    expect(await account.placeOrder(order, id)).toMatchObject({ outcome: 'rejected', code: 'unexpected' });
    expect(server.requests).toHaveLength(0);
  });

  it('without a key is rejected before sending', async () => {
    const { server, account } = await trading(() => ({ body: CREATED }), { apiKey: '' });
    expect(await account.placeOrder(anOrder(), 'b-1')).toMatchObject({ outcome: 'rejected', code: 'key' });
    expect(server.requests).toHaveLength(0);
  });

  const UNKNOWN: readonly (readonly [string, Reply])[] = [
    ['a dropped connection', 'drop'],
    ['silence past the time-out', 'hang'],
    ['headers, then silence past the time-out', 'hang_body'],
    ['a body cut off', 'cut_body'],
    ...[500, 502, 503, 504].flatMap((status): [string, Reply][] => [
      [`HTTP ${status} JSON`, { status, body: { code: status, msg: 'Internal error' } }],
      [`HTTP ${status} HTML`, { status, body: HTML, headers: { 'content-type': 'text/html' } }],
    ]),
    ['HTTP 400 with JSON code 500', { status: 400, body: { code: 500, msg: 'Internal error' } }],
    ['HTTP 200 with JSON code 503', { body: { code: 503, msg: 'service not available' } }],
    ['HTTP 400 with JSON code 504', { status: 400, body: { code: 504, msg: 'Gateway Time-out' } }],
    ['HTTP 403 HTML', { status: 403, body: HTML, headers: { 'content-type': 'text/html' } }],
    ['HTTP 404 HTML', { status: 404, body: HTML }],
    ['HTTP 302', { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }],
    ['HTTP 200 HTML', { body: HTML }],
    ['HTTP 200 empty', { body: '' }],
    ['broken JSON', { body: '{"orderId":"C02__1"' }],
    ['JSON without an order id', { body: { symbol: 'PEPEUSDT' } }],
    ['a list', { body: [CREATED] }],
    ['an order of another market', { body: { ...CREATED, symbol: 'DOGEUSDT' } }],
    ['gzip that is none', { body: 'plain', headers: { 'content-encoding': 'gzip' } }],
  ];
  it.each(UNKNOWN)('is unknown after %s, and was sent once', async (_, reply) => {
    const { server, account } = await trading(() => reply);
    const outcome = await account.placeOrder(anOrder(), 'b-1');
    expect(outcome.outcome).toBe('unknown');
    expect(JSON.stringify(outcome)).not.toMatch(/signature=[0-9a-f]/);
    expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('is unknown when nobody listens', async () => {
    const { server, account } = await trading(() => ({ body: CREATED }));
    await server.close();
    expect((await account.placeOrder(anOrder(), 'b-1')).outcome).toBe('unknown');
  });

  it.each([
    [400, 30004, 'Insufficient position', 'insufficient_funds'],
    [400, 30005, 'Oversold', 'insufficient_funds'],
    [400, 30002, 'The minimum transaction volume cannot be less than : 1USDT', 'below_minimum'],
    [400, 30087, 'Order price exceeds allowed range', 'price_out_of_range'],
    [400, 10007, 'symbol not support api', 'market_not_tradable'],
    [400, 30018, 'market order is disabled', 'order_type_not_allowed'],
    [400, 700003, 'Timestamp for this request is outside of the recvWindow.', 'clock'],
    [400, 700002, 'Signature for this request is not valid.', 'key'],
    [400, 700006, 'IP [1.2.3.4] not in the ip white list', 'key'],
    [400, 700013, 'Invalid content Type.', 'unexpected'],
    [401, 402, 'API Key expired', 'key'],
    [429, 429, 'Too Many Requests', 'rate_limited'],
  ])('HTTP %i code %i "%s" is a rejection: %s', async (status, code, msg, expected) => {
    const { server, account } = await trading(() => ({ status, body: { code, msg, _extend: null } }));
    expect(await account.placeOrder(anOrder(), 'b-1')).toMatchObject({
      outcome: 'rejected',
      code: expected,
      detail: `HTTP ${status} code ${code}: ${msg}`,
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each([429, 418])('HTTP %i HTML is a rejection by rate limit', async (status) => {
    const { account } = await trading(() => ({ status, body: HTML, headers: { 'retry-after': '7' } }));
    expect(await account.placeOrder(anOrder(), 'b-1')).toMatchObject({ outcome: 'rejected', code: 'rate_limited' });
  });

  it('signs with the market time of the moment', async () => {
    let now = NOW;
    const { server, account } = await trading(() => ({ body: CREATED }), { now: () => now, speed: () => 300 });
    await account.placeOrder(anOrder(), 'b-1');
    now += 3_600_000.75;
    await account.placeOrder(anOrder(), 'b-2');
    expect(server.requests.map(({ query }) => Number(query.get('timestamp')))).toEqual([NOW, NOW + 3_600_000]);
  });
});
