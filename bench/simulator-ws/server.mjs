import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createSimulator } from '../../apps/simulator/dist/simulator.js';

// the exchange in a process of its own: what it uses is not mixed up with what its clients use
const { speed, tokens } = JSON.parse(process.argv[2]);
const simulator = await createSimulator({
  port: 0,
  speed,
  seed: 1,
  tokens,
  dataFolder: null,
  stateFolder: null,
  accounts: [],
});
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let cpu = process.cpuUsage();

process.on('message', (message) => {
  if (message === 'measure') {
    delay.reset();
    cpu = process.cpuUsage();
  } else if (message === 'report') {
    const { user, system } = process.cpuUsage(cpu);
    process.send({
      cpuMs: (user + system) / 1000,
      delayP99Ms: delay.percentile(99) / 1e6,
      rssMb: process.memoryUsage.rss() / 2 ** 20,
      counts: simulator.streams.counts(),
    });
  } else process.exit(0);
});
process.on('disconnect', () => process.exit(0));
const symbols = simulator.quotes.listed(simulator.clock.now()).filter(({ listing }) => listing.status === '1');
process.send({ url: simulator.url, symbols: symbols.map(({ listing }) => listing.symbol) });
