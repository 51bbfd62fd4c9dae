import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RECORDED_MEXC } from '../support/market-data.ts';
import { type RecordingResult, runRecording } from './run.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

const HELP = `npm run recording -- [--minutes N] [--speed X] [--keep FOLDER] [--json]

The suite as real processes under PM2, in a folder of its own, trades paper money over recorded candles: those of SIM_DATA, else those
of MEXC where this machine has them. Then it is ended, and what it wrote is checked against the files: the funnels, every candidate's
reasons and features, every label, the models made of them and who was asked when, what why, replay and the export make of it all, and
every decision against a backtest of the time. At ×600, models are there after four minutes.

  --minutes N    how long (10)
  --speed X      market seconds a second, at most 600 (600)
  --keep FOLDER  copies the run's database and settings there, for backtest compare
  --json         one JSON document on standard output

Exit code 0: everything holds, 1: something does not, 2: wrong usage.`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '10' },
        speed: { type: 'string', default: '600' },
        keep: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const number = (name: string, text: string, most: number): number => {
      const value = Number(text);
      if (!(value > 0 && value <= most)) throw new Error(`--${name} must be above 0 and at most ${most}, not ${text}`);
      return value;
    };
    const dataFolder = process.env.SIM_DATA ?? RECORDED_MEXC;
    if (!values.help && !existsSync(dataFolder)) {
      throw new Error(`${dataFolder} is not there: SIM_DATA must name a folder of recorded 5 m candles`);
    }
    const minutes = number('minutes', values.minutes, 24 * 60);
    return { ...values, dataFolder, minutes, speed: number('speed', values.speed, 600) };
  } catch (error) {
    complain(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}

const SHOWN = 5;

function resultText(result: RecordingResult): string {
  const { marketHours, scans, scanEverySeconds, scanMs, peakMb, failures, tables, checks } = result;
  const memory = Object.entries(peakMb).map(([name, mb]) => `${name} ${Math.round(mb)} MB`);
  return [
    '',
    '| rule | looked at | wrong | |',
    '| --- | ---: | ---: | --- |',
    ...checks.map(({ rule, looked, wrong, note }) => `| ${rule} | ${looked} | ${wrong.length} | ${note ?? ''} |`),
    '',
    ...checks.flatMap(({ rule, wrong }) => wrong.slice(0, SHOWN).map((each) => `${rule}: ${each}`)),
    `${marketHours.toFixed(1)} market hours, ${scans} scans, one every ${scanEverySeconds.median} market seconds ` +
      `(at most ${scanEverySeconds.most}); a scan took ${scanMs.median} ms (at most ${scanMs.most})`,
    `peak memory: ${memory.join(', ')}`,
    `tables: ${tables.map(({ table, rows, bytes }) => `${table} ${rows} rows ${Math.round(bytes / 1_000)} kB`).join(', ')}`,
    ...failures.map((failure) => `a cycle failed: ${failure}`),
  ].join('\n');
}

const asked = readOptions();
if (asked.help) print(HELP);
else {
  const result = await runRecording({ ...asked, onProgress: asked.json ? complain : print });
  print(asked.json ? JSON.stringify(result) : resultText(result));
  process.exitCode = result.checks.every(({ wrong }) => wrong.length === 0) ? 0 : 1;
}
