import { describe, expect, it } from 'vitest';
import { readRefusal } from './topics.ts';

const DEALS = 'spot@public.aggre.deals.v3.api.pb@100ms@PEPEUSDT';
const QUOTES = 'spot@public.aggre.bookTicker.v3.api.pb@100ms@PEPEUSDT';
const answer = (msg: string, code = 0): string => JSON.stringify({ id: 0, code, msg });

describe('an answer of the exchange', () => {
  it.each([
    ['a subscription that worked', answer(DEALS)],
    ['several that worked', answer(`${DEALS},${QUOTES}`)],
    ['a success in words', answer(`Subscribed successful! [${DEALS}]`)],
    ['a pong', answer('PONG')],
    ['plain text', 'hello'],
    ['JSON that is no object', '17'],
    ['JSON null', 'null'],
  ])('is no refusal: %s', (_, text) => expect(readRefusal(text)).toBeNull());

  it.each([
    ['as MEXC words it', answer(`Not Subscribed successfully! [${DEALS}].  Reason： Blocked! `), [DEALS], 'Blocked!'],
    [
      'of two channels',
      answer(`Not Subscribed successfully! [${DEALS},${QUOTES}].  Reason: Blocked!`),
      [DEALS, QUOTES],
      'Blocked!',
    ],
    [
      'beside one that worked',
      answer(`Subscribed successful! [${QUOTES}]. Not Subscribed successfully! [${DEALS}].  Reason： Limit! `),
      [DEALS],
      'Limit!',
    ],
    ['with a code', answer(`${DEALS} invalid`, 400), [DEALS], `${DEALS} invalid`],
    ['without a channel', answer('Blocked!'), null, 'Blocked!'],
    ['in plain text', 'Blocked', null, 'Blocked'],
  ])('is a refusal %s', (_, text, channels, reason) => expect(readRefusal(text)).toEqual({ channels, reason }));
});
