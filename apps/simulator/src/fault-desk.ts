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
  follow(plan: FaultPlan, where: string, origin: number, happenedBy?: number): Followed;
  /** One rule, or (without an id) all rules and every event that has not happened yet. */
  remove(id?: string): { readonly faults: number; readonly market: number };
  /** Takes up a run where it was saved: plans that came in at the side door, and how often each rule fired. */
  resume(saved: SavedPlans, marketTime: number): void;
  saved(): SavedPlans;
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

  const follow: FaultDesk['follow'] = (plan, where, origin, happenedBy) => {
    const wrong = [...symbolFaults(plan.market, quotes)];
    const taken = new Set(faults.rules().map(({ id }) => id));
    for (const [n, { id }] of plan.faults.entries()) {
      if (id !== undefined && taken.has(id)) wrong.push(`faults[${n}].id: there is a rule ${id} already`);
      if (id !== undefined) taken.add(id);
    }
    if (wrong.length > 0) throw new BadFaultPlan(where, wrong);
    if (plan.behaviour) engine.setBehaviour(plan.behaviour);
    const rules = faults.add(plan, origin);
    const events = engine.schedule(plan.market, origin, happenedBy);
    return { rules, events };
  };
  const keep = ({ rules, events }: Followed): void => {
    for (const rule of rules) addedRules.add(rule);
    for (const event of events) addedEvents.add(event);
  };

  return {
    follow,
    add: (text, where, origin) => keep(follow(parsePlan(text, where), where, origin)),
    remove: (id) => ({ faults: faults.remove(id), market: id === undefined ? engine.script.clear() : 0 }),
    resume({ plan, counts }, marketTime) {
      // times in it are absolute
      if (plan !== null) keep(follow(checkPlan(plan, 'in the saved state'), 'in the saved state', 0, marketTime));
      faults.restore(counts);
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
      const counts = faults.rules().map(({ id, matched, fired }) => ({ id, matched, fired }));
      return { plan: addedRules.size + addedEvents.size === 0 ? null : plan, counts };
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
