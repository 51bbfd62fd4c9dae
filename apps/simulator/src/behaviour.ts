import { z } from 'zod';

/** What MEXC does not document, or has been seen to do both ways. The suite must depend on none of it. */
export const behaviourSchema = z.strictObject({
  /** a market buy of so much quote: turned into base at the cap of +5 % (recorded in 2022), or spent exactly */
  quoteOrderQty: z.enum(['capped', 'exact']),
  /** a client order id used before: refused, accepted once more, or answered with the first order */
  duplicateClientOrderId: z.enum(['reject', 'accept', 'first']),
  /** periods without a trade: candles without volume, or none */
  emptyCandles: z.enum(['fill', 'omit']),
  /** a new order is found, listed and cancelled only after so many market seconds */
  visibleAfterSeconds: z.number().min(0).max(3_600),
  /** quote per MX where the market has no MXUSDT */
  mxPrice: z.number().positive(),
});
export type Behaviour = z.output<typeof behaviourSchema>;

export const DEFAULT_BEHAVIOUR: Behaviour = {
  quoteOrderQty: 'capped',
  duplicateClientOrderId: 'reject',
  emptyCandles: 'fill',
  visibleAfterSeconds: 0,
  mxPrice: 2,
};

/** Some of it, the rest as it was. */
export type BehaviourChange = { readonly [Name in keyof Behaviour]?: Behaviour[Name] | undefined };

export function changed(behaviour: Behaviour, change: BehaviourChange): Behaviour {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...behaviour, ...Object.fromEntries(given) };
}
