import { Decimal, ZERO } from '@mexc-bot/core';
import { type Account, balanceOf } from './account.ts';

export const TAKER_FEE = new Decimal('0.0005');
export const MAKER_FEE = ZERO;
export const MX = 'MX';
/** Fees paid in MX are a fifth less. */
const MX_DISCOUNT = new Decimal('0.8');
const MX_DECIMALS = 8;

export interface ChargedFee {
  readonly fee: Decimal;
  readonly feeAsset: string;
}

/** The fee of one execution: in quote, or in MX where the account has chosen so and holds enough of it. */
export function chargeFee(
  account: Account,
  cost: Decimal,
  isMaker: boolean,
  quote: string,
  mxPrice: Decimal,
): ChargedFee {
  const fee = cost.mul(isMaker ? MAKER_FEE : TAKER_FEE);
  if (account.mxDeduct && fee.gt(0)) {
    const inMx = fee.mul(MX_DISCOUNT).div(mxPrice).toDecimalPlaces(MX_DECIMALS, Decimal.ROUND_UP);
    if (balanceOf(account, MX).free.gte(inMx)) return { fee: inMx, feeAsset: MX };
  }
  return { fee, feeAsset: quote };
}
