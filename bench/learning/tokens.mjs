import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decisionRules, tradeCosts } from '@mexc-bot/execution';
import { loadSettings } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { createPool } from '../../apps/trainer/dist/pool.js';
import { labelRuleOf } from '../../apps/trainer/dist/run-mode.js';
import { createTraining } from '../../apps/trainer/dist/training.js';
import { randomWalk } from '../indicators/walk.mjs';

const TOKENS = 200;
const ASKED = 2_000;
/** At a row every half hour, 2,000 rows with a prior: its first sixth of the time has none. */
const CANDLES = 14_800;
const STEP_MS = 300_000;

/** The whole way of many tokens: candles to features and labels, correction, judgement, files, registry; in all threads. */
export async function run({ log }) {
  const root = mkdtempSync(join(tmpdir(), 'bench-tokens-'));
  const settings = loadSettings({}, { root });
  const store = openStore(settings.database);
  const pool = createPool(0);
  const walks = Array.from({ length: 8 }, (_, i) => livelier(randomWalk(CANDLES, i + 1).typed));
  const now = walks[0].openTime.at(-1) + STEP_MS;
  const markets = Array.from({ length: TOKENS }, (_, i) => `T${i}USDT`);
  const source = {
    exchange: 'MADE',
    candleMs: STEP_MS,
    markets,
    read: (market) => walks[markets.indexOf(market) % walks.length],
  };
  const base = {
    store,
    pool,
    folder: settings.ai.folder,
    engine: settings.ai.engine,
    criteria: { ...decisionRules(settings).hype, minQuoteVolume: 0 },
    rule: labelRuleOf(settings),
    costs: tradeCosts(settings),
    maxAgeDays: settings.ai.maxAgeDays,
    maxRows: settings.ai.maxRows,
    now,
    wallNow: now,
    log: { info: () => undefined, warn: log },
    progress: () => undefined,
  };
  try {
    const training = createTraining({ ...base, source: { ...source, markets: markets.slice(0, walks.length) } });
    const fitFrom = performance.now();
    await training.pooled({ force: true });
    const fitSeconds = (performance.now() - fitFrom) / 1000;
    const cpu = process.cpuUsage();
    const from = performance.now();
    const cards = [...(await createTraining({ ...base, source }).tokens(markets)).values()];
    const seconds = (performance.now() - from) / 1000;
    // of all threads; other processes do not lengthen it
    const { user, system } = process.cpuUsage(cpu);
    const cpuSeconds = (user + system) / 1e6;
    const judged = cards.filter(({ state }) => state === 'judged');
    const rows = judged.reduce((sum, card) => sum + card.trainRows, 0) / Math.max(1, judged.length);
    const all = (of) => (of * ASKED) / TOKENS;
    const peakMb = process.resourceUsage().maxRSS / 1024;
    log(`pooled fit ${fitSeconds.toFixed(1)} s`);
    log(`${judged.length} of ${TOKENS} tokens judged, ${rows.toFixed(0)} rows each, ${pool.threads} threads`);
    log(`${ASKED} tokens: ${all(seconds).toFixed(0)} s (${all(cpuSeconds).toFixed(0)} of processor)`);
    log(`memory at most ${peakMb.toFixed(0)} MB`);
    return { judged: judged.length, rows, threads: pool.threads, fitSeconds, seconds, cpuSeconds, peakMb };
  } finally {
    await pool.close();
    store.close();
    rmSync(root, { recursive: true });
  }
}

/** The bench's walk hardly moves in six hours: three times as much, and some reach the target. */
function livelier({ openTime, volume, ...prices }) {
  const cubed = Object.entries(prices).map(([name, column]) => [name, column.map((price) => price ** 3)]);
  return { openTime, volume, ...Object.fromEntries(cubed) };
}
