import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { decisionRules, tradeCosts } from '@mexc-bot/execution';
import { cardFigures } from '@mexc-bot/models';
import { loadSettings } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { folderSource } from '../../apps/trainer/dist/candle-source.js';
import { cardText } from '../../apps/trainer/dist/card-text.js';
import { createPool } from '../../apps/trainer/dist/pool.js';
import { labelRuleOf } from '../../apps/trainer/dist/run-mode.js';
import { createTraining } from '../../apps/trainer/dist/training.js';

const DATA = process.env.MARKET_DATA ?? resolve(import.meta.dirname, '../../../shared/market-data');
const SETS = ['mexc-spot-2026', 'kucoin-spot-2026', 'binance-spot-2025', 'binance-spot-2021-2023', 'binance-usdm-2025'];

/** What the trainer makes of recorded candles: the shared models' cards, and how many tokens are proven. */
export async function cardsOf(name, log) {
  const root = mkdtempSync(join(tmpdir(), 'bench-learning-'));
  const settings = loadSettings({}, { root });
  const store = openStore(settings.database);
  const pool = createPool(0);
  const startedAt = performance.now();
  try {
    const now = Date.now();
    const source = folderSource(join(DATA, name), settings.universe, now);
    const training = createTraining({
      store,
      source,
      pool,
      folder: settings.ai.folder,
      engine: settings.ai.engine,
      criteria: decisionRules(settings).hype,
      rule: labelRuleOf(settings),
      costs: tradeCosts(settings),
      maxAgeDays: settings.ai.maxAgeDays,
      maxRows: settings.ai.maxRows,
      now,
      wallNow: now,
      log: { info: () => undefined, warn: log },
      progress: () => undefined,
    });
    await training.feedback({ force: true });
    await training.pooled({ force: true });
    const tokens = [...(await training.tokens(source.markets))].flatMap(([, card]) =>
      card instanceof Error ? [] : [card],
    );
    const seconds = (performance.now() - startedAt) / 1000;
    return { name, cards: training.run.results.map(({ card }) => card), tokens, counts: training.run.tokens, seconds };
  } finally {
    await pool.close();
    store.close();
    rmSync(root, { recursive: true });
  }
}

export async function run({ log }) {
  const results = [];
  for (const name of SETS) {
    if (!existsSync(join(DATA, name))) {
      log(`${name}: no recorded candles here; MARKET_DATA names their folder`);
      continue;
    }
    const { cards, tokens, counts, seconds } = await cardsOf(name, log);
    log(`\n${name} (${seconds.toFixed(0)} s)`);
    for (const card of cards) log(cardText(card));
    const judged = tokens.filter(({ state }) => state === 'judged').sort((a, b) => b.testRows - a.testRows);
    for (const card of judged.slice(0, 5)) {
      const { scope, auc, atrAuc, minusAtr, netTop10, proven } = card;
      const figure = (value, low) => `${value.toFixed(3)} (low ${low.toFixed(3)})`;
      log(
        `  ${scope.padEnd(14)} AUC ${figure(auc.value, auc.low)}, ATR % ${atrAuc.value.toFixed(3)}, less ATR % ${figure(minusAtr.value, minusAtr.low)}, net ${figure(netTop10.value, netTop10.low)}${proven ? ', PROVEN' : ''}`,
      );
    }
    log(
      `  tokens: ${counts.trained} corrected, ${counts.priorAlone} with the pooled model alone, ${counts.proven} proven`,
    );
    const figures = cards.map((card) => ({
      scope: card.scope,
      ...(card.state === 'judged' ? cardFigures(card) : { fault: card.fault }),
    }));
    results.push({ name, seconds, counts, figures });
  }
  return results;
}
