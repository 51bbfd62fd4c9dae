import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CandleColumns, DAY_MS, DEFAULT_EXIT_TABLE, type GateRequest, HOUR_MS, toCandles } from '@mexc-bot/core';
import { createMlp, createModelFiles, createPriorFiles, FEATURE_SET, featureRow } from '@mexc-bot/models';
import { createManualClock, loadSettings, type Settings } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLabelDue, labelRule } from '../../apps/labeler/src/label-due.ts';
import { wireGate } from '../../apps/scanner/src/gate/wire-gate.ts';
import { localPool } from '../../apps/trainer/src/pool.ts';
import { type RunMode, runMode } from '../../apps/trainer/src/run-mode.ts';
import { aCandidate, aScanRow } from '../support/builders.ts';
import { createFakeMarketData } from '../support/fake-market-data.ts';
import { MADE_FROM, madeWalk, withEdge } from '../support/made-market.ts';
import { aScannerOf } from '../support/scan-rig.ts';
import { silentLog } from '../support/silent-log.ts';

const STEP_MS = 300_000;
const LENGTH = 6_000;
const END = MADE_FROM + LENGTH * STEP_MS;

let root: string;
let store: Store;
let settings: Settings;
const closing: (() => Promise<void>)[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'learning-'));
  store = openStore(join(root, 'bot.db'));
  const loaded = loadSettings({}, { root });
  const ai = { ...loaded.ai, folder: join(root, 'models') };
  settings = { ...loaded, ai, hype: { ...loaded.hype, minChange24h: -0.9, minQuoteVolume: 1_000 } };
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  store.close();
  rmSync(root, { recursive: true });
});

const put = (market: string, candles: CandleColumns): void => {
  const range = { from: candles.openTime[0]!, until: candles.openTime.at(-1)! + STEP_MS };
  store.candles.put(market, '5m', { range, candles, looks: 1 });
};
const train = (mode: RunMode) => runMode(mode, {}, { settings, store, log: silentLog, wallNow: END, pool: localPool });
const aClock = (now = END) => createManualClock(now);

function gateOf(over: Partial<Settings['ai']> = {}, clock = aClock()) {
  const { gate, close } = wireGate({
    settings: { ...settings, ai: { ...settings.ai, ...over } },
    store,
    clock,
    log: silentLog,
  } as never);
  closing.push(close);
  return gate;
}
const aRequest = (over: Partial<GateRequest> = {}): GateRequest => ({
  mode: 'live',
  market: 'T1USDT',
  strategy: 'simple',
  price: 1,
  atrFraction: 0.02,
  spread: 0.001,
  features: featureRow(madeWalk(500, 5)),
  featureSet: FEATURE_SET.hash,
  regime: 'neutral',
  minConfidence: 0,
  asOf: END,
  ...over,
});
const nanWeights = (path: string): Buffer =>
  Buffer.from(new Float64Array(statSync(join(path, 'weights.bin')).size / 8).fill(Number.NaN).buffer);
const alerts = () => store.alerts.recent(50).filter(({ kind }) => kind === 'model_unusable');

/** Feedback and pooled model of markets with a planted edge. */
async function trained(tokens = 6): Promise<void> {
  for (let i = 1; i <= tokens; i++) put(`T${i}USDT`, withEdge(LENGTH, i));
  await train({ what: 'bootstrap' });
  await train({ what: 'pending' });
}

describe('the AI gate', () => {
  it('without any model follows the policy of the mode, and says so', async () => {
    const live = await gateOf()(aRequest());
    expect(live).toMatchObject({
      pass: false,
      reason: 'model_missing',
      answers: [{ model: 'feedback', state: 'missing', detail: 'not_trained' }],
    });
    const test = await gateOf()(aRequest({ mode: 'test' }));
    expect(test).toMatchObject({ pass: true, confidence: 0.8, reason: 'model_missing' });
    expect(test.answers.map(({ model, state }) => `${model} ${state}`)).toEqual(['feedback missing', 'token missing']);
    expect(alerts()).toEqual([]);
  });

  it('asks the feedback model, then makes the token’s own and asks it, with every figure in the answer', async () => {
    await trained();
    const verdict = await gateOf(
      { trainTimeoutMs: 60_000 },
      { ...aClock(), sleepWall: () => new Promise(() => undefined) },
    )(aRequest({ mode: 'test' }));
    expect(verdict.answers).toHaveLength(2);
    for (const answer of verdict.answers) {
      expect(answer.state).toMatch(/^(un)?proven$/);
      expect(answer.version).not.toBeNull();
      expect(answer.probability).toBeGreaterThan(0);
      expect(answer.confidence).toBeGreaterThanOrEqual(0);
      expect(answer.minConfidence).toBe(0.8);
      expect(answer.expectedValue).toEqual(expect.any(Number));
      expect(answer.yes).toBe(answer.confidence! >= 0.8 && answer.expectedValue! > 0);
    }
    expect(store.models.champion('T1USDT')?.reason).toMatch(/^trained_on_demand|^prior_alone/);
    expect(existsSync(join(root, 'models', 'T1USDT', 'model.json'))).toBe(true);
  }, 30_000);

  it('does not wait for a training that takes too long; a later scan finds the model', async () => {
    await trained();
    const gate = gateOf({ trainTimeoutMs: 0 }, { ...aClock(), sleepWall: async () => undefined });
    const verdict = await gate(aRequest({ mode: 'test' }));
    expect(verdict.answers[1]).toMatchObject({ model: 'token', state: 'missing', detail: 'not_trained: training' });
    await expect.poll(() => store.models.champion('T1USDT')?.scope, { timeout: 20_000 }).toBe('T1USDT');
    expect((await gate(aRequest({ mode: 'test' }))).answers[1]).toMatchObject({
      model: 'token',
      version: expect.any(String),
    });
  }, 30_000);

  it('makes a token’s own model as soon as what it corrects is of the pooled model in use', async () => {
    await trained();
    const [pooled, priors] = [
      await createModelFiles(settings.ai.folder).read('pooled'),
      createPriorFiles(settings.ai.folder),
    ];
    const prior = pooled.ok ? await priors.read(pooled.value.version) : pooled;
    if (!prior.ok) throw prior.error;
    await priors.write({ ...prior.value, version: 'the next' });
    const gate = gateOf({ trainTimeoutMs: 60_000 }, { ...aClock(), sleepWall: () => new Promise(() => undefined) });
    const early = await gate(aRequest({ mode: 'test' }));
    expect(early.answers[1]).toMatchObject({ state: 'missing', detail: expect.stringMatching(/another pooled model/) });
    await priors.rollBack();
    expect((await gate(aRequest({ mode: 'test' }))).answers[1]).toMatchObject({ version: expect.any(String) });
  }, 30_000);

  it('calls an expired model stale, with one alert', async () => {
    await trained();
    const gate = gateOf();
    for (let scan = 0; scan < 3; scan++) {
      expect(await gate(aRequest({ asOf: END + 31 * DAY_MS }))).toMatchObject({
        pass: false,
        reason: 'model_stale',
        answers: [{ model: 'feedback', state: 'stale', detail: 'expired', yes: false }],
      });
    }
    expect(alerts().map(({ detail }) => detail)).toMatchObject([{ scope: 'feedback', code: 'EXPIRED' }]);
  });

  it('calls a model of other features stale, with one alert; features of another set are no question', async () => {
    await trained();
    const files = createModelFiles(settings.ai.folder);
    const read = await files.read('feedback');
    if (!read.ok) throw read.error;
    await files.write({ ...read.value, features: { ...read.value.features, hash: 'of an older version' } });
    const gate = gateOf();
    for (let scan = 0; scan < 3; scan++) {
      expect(await gate(aRequest())).toMatchObject({
        pass: false,
        reason: 'model_stale',
        answers: [{ state: 'stale', detail: 'other_features', yes: false }],
      });
    }
    expect(alerts().map(({ detail }) => detail)).toMatchObject([{ scope: 'feedback', code: 'OTHER_FEATURES' }]);
    await files.write(read.value);
    expect(await gate(aRequest({ featureSet: 'another hash' }))).toMatchObject({
      pass: false,
      reason: 'model_missing',
      answers: [{ state: 'missing', detail: 'no_features' }],
    });
  });

  it('makes a token’s own model anew where it is stale, without an alert', async () => {
    await trained();
    const gateAt = (now: number) =>
      gateOf({ trainTimeoutMs: 60_000 }, { ...aClock(now), sleepWall: () => new Promise<void>(() => undefined) });
    await gateAt(END)(aRequest({ mode: 'test' }));
    const files = createModelFiles(settings.ai.folder);
    const own = await files.read('T1USDT');
    if (!own.ok) throw own.error;
    await files.write({ ...own.value, features: { ...own.value.features, hash: 'of an older version' } });
    const { answers } = await gateAt(END + 1)(aRequest({ mode: 'test' }));
    expect(answers[1]).toMatchObject({ model: 'token', version: expect.any(String) });
    expect(answers[1]!.state).toMatch(/^(un)?proven$/);
    expect(alerts()).toEqual([]);
  }, 30_000);

  it('in a dry run says the same, and writes no alert', async () => {
    await trained();
    truncateSync(join(root, 'models', 'feedback', 'weights.bin'), 20);
    const { gate, close } = wireGate({ settings, store, clock: aClock(), log: silentLog } as never, { dry: true });
    closing.push(close);
    expect(await gate(aRequest())).toMatchObject({ pass: false, reason: 'model_missing' });
    expect(alerts()).toEqual([]);
  });

  it.each([
    ['truncated', (path: string) => truncateSync(join(path, 'weights.bin'), 20), 'DAMAGED'],
    ['full of NaN', (path: string) => writeFileSync(join(path, 'weights.bin'), nanWeights(path)), 'DAMAGED'],
    ['gone in part', (path: string) => rmSync(join(path, 'scaler.json')), 'DAMAGED'],
    ['foreign', (path: string) => writeFileSync(join(path, 'model.json'), '{"format":"layers-model"}'), 'FOREIGN'],
    ['no JSON', (path: string) => writeFileSync(join(path, 'model.json'), 'NaN'), 'DAMAGED'],
  ])('says missing, with one alert, where a model is %s', async (_, spoil, code) => {
    await trained();
    spoil(join(root, 'models', 'feedback'));
    const gate = gateOf();
    for (let scan = 0; scan < 3; scan++) {
      const verdict = await gate(aRequest());
      expect(verdict).toMatchObject({
        pass: false,
        reason: 'model_missing',
        answers: [{ state: 'missing', yes: false }],
      });
    }
    expect(alerts()).toHaveLength(1);
    expect(alerts()[0]!.detail).toMatchObject({ scope: 'feedback', code });
  });

  it('never says yes on features that are not numbers', async () => {
    await trained();
    const nothing = new Float64Array(FEATURE_SET.names.length).fill(Number.NaN);
    const verdict = await gateOf()(aRequest({ features: nothing }));
    for (const { confidence } of verdict.answers) expect(confidence === null || Number.isFinite(confidence)).toBe(true);
    expect((await gateOf()(aRequest({ features: null }))).pass).toBe(false);
  });

  it('reads a model again after it was replaced, rolled back or removed', async () => {
    await trained();
    const gate = gateOf();
    const version = async () => (await gate(aRequest())).answers[0]!.version;
    const first = await version();
    expect(first).toBe(store.models.champion('feedback')!.version);
    rmSync(join(root, 'models', 'feedback'), { recursive: true });
    expect((await gate(aRequest())).answers[0]).toMatchObject({ state: 'missing', version: null });
  });
});

describe('the circle', () => {
  it('goes round by itself: candidates, labels after six hours, a training request, a new model, asked by the next scan', async () => {
    const markets = ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT', 'EUSDT', 'FUSDT'];
    const candles = new Map(markets.map((market, i) => [market, withEdge(LENGTH, i + 1)]));
    for (const [market, columns] of candles) put(market, columns);
    // what scans saw, once an hour
    for (let index = 500; index < LENGTH - 80; index += 12) {
      const rows = markets.map((market) => {
        const all = candles.get(market)!;
        const upTo = Object.fromEntries(
          Object.entries(all).map(([name, column]) => [name, column.slice(index - 420, index + 1)]),
        );
        const features = featureRow(upTo as unknown as CandleColumns);
        return aCandidate({ market, price: all.close[index]!, features, featureSet: FEATURE_SET.hash });
      });
      store.scans.record(aScanRow({ at: MADE_FROM + (index + 1) * STEP_MS }), rows);
    }
    // six hours later
    const { marketData } = createFakeMarketData();
    const round = await createLabelDue({
      store,
      marketData,
      clock: { now: () => END },
      log: silentLog,
      rule: labelRule(DEFAULT_EXIT_TABLE),
    })();
    expect(round.labelled).toBeGreaterThan(2_000);
    const wanted = store.trainingRequests.list('pending').map(({ market }) => market);
    expect(wanted.length).toBeGreaterThan(0);

    const run = await train({ what: 'pending' });
    expect(run.results.map(({ scope, replaces }) => ({ scope, replaces }))).toEqual([
      { scope: 'feedback', replaces: true },
      { scope: 'pooled', replaces: true },
    ]);
    expect(run.results[0]!.card).toMatchObject({ state: 'judged', proven: true });
    expect(run.requests).toBe(wanted.length);
    expect(store.trainingRequests.list('pending')).toEqual([]);

    // the next scan of a market asks it, and writes down what it said
    const gate = gateOf({}, aClock(END + HOUR_MS));
    const rig = aScannerOf(store, root, { gate: (request) => gate({ ...request, asOf: END + HOUR_MS }) });
    rig.list('AUSDT', 0.03);
    rig.market.candles.set('AUSDT', toCandles(madeWalk(3, 1)).slice(0, 0));
    rig.list('RISEUSDT', 0.03);
    await rig.scan();
    const seen = store.candidates.latest('RISEUSDT')!;
    const version = store.models.champion('feedback')!.version;
    const stage = seen.stages?.find(({ check }) => check === 'feedback.model');
    expect(stage).toMatchObject({ stage: 'ai', value: expect.stringContaining(version) });
    expect(seen.stages?.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['feedback.probability', 'feedback.confidence', 'feedback.expected_value']),
    );
  }, 60_000);
});

/** Ends with 7 as soon as anything asks for TensorFlow.js, then asks the gate. */
const ASKING = `
import { registerHooks } from 'node:module';
registerHooks({ resolve(name, context, next) { if (/^@tensorflow/.test(name)) process.exit(7); return next(name, context); } });
const { wireGate } = await import(process.argv[1]);
const { store, settings, request } = JSON.parse(process.argv[2]);
const { openStore } = await import('@mexc-bot/store');
const { gate } = wireGate({ settings, store: openStore(store), log: console, clock: { now: () => 0, wallNow: () => 0, sleepWall: async () => {} } });
const { answers } = await gate({ ...request, features: Float64Array.from(request.features) });
console.log(JSON.stringify(answers[0]));
`;

it('the scanner asks a network without loading TensorFlow.js', async () => {
  const rows = { x: new Float32Array(10 * FEATURE_SET.names.length), width: FEATURE_SET.names.length, count: 10 };
  const flat = { slope: 1, offset: 0 };
  const card = { state: 'judged', trainedAt: END, features: FEATURE_SET.hash, proven: false, doubts: [] };
  await createModelFiles(settings.ai.folder).write({
    scope: 'feedback',
    version: 'network',
    // of one class there is nothing to learn: networks of the right shape, made without TensorFlow.js
    content: { kind: 'mlp', params: await createMlp().fit(rows, new Uint8Array(10), { seed: 1 }) },
    features: { hash: FEATURE_SET.hash, names: FEATURE_SET.names },
    reading: {
      calibration: flat,
      outcomes: { target: flat, stopOtherwise: flat, neitherReturn: 0 },
      confidence: Float64Array.of(0.01, 0.5),
    },
    card: { card, moves: { target: 0.05, stop: 0.05 } },
  });
  const request = { ...aRequest(), features: Array.from(aRequest().features!) };
  const given = JSON.stringify({ store: join(root, 'bot.db'), settings, request });
  const gatePath = new URL('../../apps/scanner/dist/gate/wire-gate.js', import.meta.url).href;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', ASKING, gatePath, given], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  expect(child.stderr).toBe('');
  expect(child.status).toBe(0);
  expect(JSON.parse(child.stdout)).toMatchObject({
    model: 'feedback',
    version: 'network',
    probability: expect.any(Number),
  });
});
