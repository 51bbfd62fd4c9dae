import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@mexc-bot/store';
import type { Sandbox } from '../support/sandbox.ts';
import type { Books, CandidateBook, ModelBook } from './books.ts';
import type { Checked } from './check.ts';

const HOUR_MS = 3_600_000;
const HORIZON_MS = 6 * HOUR_MS;

/** A model's version says when it was trained, and is the same in the registry, in a candidate's checks and on the screen. */
const VERSION = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z(?: on demand| \d+)?/;
const trainedAtOf = (version: string): number => Date.parse(version.slice(0, 24));

interface Answer {
  readonly candidate: CandidateBook;
  readonly model: 'feedback' | 'token';
  readonly version: string;
}

/** Which models answered for a candidate, as its checks say. */
function answersOf(candidate: CandidateBook): Answer[] {
  return ((candidate.stages ?? []) as unknown[][]).flatMap(([, check, value]) => {
    const model = check === 'feedback.model' ? 'feedback' : check === 'token.model' ? 'token' : null;
    const version = VERSION.exec(String(value))?.[0];
    return model === null || version === undefined ? [] : [{ candidate, model, version }];
  });
}

/** What `why` printed while the suite ran: market, by the version of the feedback model that had answered. */
export type WhyShown = ReadonlyMap<string, string>;

const LOOK_MS = 200;

/** Asks `why` for a token that a new feedback model has just answered for, once a model, as long as the suite runs. */
export async function watchWhy(sandbox: Sandbox, store: Store, until: number): Promise<WhyShown> {
  const shown = new Map<string, string>();
  let seen = 0;
  for (; Date.now() < until; await sleep(LOOK_MS)) {
    const scan = store.scans.last();
    if (scan === undefined || scan.id === seen) continue;
    seen = scan.id;
    for (const { market, stages } of store.candidates.ofScan(scan.id)) {
      const asked = stages?.find(({ check }) => check === 'feedback.model');
      const version = VERSION.exec(String(asked?.value))?.[0];
      if (version === undefined || shown.has(version)) continue;
      const { code, stdout } = await sandbox.run('scanner', 'why', market);
      // a later scan may have turned the token down before it came to the models
      if (code === 0 && stdout.includes(`feedback.model`) && stdout.includes(version)) shown.set(version, market);
    }
  }
  return shown;
}

/** Labels become models, models answer the scans that come after them, and `why` shows it. */
export function checkCircle(books: Books, shown: WhyShown): Checked[] {
  const candidates = books.candidates();
  const models = books.models().filter(({ trainRows }) => trainRows !== null);
  const answers = candidates.flatMap(answersOf);
  const isOwn = ownRows(candidates);
  const feedback = models.filter(({ scope }) => scope === 'feedback');
  const learnt = feedback.filter(isOwn);
  const firstScan = books.scans()[0]?.at ?? 0;
  const pooled = models.filter(({ scope, dataTo }) => scope === 'pooled' && dataTo! > firstScan);
  const answered = learnt.filter(({ version }) => answers.some((answer) => answer.version === version));
  const told = answered.filter(({ version }) => shown.has(version));
  const lacks = (list: readonly unknown[], what: string): string[] => (list.length === 0 ? [what] : []);

  const requests = books.trainingRequests();
  const done = requests.filter(({ state }) => state === 'done');
  const scopes = new Set(books.models().map(({ scope }) => scope));
  const early = answers.flatMap(earlyIn(books));
  return [
    {
      rule: 'labels led to a feedback model, and the time since the start to a pooled one',
      looked: models.length,
      wrong: [
        ...lacks(learnt, `none of ${feedback.length} feedback models was made of the run's own labels`),
        ...lacks(pooled, 'no pooled model was made of candles of the run'),
      ],
      note: [...learnt, ...pooled].map(modelText).join(', '),
    },
    {
      rule: 'a request that is done left a model of its token',
      looked: done.length,
      wrong: [
        ...lacks(done, `none of ${requests.length} training requests was worked off`),
        ...done.filter(({ market }) => !scopes.has(market)).map(({ market }) => `there is no model of ${market}`),
      ],
      note: `${requests.length} requests`,
    },
    {
      rule: 'later candidates were answered by it, and why shows it',
      looked: answers.length,
      wrong: [
        ...lacks(answered, 'no candidate was answered by a feedback model made of labels'),
        ...lacks(told, 'why never showed an answer of such a model'),
      ],
      note: told.map(({ version }) => `${shown.get(version)} by ${version}`).join(', '),
    },
    {
      rule: 'no scan used a model before it was trained',
      looked: answers.length,
      wrong: early,
    },
  ];
}

const modelText = ({ scope, version, state, reason, trainRows }: ModelBook): string =>
  `${scope} ${version} of ${trainRows} rows (${state}, ${reason})`;

/** Whether a feedback model was made of these candidates and nothing else: the same first, last and number of rows. */
function ownRows(candidates: readonly CandidateBook[]): (model: ModelBook) => boolean {
  const labelled = candidates.filter(({ labelState, features }) => labelState === 'labelled' && features !== null);
  const times = new Set(labelled.map(({ at }) => at));
  // one an hour and token
  const rowsUntil = (isBefore: (at: number) => boolean): number =>
    new Set(labelled.filter(({ at }) => isBefore(at)).map(({ market, at }) => `${market} ${Math.floor(at / HOUR_MS)}`))
      .size;
  return ({ dataFrom, dataTo, trainRows }) =>
    dataFrom !== null &&
    dataTo !== null &&
    trainRows !== null &&
    times.has(dataFrom) &&
    times.has(dataTo) &&
    // of the last scan, not all need have had their label
    trainRows >= rowsUntil((at) => at < dataTo) &&
    trainRows <= rowsUntil((at) => at <= dataTo);
}

/** What is wrong with the time of an answer. */
function earlyIn(books: Books): (answer: Answer) => string[] {
  const keyOf = (scope: string, version: string): string => `${scope} ${version}`;
  const models = new Map(books.models().map((model) => [keyOf(model.scope, model.version), model]));
  const scans = books.scans();
  const endBy = new Map(scans.map(({ id }, i) => [id, scans[i + 1]?.at ?? Number.POSITIVE_INFINITY]));
  return ({ candidate, model, version }) => {
    // a scan may wait until a token has its own model; those of all tokens were there before it began
    const [scope, until] = model === 'token' ? [candidate.market, endBy.get(candidate.scanId)!] : [model, candidate.at];
    const entry = models.get(keyOf(scope, version));
    const what = `candidate ${candidate.id} of ${candidate.market} was answered by ${model} ${version}`;
    return [
      ...(trainedAtOf(version) <= until ? [] : [`${what}, which came later`]),
      // of models that were replaced long ago, only the version is left
      ...(entry === undefined || entry.trainedAt === trainedAtOf(version) ? [] : [`${what}, trained at another time`]),
      ...(entry?.dataTo == null || entry.dataTo + HORIZON_MS <= until ? [] : [`${what}, which knew what came after`]),
    ];
  };
}
