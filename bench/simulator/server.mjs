import { createSimulator } from '../../apps/simulator/dist/simulator.js';

// the exchange in a process of its own, started with --expose-gc: what it uses is not mixed up with what its clients use
const { speed, tokens, apiKey, secret } = JSON.parse(process.argv[2]);
const simulator = await createSimulator({
  port: 0,
  speed,
  seed: 1,
  tokens,
  dataFolder: null,
  stateFolder: null,
  accounts: [{ apiKey, secret, balances: { USDT: '1000000' } }],
});

process.on('message', () => {
  globalThis.gc();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  process.send({
    cpuMs: (user + system) / 1000,
    rssMb: rss / 2 ** 20,
    liveMb: (heapUsed + arrayBuffers) / 2 ** 20,
    marketTime: simulator.clock.now(),
    orders: simulator.engine.ledger.orders().length,
  });
});
process.on('disconnect', () => process.exit(0));
process.send({ url: simulator.url, marketTime: simulator.clock.now() });
