/** The exchange, with MEXC's limits on the wall clock; and who else could say whether a stored candle is its own? */
import { openStore } from '@mexc-bot/store';
import { gridOf, klines } from '../../apps/simulator/dist/klines.js';
import { createSimulator } from '../../apps/simulator/dist/simulator.js';

const simulator = await createSimulator({
  port: 0,
  speed: 1,
  seed: 1,
  tokens: Number(process.argv[2]),
  dataFolder: null,
  stateFolder: null,
  accounts: [],
  rateLimits: true,
});

/** The candles of `database` that open from `from` on, held against the exchange's own, one by one. */
function compare({ database, from }) {
  const store = openStore(database);
  const found = { stored: 0, candles: 0, missing: 0, wrong: 0, unknown: 0, first: null };
  for (const { market, timeframe, checked } of store.candles.series()) {
    if (timeframe !== '5m') continue;
    const range = { from, until: checked.until };
    const { openTime, ...columns } = store.candles.between(market, '5m', range, simulator.clock.now());
    const at = new Map([...openTime].map((open, i) => [open, i]));
    const names = ['open', 'high', 'low', 'close', 'volume'];
    found.stored += openTime.length;
    for (const [open, ...values] of rowsOf(market, range)) {
      found.candles += 1;
      const i = at.get(open);
      at.delete(open);
      const isSame = i !== undefined && names.every((name, column) => columns[name][i] === Number(values[column]));
      if (i === undefined) found.missing += 1;
      else if (!isSame) found.wrong += 1;
      if (!isSame) found.first ??= `${market} ${new Date(open).toISOString()}`;
    }
    found.unknown += at.size;
  }
  store.close();
  return found;
}

function* rowsOf(market, { from, until }) {
  const grid = gridOf('5m');
  const quoted = simulator.quotes.known(market);
  for (let startTime = from; startTime < until; ) {
    const rows = klines(quoted, grid, { startTime, endTime: until, limit: 500 }, simulator.clock.now());
    if (rows.length === 0) return;
    for (const row of rows) yield row.slice(0, 6);
    startTime = rows.at(-1)[6];
  }
}

process.on('message', (asked) => process.send(compare(asked)));
process.on('disconnect', () => process.exit(0));
process.send({ url: simulator.url, now: simulator.clock.now() });
