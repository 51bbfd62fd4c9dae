import { loadOwnersPlan, withPlan } from './owners-plan.ts';
import { run } from './run.ts';
import { scenarioOf } from './scenario.ts';

// a run throws by the hundred, and nobody reads where: `--trace` runs a seed in the command's own process, with stacks
Error.stackTraceLimit = 0;

const [path] = process.argv.slice(2);
const plan = path === undefined ? null : loadOwnersPlan(path);

process.on('message', (seeds: readonly number[]) => {
  void (async () => {
    for (const seed of seeds) process.send!(await run(withPlan(scenarioOf(seed), plan)));
    process.send!('done');
  })();
});
process.on('disconnect', () => process.exit(0));
