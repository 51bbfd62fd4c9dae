import type { Engine } from './engine.ts';
import type { Faults, RuleState } from './faults/faults.ts';
import { BadFaultPlan, checkPlan, type FaultPlan, parsePlan } from './faults/plan.ts';
import { type ScriptedEvent, symbolFaults } from './market-script.ts';
import type { Quotes } from './quotes.ts';
import type { SavedPlans } from './snapshot.ts';

interface Followed {
  readonly rules: readonly RuleState[];
  readonly events: readonly ScriptedEvent[];
}

/** Takes in fault plans, from a file or the side door, and says what is in force. */
export interface FaultDesk {
  /** @param origin what `"+90s"` counts from, ms UTC; @throws {BadFaultPlan} nothing of it is then in force */
  add(text: string, where: string, origin: number): void;
  /** A plan that was read already. @throws {BadFaultPlan} */
  follow(plan: FaultPlan, where: string, origin: number): Followed;
  /** One rule, or (without an id) all rules and every event that has not happened yet. */
  remove(id?: string): { readonly faults: number; readonly market: number };
  /** Takes up a run where it was saved: plans that came in at the side door, and how often each rule fired. */
  resume(saved: SavedPlans, marketTime: number): void;
  saved(): SavedPlans;
  /** Counts what came in at the side door, and what was taken away there. */
  revision(): number;
  describe(): object;
}

export interface FaultDeskDeps {
  readonly faults: Faults;
  readonly engine: Engine;
  readonly quotes: Quotes;
}

export function createFaultDesk({ faults, engine, quotes }: FaultDeskDeps): FaultDesk {
  // what came in at the side door, and so must be saved; a file is read again at the next start
  const addedRules = new Set<RuleState>();
  const addedEvents = new Set<ScriptedEvent>();
  // a plan may bring nothing but a switch
  let cameIn = false;
  let revision = 0;

  const follow: FaultDesk['follow'] = (plan, where, origin) => {
    const wrong = [...symbolFaults(plan.market, origin, quotes, engine.script.all())];
    const taken = new Set(faults.rules().map(({ id }) => id));
    for (const [n, { id }] of plan.faults.entries()) {
      if (id !== undefined && taken.has(id)) wrong.push(`faults[${n}].id: there is a rule ${id} already`);
      if (id !== undefined) taken.add(id);
    }
    if (wrong.length > 0) throw new BadFaultPlan(where, wrong);
    if (plan.behaviour) engine.setBehaviour(plan.behaviour);
    const rules = faults.add(plan, origin);
    const events = engine.schedule(plan.market, origin);
    return { rules, events };
  };
  const keep = ({ rules, events }: Followed): void => {
    cameIn = true;
    for (const rule of rules) addedRules.add(rule);
    for (const event of events) addedEvents.add(event);
  };

  return {
    follow,
    revision: () => revision,
    add(text, where, origin) {
      keep(follow(parsePlan(text, where), where, origin));
      revision += 1;
    },
    remove(id) {
      revision += 1;
      return { faults: faults.remove(id), market: id === undefined ? engine.script.clear() : 0 };
    },
    resume({ plan, counts }, marketTime) {
      const renamed = new Map<string, string>();
      if (plan !== null) {
        const where = 'in the saved state';
        const saved = checkPlan(plan, where);
        // a plan file that is new, or longer than it was, may have given away a name since: both rules hold
        const taken = new Set(faults.rules().map(({ id }) => id));
        const rules = saved.faults.map((rule) => (taken.has(rule.id ?? '') ? { ...rule, id: undefined } : rule));
        // times in it are absolute
        const followed = follow({ ...saved, faults: rules }, where, 0);
        for (const [n, { id }] of followed.rules.entries()) renamed.set(saved.faults[n]!.id ?? id, id);
        keep(followed);
      }
      faults.restore(counts.map((count) => ({ ...count, id: renamed.get(count.id) ?? count.id })));
      engine.replay(marketTime);
    },
    saved() {
      const rules = faults.rules().filter((rule) => addedRules.has(rule));
      const events = engine.script.all().filter((event) => addedEvents.has(event));
      const plan = {
        seed: faults.seed(),
        behaviour: engine.behaviour(),
        faults: rules.map(absolute),
        market: events.map(({ at, event }) => ({ ...event, at })),
      };
      // a file brings its seed anew
      const counts = faults.rules().map((rule) => {
        const { id, matched, fired, seed } = rule;
        return { id, matched, fired, ...(addedRules.has(rule) && { seed }) };
      });
      return { plan: cameIn ? plan : null, counts };
    },
    describe: () => ({
      seed: faults.seed(),
      behaviour: engine.behaviour(),
      faults: faults.rules().map((rule) => ({ ...absolute(rule), matched: rule.matched, fired: rule.fired })),
      market: engine.script.all().map(({ at, event, done }) => ({ ...event, at, done })),
    }),
  };
}

/** The rule with its name, and its times in ms UTC. */
const absolute = ({ rule, id, from, to }: RuleState) => ({
  ...rule,
  id,
  ...(from !== null && { from }),
  ...(to !== null && { to }),
});
