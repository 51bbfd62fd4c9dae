import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mutantsMarkdown, mutantsText, runMutants } from './mutants.ts';
import { MUTATIONS } from './mutations.ts';
import { loadOwnersPlan, withPlan } from './owners-plan.ts';
import { runSeeds } from './pool.ts';
import { failuresText, tally, tallyMarkdown, tallyText } from './results.ts';
import { run } from './run.ts';
import { scenarioOf } from './scenario.ts';
import { leaksText, soakText } from './soak/report.ts';
import { runLeaks, runSoak } from './soak/run-soak.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

const HELP = `npm run faults -- [--runs N] [--seed S] [--plan FILE] [--trace] [--json | --markdown]
npm run faults -- --mutants [--runs N] [--only NAME] [--json | --markdown]
npm run faults -- --soak [--days N] [--mutants] [--seed S] [--json]

Seeded scenarios of the tracker and the scanner against the simulator, with crashes at every await and every fault, in virtual time.

  --runs N     how many seeds, from --seed on (500; with --mutants: at most so many for each)
  --seed S     the first seed (1)
  --plan FILE  a fault plan of the simulator, followed in every run besides the seed's own
  --trace      tells what happens, one seed after another, in this process
  --mutants    removes one safeguard after another from a copy of the build and shows that a run notices
  --only NAME  one mutant, or several with commas between
  --soak       days of an exchange that fails at its hours, and whether anything grows without a bound; with --mutants: whether leaks show
  --days N     how many days, 3 or more (7; with --mutants: 4)
  --json       one JSON document on standard output
  --markdown   the table alone, as the documentation shows it

Exit code 0: nothing broke or grew (or every mutant was caught), 1: something did, 2: wrong usage.`;

function options() {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      seed: { type: 'string', default: '1' },
      plan: { type: 'string' },
      only: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      soak: { type: 'boolean', default: false },
      days: { type: 'string' },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const whole = (name: string, text: string): number => {
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} must be a whole number above 0, not ${text}`);
    return Number(text);
  };
  if (values.days !== undefined && !values.soak) throw new Error('--days are those of --soak');
  if (values.soak && [values.runs, values.plan, values.only].some((value) => value !== undefined))
    throw new Error('--soak has no --runs, --plan or --only');
  if (values.soak && (values.trace || values.markdown)) throw new Error('--soak has no --trace or --markdown');
  const days = values.days === undefined ? (values.mutants ? 4 : 7) : whole('days', values.days);
  if (days < 3) throw new Error('--days must be 3 or more: the second is compared with the last');
  const only = values.only?.split(',') ?? null;
  if (values.json && values.markdown) throw new Error('--json or --markdown: there is one form of the result');
  if (values.mutants && (values.plan !== undefined || values.trace))
    throw new Error('--mutants goes with neither --plan nor --trace');
  if (only !== null && !values.mutants) throw new Error('--only names mutants: it goes with --mutants');
  const unknown = only?.filter((name) => !MUTATIONS.some((mutation) => mutation.name === name)) ?? [];
  if (unknown.length > 0)
    throw new Error(
      `there is no mutant ${unknown.join(', ')}; there are ${MUTATIONS.map(({ name }) => name).join(', ')}`,
    );
  const planFile = values.plan === undefined ? undefined : resolve(values.plan);
  return {
    ...values,
    only,
    days,
    runs: values.runs === undefined ? 500 : whole('runs', values.runs),
    seed: whole('seed', values.seed),
    planFile,
    // read here, too: a plan that cannot be followed is told once, and not by each process
    plan: planFile === undefined ? null : loadOwnersPlan(planFile),
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
else if (asked.soak && asked.mutants) {
  const leaks = await runLeaks({ days: asked.days, seed: asked.seed });
  print(asked.json ? JSON.stringify({ leaks }) : leaksText(leaks));
  process.exitCode = leaks.every(({ caught }) => caught) ? 0 : 1;
} else if (asked.soak) {
  const started = performance.now();
  const found = await runSoak(import.meta.dirname, { days: asked.days, seed: asked.seed });
  const seconds = (performance.now() - started) / 1000;
  print(asked.json ? JSON.stringify({ ...found, seconds }) : soakText(found, seconds));
  process.exitCode = found.growth.length === 0 ? 0 : 1;
} else if (asked.mutants) {
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
    // standard output holds the one document, where that is asked for
    const tell = asked.json || asked.markdown ? complain : print;
    for (const seed of seeds) {
      tell(`seed ${seed}`);
      results.push(await run(withPlan(scenarioOf(seed), asked.plan), tell));
    }
  } else {
    const show = (_: unknown, done: number): void => progress(`${done} of ${seeds.length} `);
    results.push(...(await runSeeds({ folder: import.meta.dirname, seeds, plan: asked.planFile, onResult: show })));
    progress('');
  }
  const found = tally(results);
  const seconds = (performance.now() - started) / 1000;
  const failedSeeds = found.failures.map(({ seed, breaks }) => ({ seed, breaks }));
  if (asked.json) print(JSON.stringify({ ...found, failures: undefined, failedSeeds, seconds }));
  else if (asked.markdown) {
    print(tallyMarkdown(found, seconds, asked.seed));
    for (const line of failuresText(found, asked.planFile)) complain(line);
  } else print(tallyText(found, seconds, asked.planFile));
  process.exitCode = found.breaks === 0 ? 0 : 1;
}
