/**
 * The first `collector all` of a new machine, 5 m × 3 days, against the simulator at MEXC's limits and the wall's speed: what share of
 * the permitted requests it uses, what a `kill -9` in the middle costs, and whether every stored candle is the exchange's own. Takes
 * about seven minutes with 2,500 markets, in which the machine is mostly idle.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DAY_MS, REQUEST_LIMITS, TIMEFRAME_MS } from '@mexc-bot/core';
import { loadSettings, suiteRoot } from '@mexc-bot/runtime';
import { median } from '../indicators/measure.mjs';
import { startProxy } from './proxy.mjs';

const SERVER = fileURLToPath(new URL('./server.mjs', import.meta.url));
const DAYS = 3;
const M5 = TIMEFRAME_MS['5m'];
/** Of each limit, beside what only sales may use, market data leaves a tenth to purchases. */
const ENTRIES_SHARE = 0.1;
const KLINES = '/api/v3/klines';

export async function run({ markets, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-first-load-'));
  const server = fork(SERVER, [String(markets)]);
  let proxy = null;
  try {
    const [{ url, now: since }] = await once(server, 'message');
    const started = performance.now();
    proxy = await startProxy(url);
    const database = join(folder, 'bot.db');
    const values = {
      database,
      log: { folder: join(folder, 'logs') },
      exchange: { venue: 'simulator' },
      simulator: { port: proxy.port },
    };
    const settingsFile = join(folder, 'settings.json');
    writeFileSync(settingsFile, JSON.stringify(values));
    const { exchange } = loadSettings({ SETTINGS_FILE: settingsFile });
    const permitted = REQUEST_LIMITS.requests.amount * (1 - exchange.exitReserve - ENTRIES_SHARE);

    // `markets` tokens have about two pages each; killed after a third of them
    const first = startCollector(settingsFile);
    await until(() => candlePages(proxy.asked).length >= (2 * markets) / 3 || first.child.exitCode !== null);
    first.child.kill('SIGKILL');
    await first.ended;
    const killedAt = proxy.asked.length;
    // three days before the second start, which takes a moment: both runs want what opens from there on
    const wanted = since + (performance.now() - started) + 10_000 - DAYS * DAY_MS;
    const { result, code } = await startCollector(settingsFile).ended;

    const before = pace(proxy.asked.slice(0, killedAt));
    const after = pace(proxy.asked.slice(killedAt));
    const refused = proxy.asked.filter(({ status }) => status === 429 || status === 418).length;
    const again = servedAgain(proxy.asked, since);
    server.send({ database, from: Math.ceil(wanted / M5) * M5 });
    const [found] = await once(server, 'message');
    const measured = { markets: result.markets, code, failures: result.failures.length, left: result.left };
    const all = { ...measured, permitted, before, after, refused, ...again, ...found };
    log(text(all));
    return all;
  } finally {
    proxy?.close();
    server.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

function startCollector(settingsFile) {
  const script = join(suiteRoot(), 'apps', 'collector', 'dist', 'cli.js');
  const args = [script, 'all', '--timeframe', '5m', '--days', String(DAYS), '--json'];
  const env = { PATH: process.env.PATH, SETTINGS_FILE: settingsFile };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (part) => {
    printed += part;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, result: printed === '' ? null : JSON.parse(printed) }));
  return { child, ended };
}

const candlePages = (asked) => asked.filter(({ pathname }) => pathname === KLINES);

/** Requests for candles a second, from the first to the last: as a whole, and in the median second. */
function pace(asked) {
  const pages = candlePages(asked);
  const [start, end] = [pages[0].at, pages.at(-1).at];
  const seconds = new Array(Math.floor((end - start) / 1_000)).fill(0);
  for (const { at } of pages) {
    const second = Math.floor((at - start) / 1_000);
    if (second < seconds.length) seconds[second] += 1;
  }
  return {
    requests: pages.length,
    perSecond: (pages.length - 1) / ((end - start) / 1_000),
    medianSecond: median(seconds),
  };
}

/** Candles that were closed and were answered more than once: those under way at the kill, and nothing else. */
function servedAgain(asked, since) {
  const seen = new Set();
  const markets = new Set();
  let again = 0;
  for (const { market, interval, opens } of candlePages(asked)) {
    if (interval !== '5m') continue;
    for (const open of opens) {
      const key = `${market} ${open}`;
      // what closed meanwhile is asked for anew, because it was not closed before
      if (open + M5 > since) continue;
      if (seen.has(key)) {
        again += 1;
        markets.add(market);
      }
      seen.add(key);
    }
  }
  return { servedAgain: again, servedAgainMarkets: markets.size };
}

async function until(isTrue) {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 50));
}

function text({ markets, permitted, before, after, refused, servedAgain: again, servedAgainMarkets, ...found }) {
  const share = (value) => `${((value / permitted) * 100).toFixed(0)} %`;
  const run = ({ requests, perSecond, medianSecond }) =>
    `${requests} requests for candles at ${perSecond.toFixed(2)} a second (${share(perSecond)}; ${medianSecond} in the median second)`;
  return [
    `${markets} markets, 5 m × ${DAYS} days; market data may send ${permitted} requests a second`,
    `until kill -9: ${run(before)}`,
    `after it: ${run(after)}; exit code ${found.code}, ${found.failures} failures, ${found.left} pages left`,
    `${refused} requests refused for their rate; ${again} candles of ${servedAgainMarkets} markets answered twice`,
    `${found.stored} candles stored; of the exchange's ${found.candles}, ${found.missing} are missing and ${found.wrong} differ; ` +
      `${found.unknown} it does not have` +
      (found.first === null ? '' : ` (first: ${found.first})`),
  ].join('\n');
}
