import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bookTickerOf, connect } from './client.mjs';

const SERVER = fileURLToPath(new URL('./server.mjs', import.meta.url));
const WARM_UP_MS = 2_000;
const MEASURED_MS = 10_000;

/** All at ×1, where a topic of 100 ms pushes at most ten times a second. */
const SCENARIOS = [
  { name: '200 on one bookTicker', subscribers: 200, topics: (symbols) => [bookTickerOf(symbols[0])] },
  { name: '200 on one depth', subscribers: 200, topics: (symbols) => [depth(symbols[0])] },
  { name: '200 on 20 depths', subscribers: 200, topics: (symbols, n) => [depth(symbols[n % 20])] },
  {
    name: '200 on 30 topics each, 90 in all',
    subscribers: 200,
    topics: (symbols, n) => Array.from({ length: 30 }, (_, k) => bookTickerOf(symbols[(n % 3) * 30 + k])),
  },
];
const depth = (symbol) => `spot@public.aggre.depth.v3.api.pb@100ms@${symbol}`;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function measure({ name, subscribers, topics }) {
  const server = fork(SERVER, [JSON.stringify({ speed: 1, tokens: 300 })]);
  try {
    const [{ url, symbols }] = await once(server, 'message');
    // the liveliest first: BTC moves by several ticks in a tenth of a second
    const lively = ['BTCUSDT', 'ETHUSDT', ...symbols].filter((symbol, n, all) => all.indexOf(symbol) === n);
    const clients = [];
    for (let n = 0; n < subscribers; n++) clients.push(await connect(url, topics(lively, n)));
    await sleep(WARM_UP_MS);
    for (const client of clients) Object.assign(client, { pushes: 0, bytes: 0 });
    server.send('measure');
    const start = performance.now();
    await sleep(MEASURED_MS);
    server.send('report');
    const [{ cpuMs, delayP99Ms, rssMb, counts }] = await once(server, 'message');
    const seconds = (performance.now() - start) / 1000;
    const rates = clients.map(({ pushes }) => pushes / seconds);
    for (const { socket } of clients) socket.close();
    return {
      name,
      connections: counts.connections,
      topics: counts.topics,
      pushesPerSecond: rates.reduce((sum, rate) => sum + rate, 0),
      leastPerSubscriber: Math.min(...rates),
      kbPerSecond: clients.reduce((sum, { bytes }) => sum + bytes, 0) / 1024 / seconds,
      cpuShare: cpuMs / 1000 / seconds,
      delayP99Ms,
      rssMb,
    };
  } finally {
    server.disconnect();
  }
}

/** Load on the simulator's streams: pushes that reach the clients, and the share of one core the exchange needs for them. */
export async function run({ log }) {
  const results = [];
  for (const scenario of SCENARIOS) {
    const result = await measure(scenario);
    results.push(result);
    log(
      `${result.name.padEnd(34)} ${result.pushesPerSecond.toFixed(0).padStart(6)} pushes/s, ` +
        `at least ${result.leastPerSubscriber.toFixed(1)} a subscriber, ${result.kbPerSecond.toFixed(0)} KB/s; ` +
        `server ${(result.cpuShare * 100).toFixed(1)} % of a core, loop delay p99 ${result.delayP99Ms.toFixed(1)} ms, ` +
        `${result.rssMb.toFixed(0)} MB`,
    );
  }
  return results;
}
