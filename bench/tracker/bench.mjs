/**
 * From a pushed price to the order on the wire: our own time, with 50 open positions and 1,000 prices a second, through the real
 * guard, journal (on disk, fsynced), request budget and ccxt client. How long SQLite took to commit what an order waits for, most of it
 * the disk's flush, is told beside it, and so is the first order of the process, which finds code that never ran.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_EXIT_TABLE, Decimal } from '@mexc-bot/core';
import { createMexcMarketData, createMexcTrading } from '@mexc-bot/exchange';
import { createExecutor, createSeller } from '@mexc-bot/execution';
import { createSystemClock } from '@mexc-bot/runtime';
import { createRequestBudget, openBudgetLedger, openStore } from '@mexc-bot/store';
import { createGuard } from '../../apps/tracker/dist/guard.js';

const POSITIONS = 50;
const TICKS_PER_SECOND = 1_000;
// each exit also reads its order and its trades back: more than three a second would wait for the exchange’s weight limit
const EXITS_PER_SECOND = 2;
// with nine rounds more than 200 orders: of fewer, the p99 would be the slowest
const SECONDS_PER_ROUND = 12;
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const d = (value) => new Decimal(value);
const symbol = (i) => `COIN${i}USDT`;

export async function run({ rounds, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-tracker-'));
  const arrivals = new Map();
  const child = fork(new URL('./exchange.mjs', import.meta.url), { execPath: process.execPath });
  const port = await new Promise((resolve) => child.once('message', (message) => resolve(message.port)));
  child.on('message', ({ id, arrivedAt }) => arrivals.set(id, BigInt(arrivedAt)));

  const clock = createSystemClock();
  const opened = openStore(join(folder, 'bot.db'));
  let flushed = 0;
  const store = {
    ...opened,
    write(change, durable = 'now') {
      const from = process.hrtime.bigint();
      try {
        return opened.write(change, durable);
      } finally {
        if (durable === 'now') flushed += Number(process.hrtime.bigint() - from) / 1_000;
      }
    },
  };
  const ledger = openBudgetLedger(join(folder, 'budget.db'), silent);
  const budget = createRequestBudget({ ledger, clock, exitReserve: 0.3 });
  const options = { restUrl: `http://127.0.0.1:${port}`, timeoutMs: 5_000, clock, budget };
  const signing = { now: () => clock.now(), resync: async () => true };
  const trading = createMexcTrading({ ...options, apiKey: 'key', apiSecret: 'secret', recvWindowMs: 5_000, signing });
  const marketData = createMexcMarketData(options);
  try {
    store.markets.sync(
      Array.from({ length: POSITIONS }, (_, i) => aMarket(symbol(i))),
      clock.now(),
    );
    let orders = 0;
    const sentFor = new Map();
    const executor = createExecutor({
      store,
      tradingOf: () => trading,
      clock,
      log: silent,
      entryRules: { table: DEFAULT_EXIT_TABLE, stop: {} },
      source: 'bench',
      newClientOrderId: () => `mb_${++orders}`,
      settleAfterMs: 2_000,
      absentAfterMs: 30_000,
    });
    const rules = {
      trailFrom: 0.01,
      confirmMs: 30_000,
      peakDrop: 0.03,
      maxExitSlippage: 0.02,
      breakEvenAfterFirstLevel: false,
      timeStopMs: null,
    };
    const seller = createSeller({
      store,
      executor,
      tradingOf: () => trading,
      clock,
      log: silent,
      rules,
      source: 'bench',
    });
    const guard = createGuard({ marketData, fallData: marketData, seller, store, clock, log: silent, rules, stop: {} });

    // the tracker asks these of its key before its first order
    await trading.checkKey();
    await trading.balances();

    const measured = [];
    let ticks = 0;
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < POSITIONS; i++) reopen(store, i, `${round}-${i}`);
      guard.refresh();
      const started = performance.now();
      const exits = [];
      for (let tick = 0; tick < TICKS_PER_SECOND * SECONDS_PER_ROUND; tick++) {
        const due = started + (tick * 1_000) / TICKS_PER_SECOND;
        while (performance.now() < due) await new Promise((resolve) => setImmediate(resolve));
        ticks++;
        const exit = tick % (TICKS_PER_SECOND / EXITS_PER_SECOND) === 0;
        const i = exit ? exits.length : tick % POSITIONS;
        // a falling price through the stop, or one that raises the peak a little every now and then
        const bid = exit ? d('0.97') : d(1).plus(d(tick).mul('0.000001'));
        const id = `mb_${orders + 1}`;
        flushed = 0;
        const at = process.hrtime.bigint();
        const done = guard.onBid(symbol(i), bid);
        if (exit) {
          // the order is journaled before the call returns; what is sent after that comes later
          sentFor.set(id, { at, commit: flushed });
          exits.push(done);
        }
      }
      await Promise.all(exits);
      await new Promise((resolve) => setTimeout(resolve, 100));
      for (const [id, { at, commit }] of sentFor) {
        const arrived = arrivals.get(id);
        if (arrived === undefined) throw new Error(`order ${id} never arrived`);
        const total = Number(arrived - at) / 1_000;
        measured.push({ total, commit, own: total - commit });
      }
      sentFor.clear();
    }
    const result = summary(measured, ticks);
    log(text(result));
    return result;
  } finally {
    trading.close();
    marketData.close();
    ledger.close();
    opened.close();
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function aMarket(id) {
  return {
    id,
    base: id.replace(/USDT$/, ''),
    quote: 'USDT',
    status: 'online',
    apiTradable: true,
    sides: 'both',
    orderTypes: ['limit', 'market', 'ioc'],
    riskFlagged: false,
    rules: {
      tickSize: d('0.000001'),
      stepSize: d('0.01'),
      minQuantity: d(0),
      minNotional: d(1),
      maxNotional: d(1e6),
      takerFeeRate: d('0.0005'),
    },
  };
}

function reopen(store, i, id) {
  for (const old of store.positions.open().filter((position) => position.market === symbol(i))) {
    store.positions.save({ ...old, state: 'closed', closedAt: 1, closeReason: 'forced', dust: d(0) });
  }
  store.positions.save({
    id,
    mode: 'live',
    market: symbol(i),
    base: `COIN${i}`,
    strategy: 'simple',
    confidence: 0.8,
    openedAt: 1,
    entryPrice: d(1),
    bought: d(100),
    quantity: d(100),
    cost: d(100),
    proceeds: d(0),
    fees: d(0),
    takeProfits: [1.03, 1.06, 1.09],
    scaleOut: [0.5, 0.3, 0.2],
    levelsTaken: 0,
    stopLoss: 0.025,
    stopDistance: 0.025,
    hardStop: d('0.975'),
    trailingStop: null,
    breachedSince: null,
    peak: d(1),
    pendingExit: null,
    lastExitReason: null,
    state: 'open',
  });
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

const ms = (micros) => Math.round(micros) / 1_000;

function spread(micros) {
  const sorted = micros.toSorted((a, b) => a - b);
  return {
    p50Ms: ms(quantile(sorted, 0.5)),
    p90Ms: ms(quantile(sorted, 0.9)),
    p99Ms: ms(quantile(sorted, 0.99)),
    maxMs: ms(sorted.at(-1)),
  };
}

function summary([first, ...rest], ticks) {
  const own = rest.map((order) => order.own);
  const bounds = [0.5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, Number.POSITIVE_INFINITY];
  const histogram = bounds.map((upTo, i) => {
    const from = bounds[i - 1] ?? 0;
    return {
      fromMs: from,
      toMs: upTo,
      orders: own.filter((value) => value / 1_000 >= from && value / 1_000 < upTo).length,
    };
  });
  return {
    positions: POSITIONS,
    ticksPerSecond: TICKS_PER_SECOND,
    ticks,
    orders: rest.length,
    total: spread(rest.map((order) => order.total)),
    commit: spread(rest.map((order) => order.commit)),
    own: spread(own),
    first: { totalMs: ms(first.total), commitMs: ms(first.commit), ownMs: ms(first.own) },
    histogram,
  };
}

function text(result) {
  const widest = Math.max(...result.histogram.map(({ orders }) => orders));
  const bars = result.histogram
    .filter(({ orders }) => orders > 0)
    .map(
      ({ fromMs, toMs, orders }) =>
        `  ${String(fromMs).padStart(4)} - ${String(toMs).padStart(8)} ms ${String(orders).padStart(5)} ${'#'.repeat(Math.ceil((orders / widest) * 40))}`,
    );
  const line = (name, { p50Ms, p90Ms, p99Ms, maxMs }) =>
    `  ${name.padEnd(28)} p50 ${p50Ms} ms, p90 ${p90Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms`;
  const { first } = result;
  return [
    `price to order on the wire, ${result.positions} positions, ${result.ticksPerSecond} prices/s, ${result.orders} orders:`,
    line('in all', result.total),
    line('commit of the order, flushed', result.commit),
    line('our own, without it', result.own),
    `  the first order of the process, not among them: ${first.totalMs} ms, commit ${first.commitMs} ms, our own ${first.ownMs} ms`,
    'our own time:',
    ...bars,
  ].join('\n');
}
