/**
 * How many tokens each threshold lets through and what their prices did in the next 6 h, over a folder of recorded candles.
 * The tables of docs/strategies.md are what this prints.
 */
import { STRATEGIES } from '@mexc-bot/core';
import { loadSettings } from '@mexc-bot/runtime';
import { printProtections, ROUND_TRIP } from './protections.mjs';
import { readRecording, recordedFolder, STEP_MS } from './recording.mjs';
import { printBtcRegimes, printRegimes } from './regimes.mjs';
import { firstTouch, HORIZON, outcome, replayHype, replayStrategies } from './replay.mjs';
import { percent, signed, summarise, table } from './summary.mjs';

/** Values tried for each threshold; the default is among them and marked. */
const HYPE_VALUES = {
  'hype.minQuoteVolume': [0, 50_000, 100_000, 200_000, 400_000],
  'hype.minChange24h': [0, 0.02, 0.05, 0.1],
  'hype.maxChange24h': [0.2, 0.3, 0.4, 0.8, 10],
  'scan.maxCandidates': [5, 10, 20, 40],
};
const STRATEGY_VALUES = {
  simple: {
    'strategy.minGain': [0.01, 0.015, 0.02, 0.03],
  },
  aggressive: {
    'strategy.aggressiveGain': [0.03, 0.04, 0.06, 0.08],
  },
  momentum_safe: {
    'strategy.momentumSafe.gainMultiple': [1, 2, 3, 4],
    'strategy.momentumSafe.minVolumeRatio': [1, 2, 3],
    'strategy.momentumSafe.maxVolumeRatio': [4, 5, 8],
    'strategy.momentumSafe.maxAtrFraction': [0.01, 0.02, 0.03, 0.05],
    'strategy.momentumSafe.minAdx': [0, 20, 30, 40],
  },
  revival: {
    'strategy.revival.minVolumeRatio': [3, 5, 8, 12],
    'strategy.revival.quietRange': [0, 0.02, 0.03, 0.05],
    'strategy.revival.fallenBy': [0.03, 0.05, 0.1, 1],
    'strategy.revival.lookbackCandles': [24, 48, 96],
  },
  all: {
    'strategy.gainCandles': [1, 2, 3, 6],
    'strategy.volumeNormCandles': [6, 12, 24, 48],
  },
};

const at = (settings, path) => path.split('.').reduce((value, key) => value[key], settings);

/** @returns a copy of `settings` with one value changed */
function withValue(settings, [key, ...rest], value) {
  return { ...settings, [key]: rest.length === 0 ? value : withValue(settings[key], rest, value) };
}

const hypeCriteria = ({ hype, scan }) => ({ ...hype, maxCandidates: scan.maxCandidates });
const together = (found) => ({
  classified: STRATEGIES.reduce((sum, name) => sum + (found[name]?.classified ?? 0), 0),
  entries: STRATEGIES.flatMap((name) => found[name]?.entries ?? []),
});

export function run({ log }) {
  const settings = loadSettings({}, { root: new URL('.', import.meta.url).pathname });
  const folder = recordedFolder();
  const recording = readRecording(folder);
  const result = {};
  const print = (title, key, first, rows, more) => {
    result[key] = Object.fromEntries(rows.map(([label, figures]) => [label, figures]));
    log(`\n${title}\n\n${table(first, rows, more)}`);
  };
  const day = (index) => new Date(recording.start + index * STEP_MS).toISOString().slice(0, 16).replace('T', ' ');
  log(`${recording.tokens.length} tokens, ${day(0)} to ${day(recording.length)} UTC`);

  const standard = replayHype(recording, hypeCriteria(settings));
  const base = replayStrategies(recording, standard.hype, () => settings.strategy);
  printDefaults(recording, settings, base, print);

  printProtections(base, settings, log);
  printRegimes(recording, settings, standard, hypeCriteria(settings), print);
  printBtcRegimes(folder, settings, log);
  for (const [path, values] of Object.entries(HYPE_VALUES)) {
    const rows = values.map((value) => {
      const changed = withValue(settings, path.split('.'), value);
      const { hype } = replayHype(recording, hypeCriteria(changed));
      return [
        label(value, at(settings, path)),
        summarise(together(replayStrategies(recording, hype, () => settings.strategy))),
      ];
    });
    print(`\`${path}\`: all four strategies together`, path, path, rows);
  }
  for (const [strategy, thresholds] of Object.entries(STRATEGY_VALUES)) {
    for (const [path, values] of Object.entries(thresholds)) {
      const rows = values.flatMap((value) => {
        const { strategy: criteria } = withValue(settings, path.split('.'), value);
        const found = replayStrategies(recording, standard.hype, () => criteria);
        const name = label(value, at(settings, path));
        if (strategy === 'all') return STRATEGIES.map((each) => [`${name} \`${each}\``, summarise(found[each])]);
        return [[name, summarise(found[strategy])]];
      });
      print(`\`${path}\`${strategy === 'all' ? '' : `: what is named \`${strategy}\``}`, path, path, rows);
    }
  }
  printRevivalHalves(recording, settings, standard.hype, print);
  return result;
}

/** Its two conditions apart: quiet, and fallen by 5 %. */
function printRevivalHalves(recording, settings, hype, print) {
  const rows = [
    ['only quiet', { ...settings.strategy.revival, fallenBy: 1 }],
    ['only fallen, by 5 %', { ...settings.strategy.revival, quietRange: 0, fallenBy: 0.05 }],
  ].map(([name, revival]) => {
    const criteria = { ...settings.strategy, revival };
    return [name, summarise(replayStrategies(recording, hype, () => criteria).revival)];
  });
  print('The halves of `revival`', 'revival halves', 'condition', rows);
}

const label = (value, standard) => (value === standard ? `**${value}** (default)` : String(value));

function printDefaults(recording, settings, found, print) {
  const anyToken = { classified: 0, entries: [] };
  for (const token of recording.tokens) {
    for (let i = 288; i + HORIZON < token.candles.length; i += HORIZON) {
      const day = Math.floor(token.candles[i].openTime / 86_400_000);
      const firstHalf = token.first + i < recording.length / 2;
      anyToken.classified += 1;
      anyToken.entries.push({ ...outcome(token, i), market: token.market, day, firstHalf });
    }
  }
  const { none } = found;
  const touches = (name) => {
    const touched = (found[name]?.entries ?? []).map((entry) => firstTouch(entry, name, settings));
    const share = (which) => percent(touched.filter(({ touch }) => touch === which).length / touched.length);
    const result = touched.reduce((sum, each) => sum + each.result - ROUND_TRIP, 0) / touched.length;
    return [share('target'), share('stop'), share('neither'), signed(result)];
  };
  print(
    'The default thresholds',
    'defaults',
    'what',
    [
      ...STRATEGIES.map((name) => [`\`${name}\``, summarise(found[name]), ...touches(name)]),
      ['all four', summarise(together(found)), '', '', '', ''],
      ['hype without a pattern', summarise(none), '', '', '', ''],
      ['any token, every 6 h', summarise(anyToken), '', '', '', ''],
    ],
    ['first level first', 'stop first', 'neither', 'sold there, after costs'],
  );
}
