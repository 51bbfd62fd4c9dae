/**
 * How long nothing is guarded when the tracker dies: from the start of its process to "books compared with the account, every
 * position judged", with 50 open positions bought at the simulator.
 */
import { fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { approveEntry, Decimal } from '@mexc-bot/core';
import { wireTrading } from '@mexc-bot/execution';
import { suiteRoot } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';

const POSITIONS = 50;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function run({ rounds, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-restart-'));
  const port = await freePort();
  const settings = {
    mode: 'live',
    database: join(folder, 'bot.db'),
    log: { folder: join(folder, 'logs') },
    exchange: { venue: 'simulator' },
    simulator: { port, speed: 1, stateFolder: join(folder, 'simulator') },
  };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  Object.assign(process.env, {
    SETTINGS_FILE: join(folder, 'settings.json'),
    MEXC_API_KEY: 'mx0_bench',
    MEXC_API_SECRET: 'bench',
  });
  const main = (app) => join(suiteRoot(), 'apps', app, 'dist', 'main.js');
  const simulator = fork(main('simulator'), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const children = [simulator];
  try {
    await new Promise((resolve) => simulator.once('message', resolve));
    await buyPositions(log);

    const store = openStore(settings.database);
    const held = store.positions.open('live').length;
    const times = [];
    for (let round = 0; round < rounds; round++) {
      const startedAt = Date.now();
      const tracker = spawn(process.execPath, ['--max-semi-space-size=1', '--optimize-for-size', main('tracker')], {
        stdio: 'ignore',
      });
      children.push(tracker);
      let guardedAt = null;
      while (guardedAt === null && Date.now() - startedAt < 30_000) {
        const beat = store.heartbeats.all().find((row) => row.process === 'tracker' && row.pid === tracker.pid);
        const compared = store.state.reconciledAt('live') ?? 0;
        if (beat !== undefined && beat.failures === 0 && compared >= startedAt) guardedAt = Date.now();
        else await wait(5);
      }
      times.push(guardedAt === null ? Number.POSITIVE_INFINITY : guardedAt - startedAt);
      tracker.kill('SIGKILL');
      await new Promise((resolve) => tracker.once('exit', resolve));
    }
    store.close();
    const sorted = times.toSorted((a, b) => a - b);
    const result = { positions: held, rounds, medianMs: sorted[Math.floor(sorted.length / 2)], maxMs: sorted.at(-1) };
    log(
      `restart to reconciled and guarding, ${held} positions, ${rounds} kills: median ${result.medianMs} ms, max ${result.maxMs} ms`,
    );
    return result;
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function buyPositions(log) {
  const trading = await wireTrading('bench', { destination: 'stderr' });
  const { store, clock, marketData, executor } = trading;
  store.markets.sync(await marketData.markets(), clock.now());
  const books = await marketData.bookTickers();
  const tradable = [...store.markets.listed()].filter(
    ({ market }) => market.apiTradable && market.quote === 'USDT' && market.status === 'online' && books.has(market.id),
  );
  const limits = {
    maxOpenPositions: POSITIONS,
    cooldownMs: 0,
    maxPriceAgeMs: 1e9,
    stake: { min: 10, max: 10 },
    equityFraction: 0,
    maxSlippage: 0.02,
    account: { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown: null },
  };
  for (const { market } of tradable) {
    if (store.positions.open('live').length >= POSITIONS) break;
    // the exchange's weight limit, obeyed by every process, allows about one buy a second
    await wait(900);
    const balances = await trading.tradingOf('live').balances();
    await executor.execute(() => {
      const exposure = {
        paused: false,
        freeQuote: balances.get('USDT').free,
        equity: balances.get('USDT').free,
        occupied: new Set(store.positions.open('live').map((position) => position.market)),
        lastExitAt: null,
        record: { stoppedAt: [], realisedToday: new Decimal(0), highWaterMark: null },
      };
      const request = {
        mode: 'live',
        market,
        strategy: 'simple',
        ask: books.get(market.id).ask,
        askAgeMs: 0,
        lastClose: books.get(market.id).ask.toNumber(),
        regime: 'neutral',
        stopLoss: 0.06,
      };
      const order = approveEntry(request, exposure, limits, clock.now());
      if (!order.ok) return null;
      const entry = { base: market.base, strategy: 'simple', confidence: 0.8, atrFraction: 0.02 };
      return { order: order.value, positionId: `bench-${market.id}`, entry };
    });
  }
  log(`${store.positions.open('live').length} positions bought`);
  trading.closeExchange();
  trading.clock.stop();
  store.close();
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
