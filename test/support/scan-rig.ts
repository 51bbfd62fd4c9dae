import { DEFAULT_EXIT_TABLE, type Gate, gateWithoutModel, type Mode } from '@mexc-bot/core';
import { createExecutor, decisionRules, forgetPeakMs, universeCriteria } from '@mexc-bot/execution';
import { createManualClock, loadSettings, type Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { createScan } from '../../apps/scanner/src/scan.ts';
import { aMarket, candlesFrom } from './builders.ts';
import { createFakeMarketData } from './fake-market-data.ts';
import { createFakeTrading } from './fake-trading.ts';
import { STOP_CONFIG } from './position-rig.ts';
import { silentLog } from './silent-log.ts';

const CHOPPY = Array.from({ length: 90 }, (_, i) => (i % 2 === 0 ? 0.97 : 1));
/** Choppy, then up by `gain` over the last two candles: `simple` at 3 %, `aggressive` at 6 %. */
const rising = (gain: number) => candlesFrom([...CHOPPY, 1, 1 + gain / 2, 1 + gain]);

/** What outlives a scanner. */
const aWorld = () => ({
  fake: createFakeMarketData(),
  account: createFakeTrading(),
  // the last candle has just closed, as far as clocks may be trusted
  clock: createManualClock(rising(0).length * 300_000 + 2_000),
  ids: 0,
});

interface RigOptions {
  readonly settings?: Partial<Settings>;
  readonly dry?: boolean;
  readonly reconciled?: boolean;
  readonly guarded?: boolean;
  /** the mode that has an account; test unless given */
  readonly mode?: Mode;
  readonly gate?: Gate;
  /** of a scanner that ended: this one starts after it */
  readonly world?: ReturnType<typeof aWorld>;
}

/** A market of `PEPEUSDT` and what a test adds, one scanner over it, paper money without end. */
export function aScannerOf(store: Store, folder: string, options: RigOptions = {}) {
  const world = options.world ?? aWorld();
  const { fake, account, clock } = world;
  const settings = { ...loadSettings({}, { root: folder }), ...options.settings };
  const tradingOf = (mode: Mode) => (mode === (options.mode ?? 'test') ? account.trading : null);
  const deps = { store, tradingOf, clock, log: silentLog };
  const executor = createExecutor({
    ...deps,
    clock: { ...clock, sleepWall: (ms) => clock.advance(ms) },
    entryRules: {
      table: DEFAULT_EXIT_TABLE,
      stop: STOP_CONFIG,
    },
    source: 'scanner',
    newClientOrderId: () => `mb_${++world.ids}`,
    settleAfterMs: 2_000,
    absentAfterMs: 30_000,
  });
  const list = (id: string, gain: number, change = 0.1) => {
    fake.market.markets.push(aMarket({ id }));
    fake.market.tickers.push({ market: id, last: 1, bid: 0.9995, ask: 1.0005, quoteVolume: 500_000, change });
    fake.market.candles.set(id, rising(gain));
    fake.market.bids.set(id, 1);
  };
  const scan = createScan({
    ...deps,
    marketData: fake.marketData,
    executor,
    rules: decisionRules(settings),
    universe: universeCriteria(settings),
    startMode: settings.mode,
    quote: settings.universe.quote,
    forgetPeakMs: forgetPeakMs(settings),
    gate: options.gate ?? (({ strategy, mode }) => gateWithoutModel(strategy, mode, settings.ai)),
    guarded: () => options.guarded ?? true,
    keyJudged: async () => true,
    reconciled: async () => options.reconciled ?? true,
    newPositionId: () => `p${++world.ids}`,
    dry: options.dry === true,
  });
  return { scan, list, clock, ...fake, account, world };
}
