import { fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { bookTickerOf, connect } from '../simulator-ws/client.mjs';

const SERVER = fileURLToPath(new URL('./server.mjs', import.meta.url));
const [API_KEY, SECRET] = ['mx0-bench-key', 'bench-secret'];
const CONNECTIONS = 16;
/** Markets, as MEXC has them; BTC, ETH and a dozen oddities come on top. */
const TOKENS = 2_500;
const SPEED = 60;
const MIXED_MS = 8_000;
const TICKERS = 60;
/** Streams that stay open, and are pushed to, while memory is watched. */
const SUBSCRIBERS = 200;

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

function send(url, method, path) {
  return new Promise((resolve, reject) => {
    const headers = { 'X-MEXC-APIKEY': API_KEY, 'Content-Type': 'application/json' };
    const started = performance.now();
    request(`${url}${path}`, { method, agent, headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve({ status: response.statusCode, bytes, ms: performance.now() - started }));
    })
      .on('error', reject)
      .end();
  });
}

function signed(path, parameters, now) {
  const query = new URLSearchParams({ ...parameters, timestamp: String(now) }).toString();
  return `${path}?${query}&signature=${createHmac('sha256', SECRET).update(query).digest('hex')}`;
}

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** What a busy suite asks: mostly prices of one market, candles, and orders placed and looked up. */
function nextRequest(n, now) {
  const symbol = n % 2 === 0 ? 'BTCUSDT' : 'ETHUSDT';
  switch (n % 8) {
    case 0:
      return ['POST', signed('/api/v3/order', { symbol, side: 'BUY', type: 'MARKET', quoteOrderQty: '20' }, now)];
    case 1:
      return ['GET', `/api/v3/klines?symbol=${symbol}&interval=5m&limit=100`];
    case 2:
      return ['GET', signed('/api/v3/account', {}, now)];
    case 3:
      return ['GET', `/api/v3/depth?symbol=${symbol}&limit=20`];
    case 4:
      return ['GET', signed('/api/v3/openOrders', {}, now)];
    default:
      return ['GET', `/api/v3/ticker/bookTicker?symbol=${symbol}`];
  }
}

/** Sends mixed requests over all connections at once for a while. */
async function mixed(url, clockNow, forMs) {
  const until = performance.now() + forMs;
  const times = [];
  let failed = 0;
  let n = 0;
  const worker = async () => {
    while (performance.now() < until) {
      const [method, path] = nextRequest(n++, clockNow());
      const { status, ms } = await send(url, method, path);
      times.push(ms);
      if (status !== 200) failed += 1;
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  return {
    perSecond: times.length / seconds,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    failed,
    seconds,
  };
}

const PATH = '/api/v3/ticker/24hr';

/** All tickers in one answer, again and again. */
async function allTickers(url) {
  for (let n = 0; n < 20; n++) await send(url, 'GET', PATH);
  const times = [];
  let bytes = 0;
  for (let n = 0; n < TICKERS; n++) {
    const answer = await send(url, 'GET', PATH);
    times.push(answer.ms);
    bytes = answer.bytes;
    await sleep(50);
  }
  times.sort((a, b) => a - b);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), kb: bytes / 1024 };
}

const wordsOf = ({ p50, p99, kb }) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${kb.toFixed(0)} KB`;

/** Every market falls by 30 % in a minute and takes half an hour to come back; @returns ms until that is in force */
async function crashOf(url) {
  const way = { factor: 0.7, overSeconds: 60, holdSeconds: 60, recoverOverSeconds: 1_800 };
  const body = JSON.stringify({ market: [{ at: '+0s', kind: 'shock', symbol: '*', ...way }] });
  const started = performance.now();
  const answer = await fetch(`${url}/sim/faults`, { method: 'POST', body });
  if (answer.status !== 200) throw new Error(await answer.text());
  await send(url, 'GET', '/api/v3/ping');
  return performance.now() - started;
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * Load on the simulator's REST side: all tickers of 2,500 markets in one answer, mixed requests a second, memory over
 * `minutes` at ×60 with 200 subscribers and a steady trickle of requests, and all tickers in a crash of every market.
 */
export async function run({ log, minutes }) {
  const options = { speed: SPEED, tokens: TOKENS, apiKey: API_KEY, secret: SECRET };
  const server = fork(SERVER, [JSON.stringify(options)], { execArgv: ['--expose-gc'] });
  try {
    const [{ url, marketTime }] = await once(server, 'message');
    const began = performance.now();
    const clockNow = () => Math.floor(marketTime + (performance.now() - began) * SPEED);
    const sample = async () => {
      server.send('sample');
      return (await once(server, 'message'))[0];
    };

    const ticker = await allTickers(url);
    log(`all tickers of ${TOKENS} tokens: ${wordsOf(ticker)}`);

    await mixed(url, clockNow, 2_000);
    const before = await sample();
    const load = await mixed(url, clockNow, MIXED_MS);
    const after = await sample();
    const cpuShare = (after.cpuMs - before.cpuMs) / 1000 / load.seconds;
    log(
      `mixed requests: ${load.perSecond.toFixed(0)} a second over ${CONNECTIONS} connections, p50 ${load.p50.toFixed(1)} ms, ` +
        `p99 ${load.p99.toFixed(1)} ms, ${load.failed} failed; server ${(cpuShare * 100).toFixed(0)} % of a core`,
    );

    const subscribers = [];
    const pairs = ['BTCUSDT', 'ETHUSDT'].map(bookTickerOf);
    for (let n = 0; n < SUBSCRIBERS && minutes > 0; n++) subscribers.push(await connect(url, pairs));
    const memory = [];
    const until = performance.now() + minutes * 60_000;
    const every = Math.max(5_000, (minutes * 60_000) / 20);
    while (performance.now() < until) {
      const next = performance.now() + every;
      while (performance.now() < Math.min(next, until)) {
        await send(url, 'GET', PATH);
        await send(url, 'GET', '/api/v3/klines?symbol=BTCUSDT&interval=5m&limit=500');
        await sleep(200);
      }
      const { liveMb, rssMb, marketTime: at } = await sample();
      memory.push({
        seconds: (performance.now() - began) / 1000,
        liveMb,
        rssMb,
        marketHours: (at - marketTime) / 3_600_000,
      });
    }
    const pushes = subscribers.reduce((sum, client) => sum + client.pushes, 0);
    for (const { socket } of subscribers) socket.close();
    const [first, last] = [memory[Math.floor(memory.length / 2)], memory.at(-1)];
    if (first && last) {
      log(
        `memory over ${minutes} min (${(last.marketHours - memory[0].marketHours).toFixed(1)} market hours): live ` +
          `${memory.map(({ liveMb }) => liveMb.toFixed(0)).join(' ')} MB; second half ` +
          `${(last.liveMb - first.liveMb).toFixed(1)} MB, resident ${last.rssMb.toFixed(0)} MB; ` +
          `${pushes} pushes to ${SUBSCRIBERS} subscribers meanwhile`,
      );
    }

    const crashMs = await crashOf(url);
    const crashed = await allTickers(url);
    log(
      `a crash of all markets at once: in force after ${crashMs.toFixed(0)} ms; all tickers in it ${wordsOf(crashed)}`,
    );
    return { ticker, load: { ...load, cpuShare }, memory, pushes, crashMs, crashed };
  } finally {
    agent.destroy();
    server.disconnect();
  }
}
