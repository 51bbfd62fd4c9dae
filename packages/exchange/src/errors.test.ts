import { describe, expect, it } from 'vitest';
import { definiteCode, RequestFailed, toPlaceOutcome, toQueryFailed } from './errors.ts';

const answered = (status: number, code: number | null, text = 'words') =>
  new RequestFailed({ status, code, text }, undefined);

/** MEXC's codes as HTTP 400: what they say to an order, and to a query. */
const CODES: readonly (readonly [number, string, string, string])[] = [
  [-2013, 'Order does not exist.', 'other', 'other'],
  [-2011, 'Unknown order sent', 'other', 'other'],
  [-1121, 'Invalid symbol.', 'market_not_tradable', 'market'],
  [10007, 'bad symbol', 'market_not_tradable', 'market'],
  [26, 'operation not allowed', 'market_not_tradable', 'market'],
  [30000, 'suspended transaction for the symbol', 'market_not_tradable', 'market'],
  [30016, 'trading disabled', 'market_not_tradable', 'market'],
  [30014, 'invalid symbol', 'market_not_tradable', 'market'],
  [30021, 'invalid symbol', 'market_not_tradable', 'market'],
  [30001, 'current transaction direction is not allowed', 'market_not_tradable', 'market'],
  [30020, 'no permission for the symbol', 'market_not_tradable', 'market'],
  [30027, 'position limit, buying is suspended', 'market_not_tradable', 'market'],
  [30028, 'risk control, selling is suspended', 'market_not_tradable', 'market'],
  [30002, 'The minimum transaction volume cannot be less than : 1', 'below_minimum', 'other'],
  [30003, 'The maximum transaction volume cannot be greater than : 9', 'above_maximum', 'other'],
  [30032, 'Cannot exceed the maximum position', 'market_not_tradable', 'market'],
  [30004, 'Insufficient position', 'insufficient_funds', 'other'],
  [10101, 'Insufficient balance', 'insufficient_funds', 'other'],
  [30005, 'Oversold', 'insufficient_funds', 'other'],
  [30010, 'no valid trade price', 'no_liquidity', 'other'],
  [30025, 'no exist opponent order', 'no_liquidity', 'other'],
  [30018, 'market order is disabled', 'order_type_not_allowed', 'other'],
  [30019, 'api market order is disabled', 'order_type_not_allowed', 'other'],
  [30051, 'api market order is disabled', 'order_type_not_allowed', 'other'],
  [30041, 'current order type can not place order', 'order_type_not_allowed', 'other'],
  [30087, 'Order price exceeds allowed range', 'price_out_of_range', 'other'],
  [30029, 'Cannot exceed the maximum order limit', 'unexpected', 'other'],
  [400, 'api key required', 'key', 'key'],
  [400, ' amount scale is invalid', 'unexpected', 'other'],
  [429, 'Too Many Requests', 'rate_limited', 'rate_limited'],
  [602, 'Signature verification failed', 'key', 'key'],
  [700001, 'API-key format invalid', 'key', 'key'],
  [700002, 'Signature for this request is not valid.', 'key', 'key'],
  [700003, 'Timestamp for this request is outside of the recvWindow.', 'clock', 'clock'],
  [700004, "Param 'origClientOrderId' or 'orderId' must be sent", 'unexpected', 'other'],
  [700005, 'recvWindow must less than 60000', 'unexpected', 'other'],
  [700006, 'IP non white list', 'key', 'key'],
  [700007, 'No permission to access the endpoint', 'key', 'key'],
  [700008, 'Illegal characters found in parameter', 'unexpected', 'other'],
  [700013, 'Invalid content Type.', 'unexpected', 'other'],
  [70011, 'Pair user ban trade apikey.', 'market_not_tradable', 'market'],
  [10072, 'invalid access key', 'key', 'key'],
  [22222, 'record does not exist', 'other', 'other'],
  [33333, 'parameter error', 'unexpected', 'other'],
  [44444, 'parameter error', 'unexpected', 'other'],
  [424242, 'a code nobody has seen', 'unexpected', 'other'],
];

describe('a definite answer', () => {
  it.each(CODES)('%i %s rejects an order as %s', (code, text, order) => {
    expect(toPlaceOutcome(answered(400, code, text))).toMatchObject({ outcome: 'rejected', code: order });
  });

  it.each(CODES)('%i %s fails a query, but as %s an order', (code, text, _order, query) => {
    expect(toQueryFailed('q', answered(400, code, text)).kind).toBe(query);
  });

  it('goes by its words where they say more than its code', () => {
    expect(toPlaceOutcome(answered(400, 12345, 'Oversold'))).toMatchObject({ code: 'insufficient_funds' });
  });

  it('keeps code and words for the owner', () => {
    expect(toPlaceOutcome(answered(400, 30004, 'Insufficient position'))).toMatchObject({
      detail: 'HTTP 400 code 30004: Insufficient position',
    });
  });
});

describe('an order stays unknown', () => {
  it.each([500, 501, 503, 504, 20002, 730000])('at JSON code %i, whatever the HTTP status', (code) => {
    expect(toPlaceOutcome(answered(400, code)).outcome).toBe('unknown');
    expect(toPlaceOutcome(answered(200, code)).outcome).toBe('unknown');
    expect(toQueryFailed('q', answered(400, code)).kind).toBe('network');
  });

  it.each([500, 502, 503, 504, 520])('at HTTP %i, even with a code that else rejects', (status) => {
    expect(toPlaceOutcome(answered(status, 30004)).outcome).toBe('unknown');
    expect(toPlaceOutcome(answered(status, null, '<html>')).outcome).toBe('unknown');
    expect(toQueryFailed('q', answered(status, null)).kind).toBe('network');
  });

  it.each([400, 401, 403, 404])('at HTTP %i without a code: a proxy wrote that page, not the exchange', (status) => {
    expect(toPlaceOutcome(answered(status, null, '<html>')).outcome).toBe('unknown');
  });

  it('at an unfamiliar code in an answer that else says success', () => {
    expect(toPlaceOutcome(answered(200, 424242)).outcome).toBe('unknown');
  });

  it('without an answer', () => {
    expect(toPlaceOutcome(new RequestFailed(null, new Error('socket hang up'))).outcome).toBe('unknown');
    expect(toQueryFailed('q', new RequestFailed(null, new Error('socket hang up'))).kind).toBe('network');
  });

  it.each(['Duplicate clientOrderId', 'Repeated request'])('at "%s": an order with that id exists', (text) => {
    expect(toPlaceOutcome(answered(400, 30005, text)).outcome).toBe('unknown');
  });
});

it.each([429, 418])('HTTP %i is a rejection by rate limit, with or without JSON', (status) => {
  expect(toPlaceOutcome(answered(status, null, '<html>'))).toMatchObject({ outcome: 'rejected', code: 'rate_limited' });
  expect(toQueryFailed('q', answered(status, 429)).kind).toBe('rate_limited');
});

it('what fails before the network was touched rejects an order', () => {
  expect(toPlaceOutcome(new TypeError('bad argument'))).toMatchObject({ outcome: 'rejected', code: 'unexpected' });
  const noKey = Object.assign(new Error('mexc requires "apiKey" credential'), { name: 'AuthenticationError' });
  expect(toPlaceOutcome(noKey)).toMatchObject({ outcome: 'rejected', code: 'key' });
  expect(toQueryFailed('q', noKey).kind).toBe('key');
});

it('a rejection by code counts only below HTTP 500', () => {
  expect(definiteCode(answered(400, -2013))).toBe(-2013);
  expect(definiteCode(answered(500, -2013))).toBeNull();
  expect(definiteCode(new Error('other'))).toBeNull();
});

it('signatures never stay in messages, stacks or causes', () => {
  const cause = new Error('mexc POST http://127.0.0.1/api/v3/order?a=1&signature=0123abcd request timed out');
  const failed = toQueryFailed('order x', new RequestFailed(null, cause));
  for (const error of [failed, failed.cause as Error, cause]) {
    expect(`${error.message} ${error.stack}`).not.toContain('0123abcd');
  }
});
