import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadPlan } from '../../apps/simulator/dist/faults/plan.js';
import { mutantsMarkdown, mutantsText, runMutants } from './mutants.ts';
import { runSeeds } from './pool.ts';
import { tally, tallyMarkdown, tallyText } from './results.ts';
import { run } from './run.ts';
import { scenarioOf, withPlan } from './scenario.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

const HELP = `pnpm faults [--runs N] [--seed S] [--plan FILE] [--trace] [--json | --markdown]
pnpm faults --mutants [--runs N] [--only NAME] [--json | --markdown]

Seeded scenarios of the tracker and the scanner against the simulator, with crashes at every await and every fault, in virtual time.

  --runs N     how many seeds, from --seed on (500; with --mutants: at most so many for each)
  --seed S     the first seed (1)
  --plan FILE  a fault plan of the simulator, followed in every run besides the seed's own
  --trace      tells what happens, one seed after another, in this process
  --mutants    removes one safeguard after another from a copy of the build and shows that a run notices
  --only NAME  one mutant
  --json       one JSON document on standard output
  --markdown   the table alone, as the documentation shows it

Exit code 0: nothing broke (or every mutant was caught), 1: something did, 2: wrong usage.`;

function options() {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      seed: { type: 'string', default: '1' },
      plan: { type: 'string' },
      only: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const whole = (name: string, text: string): number => {
    if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number, not ${text}`);
    return Number(text);
  };
  return {
    ...values,
    runs: values.runs === undefined ? 500 : whole('runs', values.runs),
    seed: whole('seed', values.seed),
    plan: values.plan === undefined ? undefined : resolve(values.plan),
  };
}

function readOptions(): ReturnType<typeof options> {
  try {
    return options();
  } catch (error) {
    complain(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}

const asked = readOptions();
const progress = (text: string): void => {
  if (process.stderr.isTTY && !asked.json) process.stderr.write(`\r${text}`);
};

if (asked.help) print(HELP);
else if (asked.mutants) {
  const found = await runMutants({
    runs: asked.runs,
    seed: asked.seed,
    only: asked.only,
    onMutant: (line) => asked.json || asked.markdown || print(line),
  });
  if (asked.json) print(JSON.stringify({ mutants: found }));
  else print(asked.markdown ? mutantsMarkdown(found) : mutantsText(found));
  process.exitCode = found.every(({ caught }) => caught) ? 0 : 1;
} else {
  const started = performance.now();
  const seeds = Array.from({ length: asked.runs }, (_, n) => asked.seed + n);
  const results = [];
  if (asked.trace) {
    const plan = asked.plan === undefined ? null : loadPlan(asked.plan);
    for (const seed of seeds) {
      print(`seed ${seed}`);
      results.push(await run(withPlan(scenarioOf(seed), plan), print));
    }
  } else {
    const show = (_: unknown, done: number): void => progress(`${done} of ${seeds.length} `);
    results.push(...(await runSeeds({ folder: import.meta.dirname, seeds, plan: asked.plan, onResult: show })));
    progress('');
  }
  const found = tally(results);
  const seconds = (performance.now() - started) / 1000;
  const failedSeeds = found.failures.map(({ seed, breaks }) => ({ seed, breaks }));
  if (asked.json) print(JSON.stringify({ ...found, failures: undefined, failedSeeds, seconds }));
  else print(asked.markdown ? tallyMarkdown(found, seconds, asked.seed) : tallyText(found, seconds));
  process.exitCode = found.breaks === 0 ? 0 : 1;
}
