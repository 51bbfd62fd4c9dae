import { z } from 'zod';
import { planTimeSchema } from './times.ts';

const seconds = z.number().min(0).max(2_592_000);
const symbol = z.string().regex(/^[A-Z0-9]{2,30}$/, 'must be a symbol such as PEPEUSDT');
const symbolOrAll = z.union([z.literal('*'), symbol]);
const key = z.string().min(1).default('*').describe('last four characters of an API key, or *');
const at = planTimeSchema;

/** What happens to the market itself, at a time of its own clock. */
export const marketEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    at,
    kind: z.literal('set'),
    symbol: symbolOrAll,
    status: z.enum(['1', '2', '3']).optional().describe('1 online, 2 halted, 3 offline'),
    apiTrading: z.boolean().optional(),
    sides: z.enum(['all', 'buy', 'sell', 'none']).optional(),
    riskFlag: z.boolean().optional(),
  }),
  z.strictObject({
    at,
    kind: z.literal('list'),
    symbol,
    like: symbol.optional().describe('whose prices a symbol takes that the market does not have itself'),
  }),
  z.strictObject({
    at,
    kind: z.literal('delist'),
    symbol,
    as: z
      .enum(['status-3', 'removed-10007', 'removed-1121'])
      .describe('the row stays with status 3, or goes: orders are then refused with this code'),
    restingOrders: z.enum(['cancel', 'keep']).default('cancel'),
  }),
  z.strictObject({
    at,
    kind: z.literal('rename'),
    symbol,
    to: symbol,
    balances: z.enum(['move', 'keep']).default('move').describe('whether coins take the new name too'),
  }),
  z.strictObject({
    at,
    kind: z.literal('status-words'),
    online: z.string().min(1).describe('what exchangeInfo writes instead of "1", such as ENABLED'),
  }),
  z.strictObject({
    at,
    kind: z.literal('shock'),
    symbol: symbolOrAll,
    factor: z.number().positive().max(1000).describe('0.6: the price falls by 40 %'),
    overSeconds: seconds.default(0),
    holdSeconds: seconds.optional().describe('left out: it stays there'),
    recoverOverSeconds: seconds.default(0),
  }),
  z.strictObject({
    at,
    kind: z.literal('liquidity'),
    symbol: symbolOrAll,
    share: z.number().min(0).max(100).describe('of the usual depth; 0: an empty book'),
    forSeconds: seconds,
  }),
  z.strictObject({
    at,
    kind: z.literal('deposit'),
    key,
    asset: z.string().regex(/^[A-Z0-9]{1,20}$/),
    amount: z
      .string()
      .regex(/^-?\d{1,20}(\.\d{1,18})?$/, 'must be a decimal text; below 0: a withdrawal, as far as the balance goes'),
  }),
  z.strictObject({ at, kind: z.literal('mx-deduct'), key, on: z.boolean() }),
]);
export type MarketEvent = z.output<typeof marketEventSchema>;
