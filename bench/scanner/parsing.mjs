/** From the bytes of all tickers to the ranked list: the suite's own way, and the one through ccxt's ticker parser. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openScan } from '@mexc-bot/core';
import { createMexcMarketData } from '@mexc-bot/exchange';
import { suiteRoot } from '@mexc-bot/runtime';
import { median } from '../indicators/measure.mjs';
import { cpuMsSince } from './cpu.mjs';

/** The copy of ccxt that packages/exchange uses, its one file for MEXC. */
async function ccxtMexc() {
  const root = realpathSync(join(suiteRoot(), 'packages/exchange/node_modules/ccxt'));
  const { default: Mexc } = await import(pathToFileURL(join(root, 'js/src/mexc.js')).href);
  return Mexc;
}

/** Answers every request at once with the bytes recorded for its path. */
const transportOf = (recorded) => ({
  fetch: async (url) => {
    const body = recorded[new URL(url).pathname];
    if (body === undefined) throw new Error(`${url} was not recorded`);
    const headers = { 'content-type': 'application/json' };
    return { status: 200, statusText: 'OK', headers, text: async () => body.toString() };
  },
  close: () => undefined,
});

const freely = { acquire: async () => undefined, penalise: () => 0 };

/** @param recorded path → bytes of the answer */
export async function measureParsing({ recorded, rounds, rules, tradable }) {
  const transport = transportOf(recorded);
  const clock = { now: () => 0, wallNow: () => 0 };
  const restUrl = 'http://127.0.0.1:1';
  const marketData = createMexcMarketData({ restUrl, timeoutMs: 1_000, clock, budget: freely, transport });
  const Mexc = await ccxtMexc();
  const client = new Mexc({ enableRateLimit: false });
  client.fetchImplementation = transport.fetch;
  client.has.fetchCurrencies = false;
  client.fetchSwapMarkets = async () => [];
  await client.loadMarkets();

  const rank = (tickers) =>
    openScan(
      {
        mode: 'test',
        at: 0,
        tickers,
        universeVerdict: (market) => (tradable.has(market) ? null : 'not_listed'),
        regimeBefore: null,
        btc: null,
      },
      rules,
    ).tokens;
  const ways = {
    own: async () => rank(await marketData.tickers()),
    ccxt: async () => {
      const unified = Object.values(await client.fetchTickers(undefined, { type: 'spot' }));
      const tickers = unified.map(({ info, last, bid, ask, quoteVolume, percentage }) => ({
        market: info.symbol,
        last,
        bid: bid ?? 0,
        ask: ask ?? 0,
        quoteVolume: quoteVolume ?? null,
        change: percentage === undefined ? null : percentage / 100,
      }));
      return rank(tickers);
    },
  };

  const times = { own: [], ccxt: [] };
  const cpuTimes = { own: [], ccxt: [] };
  const ranked = {};
  for (let round = -5; round < rounds * 5; round++) {
    for (const name of round % 2 === 0 ? ['own', 'ccxt'] : ['ccxt', 'own']) {
      const [started, cpu] = [performance.now(), process.cpuUsage()];
      const tokens = await ways[name]();
      if (round >= 0) times[name].push(performance.now() - started);
      if (round >= 0) cpuTimes[name].push(cpuMsSince(cpu));
      ranked[name] = tokens.map(({ ticker }) => ticker.market);
    }
  }
  marketData.close();
  const same = ranked.own.join() === ranked.ccxt.join();
  const [ownMs, ccxtMs] = [median(times.own), median(times.ccxt)];
  return {
    ownMs,
    ccxtMs,
    ownCpuMs: median(cpuTimes.own),
    ccxtCpuMs: median(cpuTimes.ccxt),
    times: ccxtMs / ownMs,
    ranked: ranked.own.length,
    sameList: same,
  };
}
