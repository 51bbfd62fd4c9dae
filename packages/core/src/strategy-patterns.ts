import { type Check, type Comparison, compares } from './check.ts';
import type { StrategyCriteria, StrategyMeasures } from './strategy-measures.ts';
import type { Strategy } from './strategy-name.ts';

interface Condition {
  readonly check: string;
  readonly is: Comparison;
  value(measures: StrategyMeasures): number;
  threshold(criteria: StrategyCriteria): number;
}

/** Every part must hold; a part holds when one of its conditions does. */
interface Pattern {
  readonly strategy: Strategy;
  readonly parts: readonly (readonly Condition[])[];
}

const condition = (
  check: string,
  value: Condition['value'],
  is: Comparison,
  threshold: Condition['threshold'],
): Condition => ({ check, value, is, threshold });

const volume: Condition['value'] = (m) => m.volumeRatio;
const gain: Condition['value'] = (m) => m.gain;

/**
 * First match wins. `momentum_safe` is asked before `aggressive`: its gain lies above the aggressive threshold, so asked after it
 * could never be reached. An indicator that is not warm is NaN and compares with nothing: it never makes a market "safe".
 */
const PATTERNS: readonly Pattern[] = [
  {
    strategy: 'revival',
    parts: [
      [condition('volume_ratio', volume, '>=', (c) => c.revival.minVolumeRatio)],
      [
        condition(
          'range_before',
          (m) => m.rangeBefore,
          '<=',
          (c) => c.revival.quietRange,
        ),
        condition(
          'drawdown_before',
          (m) => m.drawdownBefore,
          '>=',
          (c) => c.revival.fallenBy,
        ),
      ],
      [condition('gain', gain, '>', () => 0)],
    ],
  },
  {
    strategy: 'momentum_safe',
    parts: [
      [condition('volume_ratio', volume, '>=', (c) => c.momentumSafe.minVolumeRatio)],
      [condition('volume_ratio', volume, '<', (c) => c.momentumSafe.maxVolumeRatio)],
      [condition('gain', gain, '>=', (c) => c.momentumSafe.gainMultiple * c.minGain)],
      [
        condition(
          'atr',
          (m) => m.atrFraction,
          '<=',
          (c) => c.momentumSafe.maxAtrFraction,
        ),
      ],
      [
        condition(
          'adx',
          (m) => m.adx,
          '>=',
          (c) => c.momentumSafe.minAdx,
        ),
      ],
    ],
  },
  { strategy: 'aggressive', parts: [[condition('gain', gain, '>=', (c) => c.aggressiveGain)]] },
  { strategy: 'simple', parts: [[condition('gain', gain, '>=', (c) => c.minGain)]] },
];

function holds({ value, is, threshold }: Condition, m: StrategyMeasures, c: StrategyCriteria): boolean {
  return compares(value(m), is, threshold(c));
}

/** The pattern's name, or null; makes no objects, so that a backtest may ask it of every candle. */
export function nameStrategy(measures: StrategyMeasures, criteria: StrategyCriteria): Strategy | null {
  for (const { strategy, parts } of PATTERNS) {
    let whole = true;
    for (const alternatives of parts) {
      let part = false;
      for (const each of alternatives) part ||= holds(each, measures, criteria);
      whole &&= part;
    }
    if (whole) return strategy;
  }
  return null;
}

/** Every condition of every pattern that was asked, up to the one that matched: `revival.volume_ratio`. */
export function patternChecks(measures: StrategyMeasures, criteria: StrategyCriteria): Check[] {
  const found = nameStrategy(measures, criteria);
  const asked = PATTERNS.slice(0, PATTERNS.findIndex(({ strategy }) => strategy === found) + 1 || PATTERNS.length);
  return asked.flatMap(({ strategy, parts }) =>
    parts.flat().map(
      (each): Check => ({
        check: `${strategy}.${each.check}`,
        value: each.value(measures),
        is: each.is,
        threshold: each.threshold(criteria),
        verdict: holds(each, measures, criteria) ? 'pass' : 'fail',
      }),
    ),
  );
}
