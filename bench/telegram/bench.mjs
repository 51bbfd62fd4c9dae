/**
 * From a command on the phone to the answer: the bot's own process with the flags PM2 gives it, a local Bot API server, a database
 * with 100,000 candidates and 10,000 trades. Then 10,000 updates nobody meant well, and what they do to its memory.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Decimal } from '@mexc-bot/core';
import { openStore } from '@mexc-bot/store';
import { fuzzedUpdate, randomFrom } from '../../test/support/bot-api/fuzz.ts';
import { BOT_TOKEN, startBotApi } from '../../test/support/bot-api/server.ts';
import { ownMemoryMb } from '../../test/support/own-memory.ts';

const OWNER = 4_711;
const VIEWER = 4_712;
const MARKETS = 500;
const CANDIDATES = 100_000;
const TRADES = 10_000;
const HOSTILE = 10_000;
/** no more at once than a person could cause in a moment; the rest waits at the server as it would at Telegram */
const HOSTILE_BATCH = 500;
const DAY = 86_400_000;
/** How PM2 runs the bot. */
const DECLARED = createRequire(import.meta.url)('../../ecosystem.config.cjs').apps.find(
  ({ name }) => name === 'telegram',
);
const COMMANDS = [
  '/ping',
  '/help',
  '/status',
  '/summary',
  '/testsummary',
  '/performance',
  '/performance 365',
  '/daily',
  '/daily 60',
  '/balance',
  '/tracked',
  '/tracked COIN3',
  '/activity',
  '/activity 9',
  '/why COIN7',
  '/teststatus',
  '/models',
  '/settings',
  '/settings protections',
  '/pause',
  '/resume',
  '/sell COIN3',
  '/panic',
  '/cleartestdata force',
  '/testmode_on',
  '/nosuchcommand',
];

/** What an exchange answers: every market's best bid. */
const BOOK = JSON.stringify(
  Array.from({ length: 2_500 }, (_, i) => ({
    symbol: `COIN${i}USDT`,
    bidPrice: '1.01',
    bidQty: '5',
    askPrice: '1.02',
    askQty: '5',
  })),
);

const d = (value) => new Decimal(value);
const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

export async function run({ rounds, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-telegram-'));
  const api = await startBotApi();
  const exchange = createServer((_, response) => response.end(BOOK)).listen(0, '127.0.0.1');
  await once(exchange, 'listening');
  const database = join(folder, 'bot.db');
  const store = openStore(database);
  fill(store, log);
  writeFileSync(
    join(folder, 'settings.json'),
    JSON.stringify({
      database,
      log: { folder },
      simulator: { port: exchange.address().port },
      telegram: { apiRoot: api.url, viewers: [VIEWER] },
    }),
  );
  const child = fork(new URL('../../apps/telegram/dist/main.js', import.meta.url), {
    execPath: process.execPath,
    execArgv: DECLARED.node_args.split(' '),
    stdio: 'ignore',
    env: {
      ...process.env,
      ...DECLARED.env,
      SETTINGS_FILE: join(folder, 'settings.json'),
      PM2_HOME: join(folder, 'pm2'),
      TELEGRAM_BOT_TOKEN: BOT_TOKEN,
      TELEGRAM_ALLOWED_IDS: String(OWNER),
    },
  });
  // all it holds, and what of that is its own: the rest are pages of Node's program, which the other workers share
  const memory = () => ({
    rss: Math.round(store.heartbeats.all().find((row) => row.process === 'telegram')?.memoryMb ?? Number.NaN),
    own: ownMemoryMb(child.pid),
  });
  try {
    while (api.commands().size < 3) {
      if (child.exitCode !== null) throw new Error(`the bot ended with ${child.exitCode}`);
      await sleep(50);
    }
    await sleep(2_500);
    const atStart = memory();

    const seen = { text: new Map(), picture: new Map() };
    for (let round = 0; round <= rounds; round++) {
      for (const command of COMMANDS) {
        const { ms, form } = await ask(api, command);
        // the first round warms up
        if (round > 0) seen[form].set(command, [...(seen[form].get(command) ?? []), ms]);
      }
    }
    const answers = { text: figuresOf(seen.text), picture: figuresOf(seen.picture) };
    await sleep(2_500);
    const afterCommands = memory();

    const random = randomFrom(7);
    const ids = { owner: OWNER, viewer: VIEWER, stranger: 666, messageId: 1, data: 'qy:AAAAAAAAAAAAAAAA' };
    const course = [];
    for (let sent = 0; sent < HOSTILE; sent += HOSTILE_BATCH) {
      for (let i = 0; i < HOSTILE_BATCH; i++) api.inject(fuzzedUpdate(random, ids, 100_000 + sent + i));
      while (api.pending() > 0 && child.exitCode === null) await sleep(20);
      await sleep(1_100);
      course.push(memory());
    }
    const lived = child.exitCode === null && (await ask(api, '/ping')).ms > 0;
    const result = {
      answers,
      memoryMb: { atStart, afterCommands, duringHostile: course },
      hostile: { updates: HOSTILE, lived },
    };
    for (const [form, { count, p50Ms, p95Ms, maxMs, slowest }] of Object.entries(answers)) {
      log(`${count} answers in ${form}: p50 ${show(p50Ms)}, p95 ${show(p95Ms)}, longest ${show(maxMs)}`);
      log(`  slowest by median: ${slowest.map(([command, ms]) => `${command} ${show(ms)}`).join(', ')}`);
    }
    log(`memory, MB (own of all): ${inWords(atStart)} at the start, ${inWords(afterCommands)} after the commands`);
    log(
      `${HOSTILE} hostile updates: ${lived ? 'it lives' : 'it died'}; memory meanwhile ${course.map(inWords).join(', ')}`,
    );
    return result;
  } finally {
    child.kill('SIGINT');
    await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
    await api.close();
    exchange.close();
    exchange.closeAllConnections();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const show = (ms) => `${ms.toFixed(0)} ms`;
const inWords = ({ own, rss }) => `${own ?? '?'} of ${rss}`;

/** @param byCommand ms of each command's answers */
function figuresOf(byCommand) {
  const ascending = (times) => times.toSorted((a, b) => a - b);
  const all = ascending([...byCommand.values()].flat());
  const slowest = [...byCommand]
    .map(([command, times]) => [command, percentile(ascending(times), 0.5)])
    .sort((a, b) => b[1] - a[1])
    .slice(0, 6);
  return { count: all.length, p50Ms: percentile(all, 0.5), p95Ms: percentile(all, 0.95), maxMs: all.at(-1), slowest };
}

/** @returns the form of the answer to a command, and ms from the command to it */
async function ask(api, command) {
  const before = api.messages(OWNER).length;
  const start = performance.now();
  api.say({ user: OWNER }, command);
  while (api.messages(OWNER).length === before) {
    if (performance.now() - start > 30_000) throw new Error(`no answer to ${command}`);
    await sleep(1);
  }
  return { ms: performance.now() - start, form: api.messages(OWNER)[before].photo === null ? 'text' : 'picture' };
}

function fill(store, log) {
  log(`filling the database: ${CANDIDATES} candidates, ${TRADES} trades ...`);
  const random = randomFrom(1);
  const now = Date.now();
  const market = (i) => `COIN${i}USDT`;
  const rules = {
    tickSize: d('0.0001'),
    stepSize: d('0.01'),
    minQuantity: d(0),
    minNotional: d(1),
    maxNotional: d(2_000_000),
    takerFeeRate: d('0.0005'),
  };
  const reasons = ['model_missing', 'no_pattern', 'cooldown', 'max_open_positions', 'spread_above_ceiling'];
  store.markets.sync(
    Array.from({ length: MARKETS }, (_, i) => ({
      id: market(i),
      base: `COIN${i}`,
      quote: 'USDT',
      status: 'online',
      apiTradable: true,
      sides: 'both',
      orderTypes: ['limit'],
      riskFlagged: false,
      rules,
    })),
    now,
  );
  store.paper.deposit('USDT', d(500));
  store.write(() => {
    const scans = CANDIDATES / 20;
    for (let scan = 0; scan < scans; scan++) {
      const at = now - (scans - scan) * 60_000;
      const candidates = Array.from({ length: 20 }, () => ({
        market: market(Math.floor(random() * MARKETS)),
        price: random(),
        strategy: 'simple',
        confidence: random(),
        measures: {
          change24h: random(),
          quoteVolume24h: random() * 1e6,
          spread: random() / 100,
          rank: 1,
          gain: random(),
          adx: 20,
        },
        decision: 'rejected',
        reason: reasons[Math.floor(random() * reasons.length)],
        candleAt: at - 300_000,
        stages: null,
        features: null,
        featureSet: null,
        positionId: null,
      }));
      const funnel = {
        volume_below_floor: 300,
        change_below_floor: 150,
        spread_above_ceiling: 30,
        ranked_out: 0,
        bought: 1,
      };
      store.scans.record(
        {
          mode: 'test',
          at,
          wallAt: at,
          durationMs: 500,
          seen: MARKETS,
          hype: 20,
          classified: 20,
          bought: 1,
          regime: 'neutral',
          covered: 20,
          funnel,
        },
        candidates,
      );
    }
    for (let i = 0; i < TRADES; i++) {
      const closedAt = now - Math.floor((random() * 365 + 0.01) * DAY);
      store.positions.save({
        ...position(`closed${i}`, market(i % MARKETS), closedAt - 3_600_000),
        state: 'closed',
        quantity: d(0),
        proceeds: d((9 + random() * 2.2).toFixed(6)),
        closedAt,
        closeReason: ['stop_loss', 'take_profit', 'trailing_stop'][i % 3],
        dust: d(0),
      });
      store.activity.add({
        mode: 'test',
        at: closedAt,
        wallAt: closedAt,
        source: 'tracker',
        kind: 'exit_decided',
        market: market(i % MARKETS),
        detail: { reason: 'stop_loss' },
      });
    }
    for (let i = 0; i < 10; i++) store.positions.save(position(`open${i}`, market(i), now - 3_600_000));
  });
}

const position = (id, market, openedAt) => ({
  id,
  mode: 'test',
  market,
  base: market.slice(0, -4),
  strategy: 'simple',
  confidence: 0.8,
  openedAt,
  entryPrice: d(1),
  bought: d(10),
  quantity: d(10),
  cost: d(10),
  proceeds: d(0),
  fees: d('0.005'),
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
