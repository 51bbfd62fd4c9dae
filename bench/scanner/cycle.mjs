/** A whole scan cycle on ports that answer at once: what is left is the scanner's own time, the database included. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Decimal, emptyColumns, gateWithoutModel, TIMEFRAME_MS } from '@mexc-bot/core';
import { createPaperTrading } from '@mexc-bot/exchange';
import { createExecutor, forgetPeakMs, stopConfig, universeCriteria } from '@mexc-bot/execution';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { createScan } from '../../apps/scanner/dist/scan.js';
import { median } from '../indicators/measure.mjs';
import { cpuMsSince } from './cpu.mjs';

const M5 = TIMEFRAME_MS['5m'];
const HISTORY = 500;
const SHORTLISTED = 30;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Price of a token at the close of a candle: a third of them rise, so that there is something to decide about. */
const closeOf = (token, i) => {
  const noise = 1 + 0.01 * Math.sin(i * 1.7 + token);
  return (token % 3 === 0 && i % 12 > 9 ? 1 + 0.02 * ((i % 12) - 9) : 1) * noise;
};

export async function measureCycle({ folder, markets, tickers, settings, rules, rounds }) {
  const path = join(folder, 'cycle.db');
  const store = openStore(path);
  const start = Math.ceil(Date.now() / M5) * M5;
  const manual = createManualClock(start + 2_000);
  // nobody waits here
  const clock = { ...manual, sleep: (ms) => manual.advance(ms), sleepWall: (ms) => manual.advance(ms) };
  const strong = tickers.slice(0, SHORTLISTED);
  const seen = tickers.map((ticker, i) =>
    i < SHORTLISTED
      ? { ...ticker, last: closeOf(i, HISTORY), bid: 0.999, ask: 1.001, quoteVolume: 5e6, change: 0.39 - i / 1_000 }
      : { ...ticker, change: 0.001 },
  );
  const candles = (token, from, until) => {
    const columns = emptyColumns(until - from);
    for (let i = from; i < until; i++) {
      const [open, close] = [closeOf(token, i - 1), closeOf(token, i)];
      columns.openTime[i - from] = start + (i - HISTORY) * M5;
      columns.open[i - from] = open;
      columns.close[i - from] = close;
      columns.high[i - from] = Math.max(open, close) * 1.001;
      columns.low[i - from] = Math.min(open, close) * 0.999;
      columns.volume[i - from] = 1_000 + 500 * Math.cos(i * 0.7);
    }
    return columns;
  };
  const put = (market, token, from, until) => {
    const range = { from: start + (from - HISTORY) * M5, until: start + (until - HISTORY) * M5 };
    store.candles.put(market, '5m', { range, candles: candles(token, from, until), looks: 1 });
  };
  for (const [token, { market }] of strong.entries()) put(market, token, 0, HISTORY);
  put('BTCUSDT', 1, 0, HISTORY);

  const plenty = new Decimal(1e9);
  const quoted = (market) => {
    const price = new Decimal(seen.find((ticker) => ticker.market === market)?.last ?? 1);
    return { market, bid: price, bidQuantity: plenty, ask: price.mul('1.001'), askQuantity: plenty };
  };
  let asked = 0;
  const marketData = {
    markets: async () => markets,
    tickers: async () => seen,
    bookTickers: async () => new Map(strong.map(({ market }) => [market, quoted(market)])),
    candles: async () => {
      asked += 1;
      return [];
    },
    depth: async (market) => {
      const { bid, ask } = quoted(market);
      return { bids: [{ price: bid, quantity: plenty }], asks: [{ price: ask, quantity: plenty }] };
    },
  };
  store.paper.deposit('USDT', new Decimal(1_000));
  const paper = createPaperTrading({
    marketData,
    marketOf: (id) => store.markets.get(id),
    book: store.paper,
    clock,
    latencyMs: 0,
  });
  let ids = 0;
  const deps = { store, clock, log: silent, tradingOf: () => paper };
  const executor = createExecutor({
    ...deps,
    entryRules: { table: settings.position.exits, stop: stopConfig(settings) },
    source: 'bench',
    newClientOrderId: () => `mb_${++ids}`,
    settleAfterMs: 2_000,
    absentAfterMs: 30_000,
  });
  const scan = createScan({
    ...deps,
    marketData,
    executor,
    rules: { ...rules, hype: { ...rules.hype, maxCandidates: SHORTLISTED } },
    universe: universeCriteria(settings),
    startMode: 'test',
    quote: 'USDT',
    forgetPeakMs: forgetPeakMs(settings),
    gate: ({ strategy, mode }) => gateWithoutModel(strategy, mode, rules.gate),
    guarded: () => true,
    keyJudged: async () => true,
    reconciled: async () => true,
    newPositionId: () => `p${++ids}`,
    dry: false,
  });

  const [times, cpuTimes] = [[], []];
  let last;
  let bytesBefore = 0;
  for (let round = 0; round < rounds + 2; round++) {
    if (round === 2) bytesBefore = store.candles.space().bytes;
    const [started, cpu] = [performance.now(), process.cpuUsage()];
    last = (await scan()).scan;
    if (round > 1) times.push(performance.now() - started);
    if (round > 1) cpuTimes.push(cpuMsSince(cpu));
    // the next candle of each closes, and the collector has stored it
    for (const [token, { market }] of strong.entries()) put(market, token, HISTORY + round, HISTORY + round + 1);
    put('BTCUSDT', 1, HISTORY + round, HISTORY + round + 1);
    await manual.advance(start + 2_000 + (round + 1) * M5 - manual.now());
  }
  const grownBytes = store.candles.space().bytes - bytesBefore;
  store.close();
  rmSync(path, { force: true });
  const sorted = times.toSorted((a, b) => a - b);
  return {
    medianMs: median(times),
    cpuMs: median(cpuTimes),
    maxMs: sorted.at(-1),
    hype: last.hype,
    covered: last.covered,
    requestsForCandles: asked,
    kbPerScan: grownBytes / rounds / 1_000,
  };
}
