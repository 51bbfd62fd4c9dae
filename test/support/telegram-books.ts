import { Decimal, type Mode, type OpenPosition } from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';
import { aCandidate, aMarket, anOpenPosition, aScanRow } from './builders.ts';

/** Books for somebody to ask about: a position and closed trades of either mode, events, a scan. `price` is what the first market costs. */
export function fillBooks(store: Store, symbols: readonly string[], price: Decimal): void {
  const [first, second, third] = symbols as [string, string, string];
  const now = Date.now();
  const position = (market: string, over: Partial<OpenPosition>): OpenPosition =>
    anOpenPosition({ market, base: market.replace(/USDT$/, ''), openedAt: now - 3_600_000, ...over });
  const close = (id: string, mode: Mode, proceeds: string, closedAt = now - 60_000) =>
    store.positions.save({
      ...position(first, { id, mode }),
      state: 'closed',
      proceeds: new Decimal(proceeds),
      quantity: new Decimal(0),
      closedAt,
      closeReason: 'take_profit',
      dust: new Decimal(0),
    });

  store.markets.sync(
    symbols.map((id) => aMarket({ id })),
    now,
  );
  const prices = { entryPrice: price, cost: price.mul(10), peak: price, hardStop: price.mul('0.975') };
  store.paper.deposit('USDT', new Decimal(500));
  store.positions.save(position(first, { id: 'p_test', mode: 'test', ...prices }));
  store.positions.save(position(second, { id: 'p_live', mode: 'live' }));
  close('c1', 'test', '12');
  close('c2', 'test', '9', now - 2 * 86_400_000);
  close('c3', 'live', '15');
  for (let i = 0; i < 12; i++) {
    const event = { source: 'tracker', kind: `thing_${i}`, market: first, detail: { reason: 'stop_loss' } };
    store.activity.add({ mode: 'test', at: now, wallAt: now, ...event });
  }
  const funnel = { volume_below_floor: 35, spread_above_ceiling: 3, bought: 1 };
  store.scans.record(aScanRow({ at: now, wallAt: now, seen: 40, hype: 5, classified: 2, bought: 1, funnel }), [
    aCandidate({
      market: first,
      strategy: 'revival',
      confidence: 0.83,
      decision: 'rejected',
      reason: 'model_missing',
      stages: [{ stage: 'strategy', check: 'gain', value: 0.034, is: '>=', threshold: 0.02, verdict: 'pass' }],
    }),
    aCandidate({ market: third, strategy: null, confidence: null, decision: 'rejected', reason: 'no_pattern' }),
  ]);
}
