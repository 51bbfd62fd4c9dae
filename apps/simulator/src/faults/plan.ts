import { readFileSync } from 'node:fs';
import { UserError } from '@mexc-bot/runtime';
import { z } from 'zod';
import { behaviourSchema } from '../behaviour.ts';
import { type Checked, checked, checkedJson, flatIssues } from '../checked-json.ts';
import { restActionSchema, wsActionSchema } from './actions.ts';
import { marketEventSchema } from './market-events.ts';
import { planTimeSchema } from './times.ts';

const oneOrMore = <Item extends z.ZodType>(item: Item) => z.union([item, z.array(item).min(1)]);
const ordinal = z.int().min(1);

/** Which calls a rule is about and when it fires; all that is given must hold. */
const conditions = {
  /** names the rule in listings and in the request log; `rule 3` unless given */
  id: z.string().min(1).max(60).optional(),
  symbol: oneOrMore(z.string().min(1)).optional(),
  /** last four characters of the API key */
  key: z.string().min(1).optional(),
  /** market times; from inclusive, to exclusive */
  from: planTimeSchema.optional(),
  to: planTimeSchema.optional(),
  /** of the calls that match so far: the nth, or any of these */
  nth: oneOrMore(ordinal).optional(),
  /** every nth of the calls that match */
  every: ordinal.optional(),
  /** lets so many calls pass first */
  after: z.int().min(0).optional(),
  /** fires at most so often */
  times: ordinal.optional(),
  probability: z.number().min(0).max(1).optional(),
};

const restRuleSchema = z.strictObject({
  /** `POST /api/v3/order`; `*` stands for any text; `signed` and `public` for all endpoints of that kind */
  request: oneOrMore(z.string().min(1)),
  ...conditions,
  do: restActionSchema,
});
const wsRuleSchema = z.strictObject({
  /** `spot@public.aggre.deals*`, `connect`, `subscribe spot@…`; `*` stands for any text */
  stream: oneOrMore(z.string().min(1)),
  ...conditions,
  do: wsActionSchema,
});
export type RestRule = z.output<typeof restRuleSchema>;
export type WsRule = z.output<typeof wsRuleSchema>;
export type FaultRule = RestRule | WsRule;

/** A strict object per channel, told apart by the key that names the target: a union's complaints would name neither. */
const ruleSchema = z.unknown().transform((value, context): FaultRule => {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const hasRequest = isObject && 'request' in value;
  if (!isObject || hasRequest === 'stream' in value) {
    context.addIssue('must have either `request` or `stream`');
    return z.NEVER;
  }
  const parsed = (hasRequest ? restRuleSchema : wsRuleSchema).safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of flatIssues(parsed.error.issues)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
  return z.NEVER;
});

const planSchema = z.strictObject({
  /** decides every draw of `probability` and every choice a fault leaves open */
  seed: z.int().min(0).max(4_294_967_295).optional(),
  behaviour: behaviourSchema.partial().optional(),
  faults: z.array(ruleSchema).default([]),
  market: z.array(marketEventSchema).default([]),
});

/** What goes wrong at the exchange, when, and how often; the same plan and seed give the same run. */
export type FaultPlan = z.output<typeof planSchema>;
/** As it is written. */
export interface FaultPlanInput extends Omit<z.input<typeof planSchema>, 'faults'> {
  faults?: readonly FaultRuleInput[];
}
export type FaultRuleInput = z.input<typeof restRuleSchema> | z.input<typeof wsRuleSchema>;

/** The plan cannot be followed; the message lists every fault with its field, or the line where it stops being JSON. */
export class BadFaultPlan extends UserError {
  override readonly name = 'BadFaultPlan';
  readonly faults: readonly string[];

  constructor(where: string, faults: readonly string[], options?: { cause?: unknown }) {
    const lines = faults.map((fault) => `  ${fault}`).join('\n');
    super(`The fault plan ${where} cannot be used:\n${lines}`, 'the format is explained in docs/simulator.md', options);
    this.faults = faults;
  }
}

/**
 * @param where names the plan in the message: a file, or `POST /sim/faults`
 * @throws {BadFaultPlan}
 */
export function parsePlan(text: string, where: string): FaultPlan {
  return planOf(checkedJson(text, planSchema, 'plan'), where);
}

/** @throws {BadFaultPlan} */
export function checkPlan(content: unknown, where: string): FaultPlan {
  return planOf(checked(content, planSchema, 'plan'), where);
}

function planOf(found: Checked<FaultPlan>, where: string): FaultPlan {
  if ('content' in found) return found.content;
  throw new BadFaultPlan(where, found.faults, { cause: found.cause });
}

/** @throws {BadFaultPlan} */
export function loadPlan(path: string): FaultPlan {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BadFaultPlan(path, [`the file cannot be read: ${(cause as Error).message}`], { cause });
  }
  return parsePlan(text, path);
}
