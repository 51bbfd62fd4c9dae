import { describe, expect, it } from 'vitest';
import { authRefusal, parametersOf, sign, signedText } from './auth.ts';
import type { MarketClock } from './market-clock.ts';

const SECRET = '45d0b3c26f2644f19bfb98b07741b2f5';
const WHOLE = 'symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=11&recvWindow=5000&timestamp=1644489390087';

describe('signatures', () => {
  it('are those of the published vector, all parameters in the query', () => {
    expect(sign(SECRET, WHOLE)).toBe('fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a');
  });

  it('are those of the published vector, parameters in query and body', () => {
    const query = 'symbol=BTCUSDT&side=BUY&type=LIMIT';
    const body = 'quantity=1&price=11&recvWindow=5000&timestamp=1644489390087';
    expect(sign(SECRET, signedText(`${query}&signature=x`, body))).toBe(
      'd1a676610ceb39174c8039b3f548357994b2a34139a8addd33baadba65684592',
    );
  });
});

describe('parameters', () => {
  it('of the query win over those of the body, in either form', () => {
    expect(parametersOf('a=1', '{"a":2,"b":3}')).toEqual(
      new Map([
        ['a', '1'],
        ['b', '3'],
      ]),
    );
    expect(parametersOf('a=1', 'a=2&b=3')).toEqual(
      new Map([
        ['a', '1'],
        ['b', '3'],
      ]),
    );
    expect(parametersOf('a=1', '{broken')).toBeNull();
  });
});

describe('a signed request', () => {
  const clockAt = (now: number, speed: number): MarketClock => ({ now: () => now, speed, ended: () => false });
  const judge = (query: string, { now = 1_000_000, speed = 1, apiKey = 'key', secret = SECRET } = {}) => {
    const signed = `${query}&signature=${sign(secret, query)}`;
    const secretOf = (key: string): string | undefined => (key === 'key' ? SECRET : undefined);
    return authRefusal({ apiKey, query: signed, body: '' }, parametersOf(signed, '')!, secretOf, clockAt(now, speed))
      ?.code;
  };

  it('passes with key, signature and time in order', () => expect(judge('timestamp=1000000')).toBeUndefined());

  it.each([
    ['no key', { apiKey: '' }, 400],
    ['a foreign key', { apiKey: 'other' }, 700001],
    ['a wrong secret', { secret: 'wrong' }, 700002],
  ])('with %s is refused', (_, options, code) => expect(judge('timestamp=1000000', options)).toBe(code));

  it.each([
    [995_000, undefined],
    [994_999, 700003],
    [1_000_999, undefined],
    [1_001_000, 700003],
  ])('at the time %i of 1000000 answers %s', (timestamp, code) => expect(judge(`timestamp=${timestamp}`)).toBe(code));

  it('is judged in wall time: at ×300 five seconds are 1500 of the market', () => {
    const now = 10_000_000;
    expect(judge(`timestamp=${now - 1_500_000}`, { now, speed: 300 })).toBeUndefined();
    expect(judge(`timestamp=${now - 1_500_001}`, { now, speed: 300 })).toBe(700003);
    expect(judge(`timestamp=${now + 299_999}`, { now, speed: 300 })).toBeUndefined();
    expect(judge(`timestamp=${now + 300_000}`, { now, speed: 300 })).toBe(700003);
  });

  it.each([
    ['timestamp=1000000&recvWindow=60001', 700005],
    ['timestamp=1000000&recvWindow=abc', 700004],
    ['timestamp=soon', 700004],
    ['recvWindow=5000', 700004],
  ])('%s is refused', (query, code) => expect(judge(query)).toBe(code));
});
