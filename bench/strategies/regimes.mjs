/** How often each regime holds, and what the strategies did in it: on its own figures and on the original's. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { adjustHype, adjustStrategy, nextRegime, REGIMES, readBtc, STRATEGIES } from '@mexc-bot/core';
import { STEP_MS } from './recording.mjs';
import { replayHype, replayStrategies } from './replay.mjs';
import { summarise } from './summary.mjs';

const HOUR_MS = 3_600_000;
const SAME = { minQuoteVolume: 1, minGain: 1, aggressiveGain: 1, momentumMultiple: 1 };
/** Factors on the neutral figures. */
const FIGURES = {
  bearish: {
    'as neutral': SAME,
    'the original’s: looser': { minQuoteVolume: 0.5, minGain: 0.25, aggressiveGain: 0.375, momentumMultiple: 1 / 3 },
    'stricter by half': { minQuoteVolume: 1, minGain: 1.5, aggressiveGain: 1.5, momentumMultiple: 1 },
  },
  bullish: {
    'as neutral': SAME,
    'the original’s: stricter': { minQuoteVolume: 1.5, minGain: 1.75, aggressiveGain: 1.5, momentumMultiple: 1.5 },
  },
};
/** A scan every 5 minutes here, every minute live: one reading lasts as long as five. */
const criteriaOf = ({ regime }) => ({ ...regime, readings: 1, forgetAfterMs: regime.forgetAfterMinutes * 60_000 });

export function printRegimes(recording, settings, { breadth, hype }, hypeCriteria, print) {
  const regimes = regimesOf(recording, breadth, criteriaOf(settings));
  const isAt =
    (regime) =>
    ({ index }) =>
      regimes[index] === regime;
  const found = replayStrategies(recording, hype, () => settings.strategy);
  const rows = REGIMES.filter((regime) => regimes.includes(regime)).flatMap((regime) =>
    [...STRATEGIES, 'none'].map((name) => {
      const entries = (found[name]?.entries ?? []).filter(isAt(regime));
      return [
        `${regime} ${name === 'none' ? 'hype without a pattern' : `\`${name}\``}`,
        summarise({ classified: null, entries }),
      ];
    }),
  );
  print('Regimes by breadth alone (no BTC in the recording), the neutral figures', 'regimes', 'regime', rows);

  for (const [regime, variants] of Object.entries(FIGURES)) {
    const compared = Object.entries(variants).flatMap(([name, by]) => {
      const changed = replayHype(recording, adjustHype(hypeCriteria, by));
      const criteria = adjustStrategy(settings.strategy, by);
      const during = replayStrategies(recording, changed.hype.filter(isAt(regime)), () => criteria);
      const all = {
        classified: STRATEGIES.reduce((sum, each) => sum + (during[each]?.classified ?? 0), 0),
        entries: STRATEGIES.flatMap((each) => during[each]?.entries ?? []),
      };
      return [
        [`${name}: all four`, summarise(all)],
        ...STRATEGIES.map((each) => [`${name}: \`${each}\``, summarise(during[each])]),
      ];
    });
    print(`Figures tried while the market is ${regime}`, `figures ${regime}`, 'figures', compared);
  }
}

function regimesOf({ start }, breadth, criteria) {
  let state = null;
  return Array.from(breadth, (share, index) => {
    if (Number.isNaN(share)) return null;
    state = nextRegime(state, { at: start + index * STEP_MS, btc: null, breadth: share }, criteria);
    return state.regime;
  });
}

/** BTC's part, over two years of hourly candles: share of the time, changes a month with and without hysteresis, what followed. */
export function printBtcRegimes(folder, settings, log) {
  const path = join(dirname(folder), 'binance-spot-2021-2023', 'BINANCE_BTC-USDT_1h.csv.gz');
  if (!existsSync(path)) return;
  const candles = gunzipSync(readFileSync(path))
    .toString('utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number))
    .map(([openTime, open, high, low, close, volume]) => ({ openTime, open, high, low, close, volume }));
  const criteria = criteriaOf(settings);
  // breadth is not recorded there: it never decides
  const breadth = (criteria.bearish.breadth + criteria.bullish.breadth) / 2;
  const withoutBreadth = { ...criteria, bullish: { ...criteria.bullish, breadth: 0 }, forgetAfterMs: HOUR_MS };
  const noMargin = { ...withoutBreadth, margin: { change: 0, breadth: 0, volatility: 0 } };

  const walk = (rules) => {
    let state = null;
    let changes = 0;
    const visited = [];
    for (let i = 30; i + 6 < candles.length; i++) {
      const at = candles[i].openTime + HOUR_MS;
      const btc = readBtc(candles.slice(i - 30, i + 1), '1h', at);
      if (btc === null) continue;
      const before = state?.regime;
      state = nextRegime(state, { at, btc, breadth }, rules);
      if (before !== undefined && before !== state.regime) changes += 1;
      visited.push({
        regime: state.regime,
        day: Math.floor(at / 86_400_000),
        after6h: candles[i + 6].close / candles[i].close - 1,
      });
    }
    return { visited, changesAMonth: changes / (visited.length / 720) };
  };
  const { visited, changesAMonth } = walk(withoutBreadth);
  log(
    `\nBTC/USDT, Binance 1 h, ${visited.length} hours: regime changes a month ${changesAMonth.toFixed(1)}, without the margin ${walk(noMargin).changesAMonth.toFixed(1)}\n`,
  );
  log('| regime | share of the hours | BTC 6 h later, mean |\n| --- | ---: | ---: |');
  for (const regime of REGIMES) {
    const rows = visited.filter((row) => row.regime === regime);
    const mean = rows.reduce((sum, { after6h }) => sum + after6h, 0) / rows.length;
    log(
      `| ${regime} | ${((rows.length / visited.length) * 100).toFixed(1)} % | ${mean < 0 ? '−' : '+'}${Math.abs(mean * 100).toFixed(2)} % |`,
    );
  }
}
