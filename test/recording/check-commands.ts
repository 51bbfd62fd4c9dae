import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../faults/random.ts';
import type { Sandbox } from '../support/sandbox.ts';
import type { Books } from './books.ts';
import type { Checked } from './check.ts';

interface WhyJson {
  readonly market: string;
  readonly at: number;
  readonly decision: string;
  readonly reason: string;
  readonly stages: readonly unknown[];
}
interface ReplayJson {
  readonly scanId: number;
  readonly tokens: number;
  readonly same: number;
  readonly differences: readonly unknown[];
}

const COLUMNS = {
  'candidate_tokens.csv': 12,
  'labeled_candidates.csv': 14,
} as const;

/** `why` answers for a bought token, a rejected one and one that never was a candidate. */
export async function checkWhy(sandbox: Sandbox, books: Books): Promise<Checked> {
  const candidates = books.candidates();
  const seen = new Set(candidates.map(({ market }) => market));
  const newest = (decision: string): string | undefined =>
    candidates.findLast((candidate) => candidate.decision === decision)?.market;
  const asked = {
    bought: newest('bought'),
    rejected: newest('rejected'),
    'never scored': books.markets().find((market) => !seen.has(market)),
  };
  const wrong: string[] = [];
  const answers: string[] = [];
  for (const [kind, market] of Object.entries(asked)) {
    if (market === undefined) {
      wrong.push(`the run has no token that was ${kind}`);
      continue;
    }
    const { code, stdout, stderr } = await sandbox.run('scanner', 'why', market, '--json');
    if (code !== 0) {
      wrong.push(`why ${market} (${kind}) ends with ${code}: ${stderr.trim()}`);
      continue;
    }
    const why = JSON.parse(stdout) as WhyJson;
    answers.push(`${market} ${why.reason}`);
    if (why.market !== market || why.reason === '' || why.stages.length === 0) {
      wrong.push(`why ${market} (${kind}) does not say why: ${stdout.trim()}`);
    }
  }
  return { rule: 'why answers: bought, rejected, never scored', looked: 3, wrong, note: answers.join(', ') };
}

/** Random scans, decided again by the command, come to the same. */
export async function checkReplays(sandbox: Sandbox, books: Books, count: number): Promise<Checked> {
  const random = createRandom(1);
  const scans = books.scans();
  const wrong: string[] = [];
  let tokens = 0;
  for (let n = 0; n < count && scans.length > 0; n++) {
    const { id, at } = random.pick(scans);
    const { code, stdout, stderr } = await sandbox.run('scanner', 'replay', '--at', String(at), '--json');
    const replay = stdout === '' ? null : (JSON.parse(stdout) as ReplayJson);
    tokens += replay?.tokens ?? 0;
    if (code !== 0 || replay === null || replay.scanId !== id || replay.same !== replay.tokens) {
      wrong.push(`scan ${id}: exit code ${code}, ${replay === null ? stderr.trim() : JSON.stringify(replay)}`);
    }
  }
  return { rule: 'a scan decided again decides the same', looked: count, wrong, note: `${tokens} tokens` };
}

interface CompareJson {
  readonly compared: number;
  readonly same: number;
  readonly byCause: Readonly<Record<string, number>>;
  readonly differences: readonly {
    readonly at: number;
    readonly market: string;
    readonly cause: string;
    readonly detail: string;
  }[];
  readonly exits: {
    readonly compared: number;
    readonly same: number;
    readonly differences: readonly { readonly market: string; readonly openedAt: number; readonly cause: string }[];
  };
}

/** A backtest of the same time decides the same, or `backtest compare` shows which input of the decision was another one. */
export async function checkBacktest(sandbox: Sandbox, dataFolder: string): Promise<Checked> {
  const rule = 'a backtest decides the same, or why not is known';
  const { code, stdout, stderr } = await sandbox.run('backtest', 'compare', '--data', dataFolder, '--json');
  if (stdout === '') return { rule, looked: 0, wrong: [`exit code ${code}: ${stderr.trim()}`] };
  const { compared, same, byCause, differences, exits } = JSON.parse(stdout) as CompareJson;
  const wrong = differences
    .filter(({ cause }) => cause === 'unexplained' || cause === 'not_kept')
    .map(({ at, market, cause, detail }) => `${new Date(at).toISOString()} ${market}: ${cause}, ${detail}`);
  const wrongExits = exits.differences
    .filter(({ cause }) => cause === 'unexplained')
    .map(({ market, openedAt }) => `exit of ${market}, bought ${new Date(openedAt).toISOString()}`);
  const causes = Object.entries(byCause).map(([cause, count]) => `${cause} ${count}`);
  const note = [`${same} the same`, ...causes, `${exits.same} of ${exits.compared} exits the same`].join(', ');
  return { rule, looked: compared + exits.compared, wrong: [...wrong, ...wrongExits], note };
}

/** `candidates export` writes both files, every line as long as its header, one a candidate. */
export async function checkExport(sandbox: Sandbox, books: Books): Promise<Checked> {
  const folder = join(sandbox.folder, 'exported');
  const { code, stderr } = await sandbox.run('labeler', 'export', '--folder', folder);
  if (code !== 0) return { rule: 'the export writes both files', looked: 0, wrong: [stderr.trim()] };
  const candidates = books.candidates();
  const expected = {
    'candidate_tokens.csv': candidates.length,
    'labeled_candidates.csv': candidates.filter(({ labelState }) => labelState === 'labelled').length,
  };
  const wrong = Object.entries(expected).flatMap(([file, rows]) => {
    const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n');
    const width = COLUMNS[file as keyof typeof COLUMNS];
    const odd = lines.filter((line) => line.split(',').length !== width).length;
    return [
      ...(lines.length - 1 === rows ? [] : [`${file} has ${lines.length - 1} rows for ${rows} candidates`]),
      ...(odd === 0 ? [] : [`${odd} lines of ${file} do not have ${width} cells`]),
    ];
  });
  const looked = Object.values(expected).reduce((sum, rows) => sum + rows, 0);
  return { rule: 'the export writes both files', looked, wrong };
}
