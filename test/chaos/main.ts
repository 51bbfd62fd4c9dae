import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RECORDED_MEXC } from '../support/market-data.ts';
import { type Kill, runChaos } from './chaos.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

const HELP = `npm run chaos -- [--kills N] [--seed S] [--json]

The suite as real processes under PM2, in a folder of its own, trades live on simulated money: over the recorded candles of SIM_DATA,
over recorded candles of MEXC where this machine has them, else over a synthetic market. Tracker, scanner or simulator is ended by
kill -9 at random moments; each time all must come back and the books agree with the exchange's ledger to the last step.

  --kills N    how many (50)
  --seed S     of victims and moments (1)
  --json       one JSON document on standard output

Exit code 0: the books agreed every time, 1: they did not, 2: wrong usage.`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        kills: { type: 'string', default: '50' },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const whole = (name: string, text: string): number => {
      if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number, not ${text}`);
      return Number(text);
    };
    return { ...values, kills: whole('kills', values.kills), seed: whole('seed', values.seed) };
  } catch (error) {
    complain(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}

const COLUMNS = ['kill', 'victim', 'under way', 'back ms', 'agreed ms', 'orders', 'trades', 'open', 'differences'];
const line = (cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell, column) => String(cell).padStart(COLUMNS[column]!.length)).join(' | ')} |`;
const row = (kill: Kill, number: number): string =>
  line([
    number,
    kill.victim,
    kill.underway,
    kill.backMs,
    kill.agreedMs,
    kill.orders,
    kill.trades,
    kill.openPositions,
    kill.differences.length,
  ]);

const median = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const asked = readOptions();
if (asked.help) print(HELP);
else {
  const recorded = process.env.SIM_DATA ?? (existsSync(RECORDED_MEXC) ? RECORDED_MEXC : null);
  const started = performance.now();
  if (!asked.json) {
    print(recorded === null ? 'a synthetic market' : 'recorded candles');
    print(line(COLUMNS));
    print(line(COLUMNS.map(() => '---')));
  }
  let count = 0;
  const kills = await runChaos({
    ...asked,
    dataFolder: recorded,
    onKill: (kill) => {
      count += 1;
      if (!asked.json) for (const text of [row(kill, count), ...kill.differences]) print(text);
    },
  });
  const disagreements = kills.filter(({ differences }) => differences.length > 0).length;
  const seconds = Math.round((performance.now() - started) / 1_000);
  const medianBackMs = median(kills.map(({ backMs }) => backMs));
  if (asked.json) {
    print(JSON.stringify({ seed: asked.seed, kills: kills.length, disagreements, medianBackMs, seconds, rows: kills }));
  } else {
    const { orders = 0, trades = 0 } = kills.at(-1) ?? {};
    print(
      `${kills.length} kills in ${seconds} s, ${orders} orders, ${trades} trades; back after ${medianBackMs ?? 0} ms (median); ${disagreements} disagreements.`,
    );
  }
  process.exitCode = disagreements === 0 ? 0 : 1;
}
