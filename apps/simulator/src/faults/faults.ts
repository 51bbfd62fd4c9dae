import { hash, hashText, unit } from '../random.ts';
import type { RestAction, WsAction } from './actions.ts';
import type { FaultPlan, FaultRule, RestRule, WsRule } from './plan.ts';
import { resolveTime } from './times.ts';

/** A request that arrived, or a push or connection about to be served. */
interface FaultCall<Channel extends 'rest' | 'ws' = 'rest' | 'ws'> {
  readonly channel: Channel;
  /**
   * rest: `POST /api/v3/order`, without the query.
   * ws: a topic (`spot@public.aggre.deals.v3.api.pb@100ms@PEPEUSDT`) when something is pushed on it, `subscribe <topic>` when it
   * is asked for, `connect` when a connection opens.
   */
  readonly target: string;
  /** what it is about; several where a request names a list */
  readonly symbol?: string | readonly string[] | undefined;
  readonly apiKey?: string | undefined;
  /** rest: whether the endpoint asks for a key */
  readonly signed?: boolean;
}

/** What happens to one call. */
export interface Fault<Action = RestAction | WsAction> {
  /** id of the rule that fired */
  readonly rule: string;
  readonly action: Action;
  /** a fraction in [0, 1) of this firing's own, for whatever the action leaves open */
  readonly draw: number;
}

/** One rule and how it has fared. */
export interface RuleState {
  readonly id: string;
  readonly rule: FaultRule;
  /** ms UTC */
  readonly from: number | null;
  readonly to: number | null;
  /** of its draws */
  seed: number;
  /** calls that were its own so far */
  matched: number;
  fired: number;
}

/**
 * The plan's faults, asked once per call. Each rule counts the calls that match it, whichever rule answers them; the first
 * rule that fires decides. Nothing but the plan, its seed, the market's time and the order of calls goes into it.
 */
export interface Faults {
  /** @returns null: all goes well */
  decide(call: FaultCall<'rest'>): Fault<RestAction> | null;
  decide(call: FaultCall<'ws'>): Fault<WsAction> | null;
  /** Adds a plan's rules; `origin` is what `"+90s"` counts from, ms UTC. @returns the rules added */
  add(plan: FaultPlan, origin: number): readonly RuleState[];
  /** @returns how many rules were taken away; all of them without an id */
  remove(id?: string): number;
  rules(): readonly RuleState[];
  readonly seed: () => number;
  /** Puts back the counts of a run that is resumed. */
  restore(counts: readonly RuleCount[]): void;
}

/** How far a rule got. */
export interface RuleCount {
  readonly id: string;
  readonly matched: number;
  readonly fired: number;
  /** what its draws come from: plans that came in one after the other may have brought a seed each */
  readonly seed?: number;
}

interface Entry extends RuleState {
  readonly channel: FaultCall['channel'];
  readonly targets: readonly RegExp[];
}

export interface FaultsOptions {
  /** market time, ms UTC */
  readonly now: () => number;
  /** until a plan brings its own */
  readonly seed: number;
}

export function createFaults({ now, seed: firstSeed }: FaultsOptions): Faults {
  let seed = firstSeed;
  let added = 0;
  const entries: Entry[] = [];

  const freshId = (): string => {
    do added += 1;
    while (entries.some(({ id }) => id === `rule ${added}`));
    return `rule ${added}`;
  };

  function decide(call: FaultCall<'rest'>): Fault<RestAction> | null;
  function decide(call: FaultCall<'ws'>): Fault<WsAction> | null;
  function decide(call: FaultCall): Fault | null {
    if (entries.length === 0) return null;
    const at = now();
    let fault: Fault | null = null;
    for (const entry of entries) {
      if (!isAbout(entry, call, at)) continue;
      entry.matched += 1;
      if (fault === null && fires(entry)) {
        entry.fired += 1;
        const draw = unit(hash(entry.seed, entry.matched, 2));
        fault = { rule: entry.id, action: entry.rule.do, draw };
      }
    }
    return fault;
  }

  return {
    decide,
    add(plan, origin) {
      if (plan.seed !== undefined) seed = plan.seed;
      const rules = plan.faults.map((rule) => {
        const id = rule.id ?? freshId();
        const entry = entryOf(rule, id, hash(seed, hashText(id), 51), origin);
        entries.push(entry);
        return entry;
      });
      return rules;
    },
    remove(id) {
      const kept = id === undefined ? [] : entries.filter((entry) => entry.id !== id);
      const removed = entries.length - kept.length;
      entries.splice(0, entries.length, ...kept);
      return removed;
    },
    rules: () => entries,
    seed: () => seed,
    restore(counts) {
      const byId = new Map(counts.map((count) => [count.id, count]));
      for (const entry of entries) {
        const count = byId.get(entry.id);
        if (count) {
          const { matched, fired, seed: own = entry.seed } = count;
          Object.assign(entry, { matched, fired, seed: own });
        }
      }
    },
  };
}

const listOf = <Item>(value: Item | readonly Item[]): readonly Item[] =>
  Array.isArray(value) ? (value as readonly Item[]) : [value as Item];

const isRest = (rule: FaultRule): rule is RestRule => 'request' in rule;

function entryOf(rule: RestRule | WsRule, id: string, seed: number, origin: number): Entry {
  const time = (value: string | number | undefined): number | null =>
    value === undefined ? null : resolveTime(value, origin);
  return {
    id,
    rule,
    seed,
    channel: isRest(rule) ? 'rest' : 'ws',
    targets: listOf(isRest(rule) ? rule.request : rule.stream).map(wildcard),
    from: time(rule.from),
    to: time(rule.to),
    matched: 0,
    fired: 0,
  };
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}

function isAbout({ channel, targets, rule, from, to }: Entry, call: FaultCall, at: number): boolean {
  if (call.channel !== channel) return false;
  if ((from !== null && at < from) || (to !== null && at >= to)) return false;
  if (rule.symbol !== undefined) {
    const wanted = listOf(rule.symbol);
    if (!listOf(call.symbol ?? []).some((symbol) => wanted.includes(symbol))) return false;
  }
  if (rule.key !== undefined && call.apiKey?.endsWith(rule.key) !== true) return false;
  const kind = call.channel === 'rest' ? (call.signed === true ? 'signed' : 'public') : null;
  return targets.some((target) => target.test(call.target) || (kind !== null && target.test(kind)));
}

/** The call has been counted already. */
function fires({ rule, matched, fired, seed }: Entry): boolean {
  const { nth, every, after, times, probability } = rule;
  if (times !== undefined && fired >= times) return false;
  if (after !== undefined && matched <= after) return false;
  if (nth !== undefined && !listOf(nth).includes(matched)) return false;
  if (every !== undefined && matched % every !== 0) return false;
  return probability === undefined || unit(hash(seed, matched, 1)) < probability;
}
