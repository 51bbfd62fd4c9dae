import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  aggregateCandles,
  type Candle,
  type CandleColumns,
  type Clock,
  DAY_MS,
  HOUR_MS,
  type KeptTimeframe,
  MINUTE_MS,
  TIMEFRAME_MS,
  type TimeRange,
  toCandles,
} from '@mexc-bot/core';
import { createMexcMarketData, type MexcMarketData, QueryFailed } from '@mexc-bot/exchange';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CollectRequest, createCollect, depthsOf } from '../../apps/collector/src/collect.ts';
import { collectedMarkets } from '../../apps/collector/src/collected-markets.ts';
import { silentLog } from '../support/silent-log.ts';
import { type SimulatedExchange, startExchange } from '../support/simulated-exchange.ts';

const M5 = TIMEFRAME_MS['5m'];
const ALL = { from: 0, until: 1e15 };
/** 5 m candles of three days: two pages a market. */
const DEPTHS = depthsOf({ '1m': 0, '5m': 3, '15m': 0, '1h': 3, '4h': 0 });
const ONLY_5M = depthsOf({ '1m': 0, '5m': 3, '15m': 0, '1h': 0, '4h': 0 });
const CRITERIA = { quote: 'USDT', excludedBases: [], blocklist: [] };

let exchange: SimulatedExchange;
let folder: string;
let store: Store;
let clock: Clock;
let marketData: MexcMarketData;
/** what was asked for, `ETHUSDT 5m 288` candles */
let asked: string[];

beforeEach(async () => {
  exchange = await startExchange({ tokens: 12 });
  folder = mkdtempSync(join(tmpdir(), 'collector-'));
  store = openStore(join(folder, 'bot.db'));
  const { simulator } = exchange;
  const noWait = async () => undefined;
  clock = { now: simulator.clock.now, wallNow: Date.now, speed: () => 1, sleep: noWait, sleepWall: noWait };
  const budget = { acquire: noWait, penalise: () => 0 };
  marketData = createMexcMarketData({ restUrl: simulator.url, clock, budget, timeoutMs: 5_000 });
  asked = [];
  // the candle that closed just now is asked for two seconds later
  simulator.advance(3_000);
});
afterEach(async () => {
  marketData.close();
  store.close();
  rmSync(folder, { recursive: true });
  await exchange.simulator.close();
});

async function markets(): Promise<string[]> {
  return collectedMarkets(await marketData.markets(), CRITERIA, new Set());
}

async function collect(request: Partial<CollectRequest> = {}) {
  const candles: MexcMarketData['candles'] = (market, timeframe, range) => {
    asked.push(`${market} ${timeframe} ${(range.until - range.from) / TIMEFRAME_MS[timeframe]}`);
    return marketData.candles(market, timeframe, range);
  };
  asked = [];
  const run = createCollect({ marketData: { candles }, store, clock, log: silentLog });
  return run({ markets: await markets(), depthMs: DEPTHS, ...request });
}

const stored = (market: string, timeframe: KeptTimeframe, range: TimeRange = ALL): readonly Candle[] =>
  toCandles(store.candles.between(market, timeframe, range, clock.now()));

/** The exchange's own candles, asked for without the suite. */
async function theirs(market: string, interval: string, from: number): Promise<Candle[]> {
  const rows: Candle[] = [];
  for (let startTime = from; ; ) {
    const { text } = await exchange.get('/api/v3/klines', {
      symbol: market,
      interval,
      startTime: String(startTime),
      limit: '500',
    });
    const page = JSON.parse(text) as [number, string, string, string, string, string, number, string][];
    for (const [openTime, open, high, low, close, volume, closeTime] of page) {
      if (closeTime > clock.now()) continue;
      rows.push({ openTime, open: +open, high: +high, low: +low, close: +close, volume: +volume });
    }
    if (page.length === 0 || page.at(-1)![6] > clock.now()) return rows;
    startTime = page.at(-1)![6];
  }
}

async function expectAllStored(timeframes: readonly (readonly [KeptTimeframe, string])[], from: number): Promise<void> {
  for (const market of await markets()) {
    for (const [timeframe, interval] of timeframes) {
      const range = { from: Math.ceil(from / TIMEFRAME_MS[timeframe]) * TIMEFRAME_MS[timeframe], until: 1e15 };
      expect(stored(market, timeframe, range)).toEqual(await theirs(market, interval, range.from));
    }
  }
}

describe('collecting', () => {
  it('stores every closed candle as the exchange has it, then only what is new', async () => {
    exchange.simulator.advance(17 * MINUTE_MS);
    const from = clock.now() - 3 * DAY_MS + 2 * HOUR_MS;
    const first = await collect();
    expect(first).toMatchObject({ failures: [], left: 0 });
    expect(first.markets).toBeGreaterThan(8);
    expect(first.candles).toBe(
      store.candles.series().reduce((sum, { market, timeframe }) => sum + stored(market, timeframe).length, 0),
    );
    await expectAllStored(
      [
        ['5m', '5m'],
        ['1h', '60m'],
      ],
      from,
    );

    await collect();
    expect(asked).toEqual([]);
    exchange.simulator.advance(11 * MINUTE_MS);
    await collect();
    expect(asked.toSorted()).toEqual((await markets()).map((market) => `${market} 5m 2`));
    await expectAllStored([['5m', '5m']], from);
  });

  it('goes on where it was cut off, at whatever page, and asks for nothing it has', async () => {
    exchange.simulator.advance(HOUR_MS);
    const whole = await collect({ depthMs: ONLY_5M });
    const pages = asked.length;
    expect(pages).toBe(2 * whole.markets);

    for (const cutAfter of [1, 3, whole.markets, whole.markets + 5, pages - 1]) {
      store.close();
      rmSync(join(folder, 'bot.db'));
      store = openStore(join(folder, 'bot.db'));
      const stop = new AbortController();
      const cut = await collect({
        depthMs: ONLY_5M,
        signal: stop.signal,
        onProgress: ({ done }) => {
          if (done >= cutAfter) stop.abort();
        },
      });
      const before = store.candles
        .series()
        .reduce((sum, { market }) => sum + Math.ceil(stored(market, '5m').length / 500), 0);
      expect(before).toBeGreaterThanOrEqual(cutAfter);
      const rest = await collect({ depthMs: ONLY_5M });
      expect(asked).toHaveLength(pages - before);
      expect(cut.candles + rest.candles).toBe(whole.candles);
    }
  });

  it('of what is new comes without the past, and the past later', async () => {
    const fresh = await collect({ depthMs: ONLY_5M, part: 'new' });
    expect(fresh).toMatchObject({ left: 0, requests: fresh.markets });
    const newest = Math.floor(clock.now() / M5) * M5 - M5;
    for (const market of await markets()) expect(stored(market, '5m').at(-1)!.openTime).toBe(newest);
    exchange.simulator.advance(HOUR_MS);
    expect(await collect({ depthMs: ONLY_5M, part: 'past' })).toMatchObject({ left: 0, requests: fresh.markets });
    for (const market of await markets()) expect(stored(market, '5m').at(-1)!.openTime).toBe(newest);
  });

  it('ends when its time is up, and says what is left', async () => {
    expect(await collect({ depthMs: ONLY_5M, untilWall: Date.now() })).toMatchObject({
      requests: 0,
      left: 2 * (await markets()).length,
    });
  });

  it('comes back after days with nothing lost', async () => {
    await collect({ depthMs: ONLY_5M });
    exchange.simulator.advance(2 * DAY_MS);
    await collect({ depthMs: ONLY_5M });
    await expectAllStored([['5m', '5m']], clock.now() - 3 * DAY_MS + HOUR_MS);
    exchange.simulator.advance(4 * DAY_MS);
    await collect({ depthMs: ONLY_5M });
    await collect({ depthMs: ONLY_5M });
    expect(asked).toEqual([]);
    await expectAllStored([['5m', '5m']], clock.now() - 3 * DAY_MS + HOUR_MS);
  });

  it('picks up a market that is listed later, and does not page through the time before', async () => {
    await collect();
    exchange.simulator.follow({ market: [{ at: '+1h', kind: 'list', symbol: 'FRESHUSDT', like: 'ETHUSDT' }] });
    exchange.simulator.advance(3 * HOUR_MS);
    await collect({ depthMs: new Map([['5m', 30 * DAY_MS]]) });
    const fresh = asked.filter((each) => each.startsWith('FRESHUSDT'));
    expect(fresh.length).toBeLessThanOrEqual(3);
    expect(stored('FRESHUSDT', '5m')).toEqual(await theirs('FRESHUSDT', '5m', clock.now() - DAY_MS));
    await collect({ depthMs: new Map([['5m', 30 * DAY_MS]]) });
    await collect({ depthMs: new Map([['5m', 30 * DAY_MS]]) });
    expect(asked).toEqual([]);
  });
});

describe('what the exchange lacks', () => {
  const missing = {
    request: 'GET /api/v3/klines',
    symbol: 'ETHUSDT',
    do: { kind: 'candles', how: 'missing', share: 0.03 },
  } as const;

  it('is asked for once more, then remembered as its own hole', async () => {
    exchange.simulator.follow({ faults: [missing] });
    const range = { from: 0, until: clock.now() - HOUR_MS };
    const request = { depthMs: ONLY_5M, markets: ['ETHUSDT'] };
    const looks = () =>
      new Set(
        store.candles
          .known('ETHUSDT', '5m')
          .gaps.filter(({ until }) => until <= range.until)
          .map((gap) => gap.looks),
      );
    await collect(request);
    expect(looks()).toEqual(new Set([1]));
    await collect(request);
    expect(asked.length).toBeLessThanOrEqual(2);
    expect(looks()).toEqual(new Set([2]));
    await collect(request);
    expect(asked).toEqual([]);
    expect(stored('ETHUSDT', '5m')).toEqual(await theirs('ETHUSDT', '5m', clock.now() - 3 * DAY_MS - 3_000));
  });

  it('is filled where it comes at the second look', async () => {
    exchange.simulator.follow({ faults: [{ ...missing, times: 2 }] });
    const request = { depthMs: ONLY_5M, markets: ['ETHUSDT'] };
    await collect(request);
    expect(store.candles.known('ETHUSDT', '5m').gaps.length).toBeGreaterThan(3);
    await collect(request);
    expect(store.candles.known('ETHUSDT', '5m').gaps).toEqual([]);
    expect(stored('ETHUSDT', '5m')).toEqual(await theirs('ETHUSDT', '5m', clock.now() - 3 * DAY_MS - 3_000));
  });
});

describe('bad answers', () => {
  it.each(['unsorted', 'duplicate-edge', 'zero'] as const)(
    'a market with %s rows is named, its pages are not stored, the others go on',
    async (how) => {
      exchange.simulator.follow({
        faults: [{ request: 'GET /api/v3/klines', symbol: 'ETHUSDT', do: { kind: 'candles', how, share: 0.2 } }],
      });
      const result = await collect({ depthMs: ONLY_5M });
      if (how === 'zero') expect(result.failures.length).toBeLessThanOrEqual(1);
      else
        expect(result.failures).toEqual([
          { market: 'ETHUSDT', timeframe: '5m', message: expect.stringContaining('makes no sense') },
        ]);
      if (result.failures.length > 0) expect(stored('ETHUSDT', '5m')).toEqual([]);
      expect(stored('BTCUSDT', '5m').length + stored((await markets())[0]!, '5m').length).toBeGreaterThan(800);
    },
  );

  it('an exchange that answers now and then is asked again', async () => {
    exchange.simulator.follow({ faults: [{ request: 'GET /api/v3/klines', every: 3, do: { kind: 'drop' } }] });
    expect(await collect({ depthMs: ONLY_5M })).toMatchObject({ failures: [], left: 0 });
    exchange.simulator.follow({
      faults: [
        {
          request: 'GET /api/v3/klines',
          every: 2,
          times: 6,
          do: { kind: 'answer', status: 429, retryAfterSeconds: 1 },
        },
      ],
    });
    exchange.simulator.advance(HOUR_MS);
    expect(await collect({ depthMs: ONLY_5M })).toMatchObject({ failures: [], left: 0 });
  });

  it('an exchange that never answers ends it with its error, and what was stored stays', async () => {
    await collect({ depthMs: ONLY_5M });
    const before = stored('ETHUSDT', '5m');
    const listed = await markets();
    exchange.simulator.follow({ faults: [{ request: 'GET /api/v3/klines', do: { kind: 'drop' } }] });
    exchange.simulator.advance(HOUR_MS);
    await expect(collect({ markets: [...listed, ...listed.map((id) => `X${id}`)] })).rejects.toThrow(QueryFailed);
    expect(stored('ETHUSDT', '5m')).toEqual(before);
  });

  it('a symbol that does not exist is named', async () => {
    const { failures } = await collect({ depthMs: ONLY_5M, markets: ['NOSUCHUSDT', 'ETHUSDT'] });
    expect(failures).toEqual([
      {
        market: 'NOSUCHUSDT',
        timeframe: '5m',
        message: expect.stringMatching(/5m candles of NOSUCHUSDT.*(-1121|symbol)/i),
      },
    ]);
    expect(stored('ETHUSDT', '5m').length).toBeGreaterThan(800);
  });
});

it('aggregated candles are the exchange’s own: 5 m to 15 m, 1 h and 4 h', async () => {
  exchange.simulator.advance(70 * MINUTE_MS);
  await collect({ depthMs: ONLY_5M });
  for (const market of (await markets()).slice(0, 5)) {
    let columns: CandleColumns = store.candles.between(market, '5m', ALL, clock.now());
    let from: '5m' | '15m' | '1h' | '4h' = '5m';
    for (const [to, interval] of [
      ['15m', '15m'],
      ['1h', '60m'],
      ['4h', '4h'],
    ] as const) {
      columns = aggregateCandles(columns, from, to);
      from = to;
      const own = toCandles(columns);
      const exchanges = await theirs(market, interval, own[0]!.openTime);
      expect(own.length).toBeGreaterThanOrEqual(Math.floor((3 * DAY_MS) / TIMEFRAME_MS[to]) - 1);
      const prices = ({ volume: _, ...rest }: Candle) => rest;
      expect(own.map(prices)).toEqual(exchanges.map(prices));
      // the exchange writes each volume with 8 decimals
      for (const [i, candle] of own.entries()) expect(candle.volume).toBeCloseTo(exchanges[i]!.volume, 6);
    }
  }
});
