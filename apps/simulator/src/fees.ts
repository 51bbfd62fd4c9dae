import { Decimal, ZERO } from '@mexc-bot/core';
import { type Account, balanceOf } from './account.ts';

export const TAKER_FEE = new Decimal('0.0005');
export const MAKER_FEE = ZERO;
export const MX = 'MX';
/** What is left of a fee that is paid in MX. */
const PAID_IN_MX = new Decimal('0.8');
/** What is left of any fee of an account that holds this much MX; of the two the better one counts, they do not add up. */
const MX_HOLDER = { least: 500, factor: new Decimal('0.5') };
const MX_DECIMALS = 8;

export interface ChargedFee {
  readonly fee: Decimal;
  readonly feeAsset: string;
}

/** The fee of one execution, less the discounts: in quote, or in MX where the account has chosen so and has enough of it free. */
export function chargeFee(
  account: Account,
  cost: Decimal,
  isMaker: boolean,
  quote: string,
  mxPrice: Decimal,
): ChargedFee {
  const full = cost.mul(isMaker ? MAKER_FEE : TAKER_FEE);
  const mx = balanceOf(account, MX);
  const holder = mx.free.plus(mx.locked).gte(MX_HOLDER.least) ? MX_HOLDER.factor : new Decimal(1);
  if (account.mxDeduct && full.gt(0)) {
    const inMx = full.mul(Decimal.min(holder, PAID_IN_MX)).div(mxPrice).toDecimalPlaces(MX_DECIMALS, Decimal.ROUND_UP);
    if (mx.free.gte(inMx)) return { fee: inMx, feeAsset: MX };
  }
  return { fee: full.mul(holder), feeAsset: quote };
}
