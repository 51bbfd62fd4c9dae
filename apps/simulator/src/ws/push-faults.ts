import type { WsAction } from '../faults/actions.ts';
import type { Push, PushBody } from './push.ts';

type BadPrice = Extract<WsAction, { readonly kind: 'bad-price' }>['as'];

const PRICE_FIELDS = new Set([
  'price',
  'bidPrice',
  'askPrice',
  'openingPrice',
  'closingPrice',
  'highestPrice',
  'lowestPrice',
]);
const WORDS = { zero: '0', empty: '', nan: 'NaN' } as const;

/** The push with every price in it wrong. */
export function withBadPrice(push: Push, as: BadPrice): Push {
  const spoil = (price: string): string => (typeof as === 'number' ? String(Number(price) * as) : WORDS[as]);
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        PRICE_FIELDS.has(name) && typeof inner === 'string' ? spoil(inner) : walk(inner),
      ]),
    );
  };
  return { ...push, body: walk(push.body) as PushBody };
}

/** A depth push that claims to begin where it ends, as if those before it were lost; others have no version. */
export function withVersionGap(push: Push): Push {
  if (!('publicAggreDepths' in push.body)) return push;
  const { publicAggreDepths } = push.body;
  const { fromVersion, toVersion } = publicAggreDepths;
  // a push of a single version has no room: its own end moves on with it
  const shift = fromVersion === toVersion ? 1 : 0;
  const jumped = String(Number(toVersion) + shift);
  return { ...push, body: { publicAggreDepths: { ...publicAggreDepths, fromVersion: jumped, toVersion: jumped } } };
}
