/** What every trade pays whatever becomes of it; fractions, of one side. */
export interface TradeCosts {
  /** of one fill */
  readonly takerFee: number;
  /** against the price seen */
  readonly slippage: number;
}

/**
 * Of buying and selling, fraction: what the gate and the judge take off a return. A token whose spread is wider than the usual slippage
 * costs that.
 *
 * @param spread (ask − bid) ÷ mid; what is not finite is not known, and costs no more than usual
 */
export const tradeCost = ({ takerFee, slippage }: TradeCosts, spread: number): number =>
  2 * takerFee + Math.max(2 * slippage, Number.isFinite(spread) ? spread : 0);
