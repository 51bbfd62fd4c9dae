import { BadFaultPlan, loadPlan } from '../../apps/simulator/dist/faults/plan.js';
import { resolveTime } from '../../apps/simulator/dist/faults/times.js';
import type { FaultPlan } from '../../apps/simulator/src/faults/plan.ts';
import { RUN_STARTS_AT } from './market.ts';
import { LEAST_MARKETS, LONGEST_ACTIVE_MS, marketSymbol, type Scenario } from './scenario.ts';

/** Markets that there are in every run. */
const MARKETS = Array.from({ length: LEAST_MARKETS }, (_, n) => marketSymbol(n));

/**
 * A plan of the owner's, checked for what a run of this harness can do with it.
 *
 * @throws {BadFaultPlan} with every fault and its field
 */
export function loadOwnersPlan(path: string): FaultPlan {
  const plan = loadPlan(path);
  const faults = [
    ...plan.faults.flatMap((rule, n) => [
      ...('stream' in rule
        ? [
            `faults[${n}].stream: prices are pushed by a stand-in here, which follows no rules: only \`request\` is known`,
          ]
        : []),
      ...unknownMarkets(rule.symbol === undefined ? [] : [rule.symbol].flat(), `faults[${n}].symbol`),
      ...tooLate(rule.from, `faults[${n}].from`),
    ]),
    ...plan.market.flatMap((event, n) => [
      ...('symbol' in event && event.kind !== 'list' && event.symbol !== '*'
        ? unknownMarkets([event.symbol], `market[${n}].symbol`)
        : []),
      ...(event.kind === 'list' && event.like !== undefined ? unknownMarkets([event.like], `market[${n}].like`) : []),
      ...tooLate(event.at, `market[${n}].at`),
    ]),
  ];
  if (faults.length > 0) throw new BadFaultPlan(path, faults);
  return plan;
}

const unknownMarkets = (symbols: readonly string[], field: string): readonly string[] =>
  symbols
    .filter((symbol) => !MARKETS.includes(symbol))
    .map((symbol) => `${field}: not every run has a market ${symbol}; all have ${MARKETS.join(', ')}`);

function tooLate(time: string | number | undefined, field: string): readonly string[] {
  if (time === undefined) return [];
  const after = resolveTime(time, RUN_STARTS_AT) - RUN_STARTS_AT;
  if (after >= 0 && after < LONGEST_ACTIVE_MS) return [];
  return [`${field}: never comes; faults are over ${LONGEST_ACTIVE_MS / 1000} s after a run's start at the latest`];
}

/** The plan besides the seed's own faults, and before them. */
export function withPlan(scenario: Scenario, plan: FaultPlan | null): Scenario {
  if (plan === null) return scenario;
  const { seed = scenario.plan.seed, behaviour, faults, market } = plan;
  return {
    ...scenario,
    plan: {
      seed,
      behaviour: { ...scenario.plan.behaviour, ...behaviour },
      faults: [...faults, ...(scenario.plan.faults ?? [])],
      market: [...market, ...(scenario.plan.market ?? [])],
    },
  };
}
