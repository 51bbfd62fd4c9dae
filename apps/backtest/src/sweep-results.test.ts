import { prepareData } from '@mexc-bot/backtest';
import { Decimal } from '@mexc-bot/core';
import { expect, it } from 'vitest';
import { syntheticMarkets } from '../../../test/support/synthetic-markets.ts';
import { fingerprintOf } from './sweep-results.ts';

type Inputs = ReturnType<typeof syntheticMarkets>;
const inputs = (): Inputs => syntheticMarkets(5, 2, 50, 0.01);
const ofFirst = (change: (input: Inputs[number]) => Inputs[number]): Inputs => {
  const [first, second] = inputs();
  return [change(first!), second!];
};
const printOf = (markets: Inputs): string => fingerprintOf(prepareData(markets, '5m'));

it('the same candles, markets and code are the same', () => {
  expect(printOf(inputs())).toBe(printOf(inputs().reverse()));
});

it.each<[string, () => Inputs]>([
  ['one market less', () => inputs().slice(1)],
  ['another market', () => ofFirst((input) => ({ ...input, market: { ...input.market, id: 'OTHERUSDT' } }))],
  [
    'another fee',
    () =>
      ofFirst(({ market, ...rest }) => ({
        ...rest,
        market: { ...market, rules: { ...market.rules, takerFeeRate: new Decimal('0.0004') } },
      })),
  ],
  [
    'another volume in one candle',
    () =>
      ofFirst((input) => {
        input.candles.volume[49]! += 1;
        return input;
      }),
  ],
  ['finer candles beside it', () => ofFirst((input) => ({ ...input, detail: inputs()[1]!.candles }))],
])('%s is another one', (_, changed) => {
  expect(printOf(changed())).not.toBe(printOf(inputs()));
});
