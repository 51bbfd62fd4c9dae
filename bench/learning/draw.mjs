import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { toSvg } from '@mexc-bot/charts';
import { aucChart, liftChart, reliabilityChart } from '../../apps/trainer/dist/card-charts.js';
import { cardsOf } from './bench.mjs';

const IMAGES = resolve(import.meta.dirname, '../../docs/img');

/** Draws the cards of recorded MEXC candles for docs/learning.md: figures only, no candle is copied. */
export async function run({ log }) {
  const { cards } = await cardsOf('mexc-spot-2026', log);
  const written = [];
  for (const card of cards.filter(({ state }) => state === 'judged')) {
    for (const [name, chart] of Object.entries({ auc: aucChart, reliability: reliabilityChart, lift: liftChart })) {
      const file = `learning-${card.scope}-${name}.svg`;
      writeFileSync(resolve(IMAGES, file), `${toSvg(chart(card))}\n`);
      log(`docs/img/${file}`);
      written.push(file);
    }
  }
  return written;
}
