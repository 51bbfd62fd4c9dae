import { type SoakOptions, soak } from './soak.ts';

// a failed request throws, and nobody reads where
Error.stackTraceLimit = 0;

// in a process of its own, whose memory holds nothing else
process.once('message', (options: SoakOptions) => {
  void (async () => {
    process.send!(await soak(options));
    process.disconnect();
  })();
});
