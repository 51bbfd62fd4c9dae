import { parseArgs } from 'node:util';

const BENCHES = {
  backtest: () => import('./backtest/bench.mjs'),
  features: () => import('./features/bench.mjs'),
  'first-load': () => import('./first-load/bench.mjs'),
  indicators: () => import('./indicators/bench.mjs'),
  learning: () => import('./learning/bench.mjs'),
  'learning-tokens': () => import('./learning/tokens.mjs'),
  'learning-pictures': () => import('./learning/draw.mjs'),
  restart: () => import('./restart/bench.mjs'),
  collector: () => import('./collector/bench.mjs'),
  scanner: () => import('./scanner/bench.mjs'),
  tracker: () => import('./tracker/bench.mjs'),
  simulator: () => import('./simulator/bench.mjs'),
  'simulator-ws': () => import('./simulator-ws/bench.mjs'),
  telegram: () => import('./telegram/bench.mjs'),
  'telegram-outbox': () => import('./telegram/outbox.mjs'),
  strategies: () => import('./strategies/bench.mjs'),
  models: () => import('./models/bench.mjs'),
  'strategy-pictures': () => import('./strategies/draw.mjs'),
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '9' },
    minutes: { type: 'string', default: '1' },
    markets: { type: 'string', default: '2500' },
  },
});
const load = BENCHES[positionals[0]];
const rounds = Number(values.rounds);
const minutes = Number(values.minutes);
const markets = Number(values.markets);
const isCount = (value) => Number.isInteger(value) && value >= 1;
if (load === undefined || positionals.length > 1 || !isCount(rounds) || !isCount(markets) || !(minutes >= 0)) {
  process.stderr.write(
    `usage: pnpm bench ${Object.keys(BENCHES).join(' | ')} [--json] [--rounds 9] [--minutes 1] [--markets 2500]\n`,
  );
  process.exit(2);
}
const { run } = await load();
const print = (text) => process.stdout.write(`${text}\n`);
const result = await run({ rounds, minutes, markets, log: values.json ? () => undefined : print });
if (values.json) print(JSON.stringify(result));
