/** A reason code nobody has translated, readable all the same: `no_order_book` is "no order book". */
export const plainCode = (code: string): string => code.replaceAll('_', ' ').slice(0, 120);
