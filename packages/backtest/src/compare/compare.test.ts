import { describe, expect, it } from 'vitest';
import { STEP_MS, syntheticMarkets, testSettings } from '../../../../test/support/synthetic-markets.ts';
import { prepareData } from '../data.ts';
import type { BacktestDecision } from '../result.ts';
import { runBacktest } from '../run.ts';
import { type MarketView, pairDecisions, type RecordedDecision } from './decisions.ts';

const result = runBacktest(
  prepareData(syntheticMarkets(21, 8, 1_200, 0.006), '5m'),
  testSettings({ keepDecisions: true }),
);
const decisions = result.decisions ?? [];
const fine: MarketView = { hasCandle: true, hype: 'change_below_floor', regime: null };

const written = (decision: BacktestDecision, overrides: Partial<RecordedDecision> = {}): RecordedDecision => ({
  at: decision.at + 20_000,
  candleAt: decision.at - STEP_MS,
  market: decision.market,
  strategy: decision.strategy,
  regime: decision.regime,
  price: decision.price,
  spread: 0.002,
  bought: decision.reason === 'filled' || decision.reason === 'partly_filled',
  reason: decision.decision === 'approved' ? 'bought' : decision.reason,
  ...overrides,
});
const causes = (recorded: readonly RecordedDecision[], view = fine) =>
  pairDecisions(recorded, decisions, STEP_MS, () => view).flatMap(({ cause }) => cause ?? []);

describe('decisions', () => {
  it('that are the same leave nothing to explain', () => {
    expect(decisions.length).toBeGreaterThan(50);
    expect(causes(decisions.map((each) => written(each)))).toEqual([]);
  });

  it('agree where any answer on the candle does', () => {
    const twice = decisions.flatMap((each) => [
      written(each, { reason: 'cooldown', bought: false }),
      written(each, { at: each.at + 80_000 }),
    ]);
    expect(causes(twice)).toEqual([]);
  });

  const [first, ...rest] = decisions as [BacktestDecision, ...BacktestDecision[]];
  const others = rest.map((each) => written(each));
  const extra = written(first, { market: 'XUSDT' });
  it.each([
    ['account_state', [written(first, { bought: false, reason: 'max_open_positions' }), ...others], fine],
    ['models', [written(first, { bought: false, reason: 'model_no' }), ...others], fine],
    ['volume_share', [written(first, { bought: false, reason: 'order_canceled' }), ...others], fine],
    ['mood', [written(first, { regime: 'crash', bought: false, reason: 'regime_crash' }), ...others], fine],
    ['missed_scan', others.filter(({ at }) => Math.floor(at / STEP_MS) !== first.at / STEP_MS), fine],
    ['ticker_price', [written(first), ...others, extra], fine],
    ['spread', [written(first), ...others, extra], { ...fine, hype: 'spread_above_ceiling' }],
    ['unexplained', [written(first), ...others, extra], { ...fine, hype: null }],
    ['mood', [written(first), ...others, extra], { ...fine, hype: null, regime: 'crash' }],
    ['no_candle', [written(first), ...others, extra], { ...fine, hasCandle: false }],
    ['unexplained', [written(first, { bought: false, reason: 'who knows' }), ...others], fine],
  ] as const)('that differ are explained: %s', (cause, recorded, view) => {
    const found = causes(recorded, view);
    expect(new Set(found)).toEqual(new Set([cause]));
  });
});
