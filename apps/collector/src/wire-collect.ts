import type { TradingProcess } from '@mexc-bot/execution';
import { createCollect } from './collect.ts';
import { collectedMarkets } from './collected-markets.ts';

/** The worker and the commands collect alike. */
export function wireCollect(trading: TradingProcess, options: { readonly maxPerWallSecond?: number } = {}) {
  const { settings, store, marketData } = trading;
  return {
    collect: createCollect({ ...trading, ...options }),
    /** Every market whose candles are kept, as the exchange lists them now. */
    async markets(): Promise<string[]> {
      const held = store.positions.open().map(({ market }) => market);
      const also = new Set([...settings.collect.alsoMarkets, ...held]);
      return collectedMarkets(await marketData.markets(), settings.universe, also);
    },
  };
}
