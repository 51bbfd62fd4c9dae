import { Decimal } from '@mexc-bot/core';
import { expect, it } from 'vitest';
import { openAccount } from './account.ts';
import { chargeFee } from './fees.ts';

const cost = new Decimal(1_000);
const mxPrice = new Decimal(2);

/** The taker's fee on 1,000 USDT, 0.5 USDT without a discount. */
function feeOf(mx: string, mxDeduct: boolean): string {
  const account = openAccount('me', '…', { USDT: '5000', MX: mx });
  account.mxDeduct = mxDeduct;
  const { fee, feeAsset } = chargeFee(account, cost, false, 'USDT', mxPrice);
  return `${fee} ${feeAsset}`;
}

it.each([
  ['the full fee in quote', '0', false, '0.5 USDT'],
  ['half of it for who holds 500 MX', '500', false, '0.25 USDT'],
  ['the full fee for who holds a little less', '499.99', false, '0.5 USDT'],
  ['a fifth less where it is paid in MX', '10', true, '0.2 MX'],
  ['half, not more, where a holder of 500 MX pays in MX', '500', true, '0.125 MX'],
  ['the full fee in quote where the MX do not suffice', '0.1', true, '0.5 USDT'],
])('charges %s', (_name, mx, deduct, fee) => expect(feeOf(mx, deduct)).toBe(fee));

it('charges a maker nothing', () => {
  const account = openAccount('me', '…', { USDT: '5000' });
  expect(chargeFee(account, cost, true, 'USDT', mxPrice).fee.toString()).toBe('0');
});
