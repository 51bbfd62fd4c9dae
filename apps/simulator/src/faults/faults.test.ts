import { describe, expect, it } from 'vitest';
import { createFaults, type Faults } from './faults.ts';
import { BadFaultPlan, checkPlan, type FaultRuleInput, parsePlan } from './plan.ts';

const POST = 'POST /api/v3/order';
const drop = { kind: 'drop' } as const;
let now = 0;

function faultsOf(rules: readonly FaultRuleInput[], seed = 1): Faults {
  now = 1_000;
  const faults = createFaults({ now: () => now, seed });
  faults.add(checkPlan({ faults: rules }, 'test'), now);
  return faults;
}
const call = (faults: Faults, target = POST, more: { symbol?: string; apiKey?: string; signed?: boolean } = {}) =>
  faults.decide({ channel: 'rest', target, ...more })?.rule ?? null;
const pattern = (faults: Faults, count: number): string =>
  Array.from({ length: count }, () => (call(faults) ? 'x' : '.')).join('');

describe('a rule fires', () => {
  it.each([
    [{}, 'xxxxxxxx'],
    [{ nth: 3 }, '..x.....'],
    [{ nth: [1, 4] }, 'x..x....'],
    [{ every: 3 }, '..x..x..'],
    [{ after: 5 }, '.....xxx'],
    [{ times: 2 }, 'xx......'],
    [{ after: 2, every: 2, times: 2 }, '...x.x..'],
    [{ probability: 0 }, '........'],
    [{ probability: 1 }, 'xxxxxxxx'],
  ])('%j', (conditions, expected) => {
    expect(pattern(faultsOf([{ request: POST, ...conditions, do: drop }]), 8)).toBe(expected);
  });

  it('about as often as its probability says, the same with the same seed', () => {
    const run = (seed: number) => pattern(faultsOf([{ request: POST, probability: 0.25, do: drop }], seed), 2_000);
    const count = run(5).split('x').length - 1;
    expect(count).toBeGreaterThan(430);
    expect(count).toBeLessThan(570);
    expect(run(5)).toBe(run(5));
    expect(run(5)).not.toBe(run(6));
  });

  it('only within its time, from inclusive, to exclusive', () => {
    const faults = faultsOf([{ request: POST, from: '+10s', to: '+20s', do: drop }]);
    const at = (time: number): boolean => {
      now = 1_000 + time;
      return call(faults) !== null;
    };
    expect([9_999, 10_000, 19_999, 20_000].map(at)).toEqual([false, true, true, false]);
  });

  it('only for its target, symbol and key', () => {
    const faults = faultsOf([
      { id: 'a', request: ['POST /api/v3/order', '* /api/v3/ticker/*'], symbol: 'AUSDT', do: drop },
      { id: 'b', request: 'signed', key: '7890', do: drop },
      { id: 'c', request: 'public', do: drop },
    ]);
    expect(call(faults, POST, { symbol: 'AUSDT', signed: true })).toBe('a');
    expect(call(faults, 'GET /api/v3/ticker/24hr', { symbol: 'AUSDT' })).toBe('a');
    expect(call(faults, POST, { symbol: 'BUSDT', signed: true, apiKey: 'x7890' })).toBe('b');
    expect(call(faults, POST, { symbol: 'BUSDT', signed: true, apiKey: 'x7891' })).toBeNull();
    expect(call(faults, 'GET /api/v3/ping')).toBe('c');
    expect(faults.decide({ channel: 'ws', target: POST })).toBeNull();
  });

  it('first of those that would, while every one counts its calls', () => {
    const faults = faultsOf([
      { id: 'first', request: POST, nth: 1, do: drop },
      { id: 'second', request: POST, nth: [1, 2], do: drop },
    ]);
    expect([call(faults), call(faults), call(faults)]).toEqual(['first', 'second', null]);
    expect(faults.rules().map(({ matched, fired }) => [matched, fired])).toEqual([
      [3, 1],
      [3, 1],
    ]);
  });

  it('on streams as on requests', () => {
    const faults = faultsOf([{ stream: 'spot@public.aggre.deals*', symbol: 'AUSDT', do: { kind: 'silence' } }]);
    const target = 'spot@public.aggre.deals.v3.api.pb@100ms@AUSDT';
    expect(faults.decide({ channel: 'ws', target, symbol: 'AUSDT' })?.action).toEqual({ kind: 'silence', pongs: true });
    expect(faults.decide({ channel: 'rest', target, symbol: 'AUSDT' })).toBeNull();
  });

  it('on from where a saved run stood', () => {
    const faults = faultsOf([{ id: 'r', request: POST, nth: 5, do: drop }]);
    faults.restore([{ id: 'r', matched: 4, fired: 0 }]);
    expect(call(faults)).toBe('r');
  });
});

describe('a plan is refused with every fault in it', () => {
  const faultsIn = (plan: unknown): readonly string[] => {
    try {
      checkPlan(plan, 'p.json');
    } catch (error) {
      if (error instanceof BadFaultPlan) return error.faults;
    }
    return [];
  };

  it('naming the field', () => {
    const plan = {
      faults: [
        { request: POST, do: { kind: 'hang', wallMs: -1 } },
        { request: POST, nth: 0, do: drop },
        { stream: 'connect', do: { kind: 'null-volume' } },
        { request: POST, stream: 'connect', do: drop },
        { request: POST, often: 3, do: drop },
      ],
      market: [{ at: 'later', kind: 'status-words', online: 'ENABLED' }],
    };
    const found = faultsIn(plan);
    for (const field of [
      'faults[0].do.wallMs: ',
      'faults[1].nth: ',
      'faults[2].do.kind: ',
      'faults[3]: ',
      'faults[4].often: is not a field here',
      'market[0].at: must be a time',
    ]) {
      expect(found.filter((fault) => fault.startsWith(field))).toHaveLength(1);
    }
  });

  it('or the line where it stops being JSON', () => {
    expect(() => parsePlan('{\n "seed": 1,\n "faults": [ }', 'p.json')).toThrow(/p\.json.*\n.*line 3, column 14/);
  });
});
