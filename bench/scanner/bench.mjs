/**
 * What a scan costs: the bytes of 2,500 tickers to a ranked list, a whole cycle with 30 shortlisted tokens whose candles are stored,
 * and the memory of the real scanner process against the simulator with 2,500 markets.
 */
import { fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { universeRejection } from '@mexc-bot/core';
import { createMexcMarketData } from '@mexc-bot/exchange';
import { decisionRules, universeCriteria } from '@mexc-bot/execution';
import { loadSettings, suiteRoot } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { measureCycle } from './cycle.mjs';
import { measureParsing } from './parsing.mjs';

const TOKENS = 2_500;
const SPEED = 60;
const PATHS = ['/api/v3/ticker/24hr', '/api/v3/exchangeInfo', '/api/v3/defaultSymbols'];
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function run({ rounds, minutes, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-scanner-'));
  const port = await freePort();
  const values = {
    database: join(folder, 'bot.db'),
    log: { folder: join(folder, 'logs') },
    exchange: { venue: 'simulator' },
    simulator: { port, speed: SPEED, tokens: TOKENS, stateFolder: join(folder, 'simulator') },
  };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(values));
  const env = { ...process.env, SETTINGS_FILE: join(folder, 'settings.json') };
  const children = [];
  try {
    const simulator = fork(main('simulator'), { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    children.push(simulator);
    await new Promise((resolve) => simulator.once('message', resolve));
    const memory = await measureMemory({ env, database: values.database, forMs: minutes * 60_000, children });
    log(memoryText(memory));

    const recorded = {};
    for (const path of PATHS) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      recorded[path] = Buffer.from(await answer.arrayBuffer());
    }
    const { markets, tickers } = await readMarkets(port);
    for (const child of children) child.kill('SIGKILL');

    const settings = loadSettings({ SETTINGS_FILE: join(folder, 'settings.json') });
    const rules = decisionRules(settings);
    const criteria = universeCriteria(settings);
    const open = markets.filter((market) => universeRejection(market, null, criteria, 0) === null);
    const tradable = new Set(open.map(({ id }) => id));
    const parsing = await measureParsing({ recorded, rounds, rules, tradable });
    log(
      `${tickers.length} tickers (${Math.round(recorded[PATHS[0]].length / 1_000)} kB) to ranked list: ` +
        `${parsing.ownMs.toFixed(1)} ms median (${parsing.ownCpuMs.toFixed(1)} ms of processor), ` +
        `through ccxt's parser ${parsing.ccxtMs.toFixed(1)} ms ` +
        `(${parsing.times.toFixed(1)} times); ${parsing.ranked} ranked, ${parsing.sameList ? 'the same list' : 'DIFFERENT LISTS'}`,
    );
    const seen = tickers.filter(({ market }) => tradable.has(market));
    const cycle = await measureCycle({ folder, markets, tickers: seen, settings, rules, rounds });
    log(
      `scan cycle of ${seen.length} tickers, ${cycle.covered} of ${cycle.hype} shortlisted with stored candles: ` +
        `${cycle.medianMs.toFixed(0)} ms median (${cycle.cpuMs.toFixed(0)} ms of processor), ${cycle.maxMs.toFixed(0)} ms at most, ` +
        `${cycle.requestsForCandles} requests for candles; the database grows ${cycle.kbPerScan.toFixed(0)} kB a scan`,
    );
    return { tickers: tickers.length, parsing, cycle, memory };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

const main = (app) => join(suiteRoot(), 'apps', app, 'dist', 'main.js');

const memoryText = ({ peakMb, scans, seen, candidates }) =>
  `scanner process, ${seen} tickers, ${scans} scans, ${candidates} candidates: ` +
  (peakMb === null ? 'peak memory is not told on this system' : `${peakMb.toFixed(0)} MB peak memory`);

/** The process as PM2 starts it. */
async function measureMemory({ env, database, forMs, children }) {
  const flags = ['--max-semi-space-size=1', '--optimize-for-size'];
  const options = { env: { ...env, MALLOC_ARENA_MAX: '1' }, stdio: 'ignore' };
  const scanner = spawn(process.execPath, [...flags, main('scanner')], options);
  children.push(scanner);
  await wait(Math.max(10_000, forMs));
  const store = openStore(database);
  const last = store.scans.last();
  const result = {
    peakMb: peakMbOf(scanner.pid),
    scans: store.scans.count(),
    seen: last?.seen ?? 0,
    candidates: store.candidates.page({ after: 0, limit: 1_000_000 }).length,
  };
  store.close();
  scanner.kill('SIGKILL');
  return result;
}

/** High-water mark of the resident memory; null where the system does not tell. */
function peakMbOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  } catch {
    return null;
  }
}

async function readMarkets(port) {
  const budget = { acquire: async () => undefined, penalise: () => 0 };
  const clock = { now: Date.now, wallNow: Date.now };
  const marketData = createMexcMarketData({ restUrl: `http://127.0.0.1:${port}`, timeoutMs: 30_000, clock, budget });
  const [markets, tickers] = [await marketData.markets(), await marketData.tickers()];
  marketData.close();
  return { markets, tickers };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
