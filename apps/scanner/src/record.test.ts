import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal, type GateRequest, type GateVerdict } from '@mexc-bot/core';
import { LAST_SCAN, whyOf } from '@mexc-bot/execution';
import { FEATURE_SET } from '@mexc-bot/models';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aMarket, anOpenPosition } from '../../../test/support/builders.ts';
import { aScannerOf } from '../../../test/support/scan-rig.ts';
import { replayScan, replayText } from './replay.ts';
import { whyText } from './why-text.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'record-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});
const aScanner = (options: Parameters<typeof aScannerOf>[2] = {}) => aScannerOf(store, folder, options);
const why = (token: string) => whyOf(store, token, 'USDT', () => null);

describe('a candidate', () => {
  it('has every stage with value, threshold and verdict, from the universe to the order', async () => {
    const { scan, list } = aScanner();
    list('PEPEUSDT', 0.03);
    await scan();
    const candidate = store.candidates.latest('PEPEUSDT')!;
    const stages = candidate.stages!;
    expect([...new Set(stages.map(({ stage }) => stage))]).toEqual([
      ...['universe', 'hype', 'sentiment', 'strategy', 'ai', 'protections', 'order'],
    ]);
    expect(stages).toContainEqual({
      stage: 'hype',
      check: 'change_24h',
      value: 0.1,
      is: '>=',
      threshold: 0.02,
      verdict: 'pass',
    });
    expect(stages).toContainEqual({
      stage: 'strategy',
      check: 'revival.volume_ratio',
      value: 1,
      is: '>=',
      threshold: 5,
      verdict: 'fail',
    });
    expect(stages.at(-1)).toMatchObject({ stage: 'order', check: 'filled', verdict: 'pass' });
    expect(candidate).toMatchObject({ candleAt: 92 * 300_000, regime: 'neutral', reason: 'bought' });
  });

  it('has the exact feature vector its models are asked with, and so has one without a pattern', async () => {
    const asked: GateRequest[] = [];
    const gate = (request: GateRequest): GateVerdict => {
      asked.push(request);
      return { pass: true, confidence: 0.96, reason: 'model_yes', answers: [] };
    };
    const { scan, list } = aScanner({ gate });
    list('PEPEUSDT', 0.03);
    list('FLATUSDT', 0);
    await scan();
    const [pepe, flat] = ['PEPEUSDT', 'FLATUSDT'].map((market) => store.candidates.latest(market)!);
    expect(pepe?.featureSet).toBe(FEATURE_SET.hash);
    expect(pepe?.features).toHaveLength(FEATURE_SET.names.length);
    expect(asked.map(({ market, features }) => [market, features])).toEqual([['PEPEUSDT', pepe?.features]]);
    const value = (name: string) => pepe?.features?.[FEATURE_SET.names.indexOf(name)];
    expect(value('rank')).toBeCloseTo(Math.log(2), 12);
    expect(value('change_24h')).toBe(0.1);
    expect(flat?.features).toHaveLength(FEATURE_SET.names.length);
    expect(store.positions.open('test')[0]?.confidence).toBe(0.96);
  });

  it('keeps what each model answered, and why it did not pass', async () => {
    const answer = { detail: null, version: 'v7', yes: true, probability: 0.12, minConfidence: 0.8 } as const;
    const gate = (): GateVerdict => ({
      pass: false,
      confidence: 0.6,
      reason: 'model_no',
      answers: [
        { ...answer, model: 'feedback', state: 'proven', confidence: 0.9, expectedValue: 0.01 },
        { ...answer, model: 'token', state: 'unproven', yes: false, confidence: 0.6, expectedValue: -0.002 },
      ],
    });
    const { scan, list } = aScanner({ gate });
    list('PEPEUSDT', 0.03);
    expect((await scan()).scan.funnel).toEqual({ model_no: 1 });
    const text = whyText(why('PEPE'));
    expect(text).toContain('✓ feedback.confidence 0.9 >= 0.8');
    expect(text).toContain('✗ token.model unproven, v7');
    expect(text).toContain('✗ token.expected_value -0.20 % > 0.00 %');
    expect(text).toContain('✗ gate model_no');
  });

  it('whose candles cannot be read is named, and the others go on', async () => {
    const { scan, list, market, clock } = aScanner();
    list('PEPEUSDT', 0.03);
    market.failing.add('candles');
    const first = (await scan()).scan;
    expect([first.funnel, first.covered]).toEqual([{ candles_unavailable: 1 }, 0]);
    market.failing.clear();
    await clock.advance(1);
    const second = (await scan()).scan;
    expect([second.funnel, second.covered]).toEqual([{ bought: 1 }, 1]);
  });

  it('with the same answer on the same candle is written once, and again where the first could not be written', async () => {
    const rows = () => store.candidates.page({ after: 0, limit: 99 }).map(({ reason }) => reason);
    let full = true;
    const record: Store['scans']['record'] = (...row) => {
      if (full) throw new Error('database or disk is full');
      return store.scans.record(...row);
    };
    const { scan, list, clock, market } = aScannerOf({ ...store, scans: { ...store.scans, record } }, folder);
    list('FLATUSDT', 0);
    await expect(scan()).rejects.toThrow('disk is full');
    expect(rows()).toEqual([]);
    full = false;
    await scan();
    await scan();
    expect(rows()).toEqual(['no_pattern']);
    const candles = market.candles.get('FLATUSDT')!;
    market.candles.set('FLATUSDT', [...candles, { ...candles.at(-1)!, openTime: candles.at(-1)!.openTime + 300_000 }]);
    await clock.advance(300_000);
    await scan();
    expect(rows()).toEqual(['no_pattern', 'no_pattern']);
  });

  it('of another mode is another one', async () => {
    const { scan, list } = aScanner();
    list('FLATUSDT', 0);
    await scan();
    store.state.setMode('live', 0);
    await scan();
    expect(store.candidates.latest('FLATUSDT', 'live')).toMatchObject({ reason: 'no_pattern', mode: 'live' });
  });

  it('is not bought on a pattern that is old', async () => {
    const { scan, list, clock } = aScanner();
    list('PEPEUSDT', 0.03);
    await clock.advance(1_200_000);
    expect((await scan()).scan.funnel).toEqual({ candles_stale: 1 });
  });
});

it('candles come from the store, and what is missing is asked for once and stored', async () => {
  const { scan, list, reads, clock, market } = aScanner();
  list('FLATUSDT', 0);
  await scan();
  await scan();
  expect(reads.filter((what) => what === 'candles')).toHaveLength(1);
  expect(store.candles.last('FLATUSDT', '5m', 500, clock.now()).close).toHaveLength(93);

  const restarted = aScanner();
  Object.assign(restarted.market, market);
  await restarted.scan();
  expect(restarted.reads.filter((what) => what === 'candles')).toHaveLength(1);
  expect(store.volatility.recent('FLATUSDT', 9)).toMatchObject([{ at: 93 * 300_000 }]);
});

describe('a market we hold', () => {
  it('is an alarm when it is halted, flagged or delisted, once each, and a notice when it trades again', async () => {
    store.positions.save(anOpenPosition({ market: 'PEPEUSDT' }));
    const { scan, list, market, clock } = aScanner();
    list('PEPEUSDT', 0);
    for (let i = 0; i < 8; i++) list(`T${i}USDT`, 0, 0.001);
    const others = market.markets.slice(1);
    const told = async (now: typeof market.markets) => {
      market.markets = now;
      await clock.advance(600_000);
      await scan();
      await scan();
      return store.alerts.recent(99).map(({ rank, detail }) => `${rank} ${detail.state}`);
    };
    expect(await told(market.markets)).toEqual([]);
    expect(await told([aMarket({ status: 'paused' }), ...others])).toEqual(['alarm halted']);
    expect(await told([aMarket({ riskFlagged: true }), ...others])).toHaveLength(2);
    expect(await told([aMarket(), ...others])).toHaveLength(3);
    expect(await told([aMarket(), ...others])).toHaveLength(3);
    expect(await told([aMarket({ status: 'paused' }), ...others])).toHaveLength(4);
    expect(await told(others)).toEqual([
      ...['alarm delisted', 'alarm halted', 'notice tradable', 'alarm risk_flagged', 'alarm halted'],
    ]);
    expect(store.alerts.recent(1)[0]).toMatchObject({ kind: 'held_market', market: 'PEPEUSDT', mode: 'test' });
  });

  it('is no news on a list that is not believed: that the list halved is', async () => {
    store.positions.save(anOpenPosition({ market: 'PEPEUSDT' }));
    const { scan, list, market, clock } = aScanner();
    for (const id of ['PEPEUSDT', 'AUSDT', 'BUSDT']) list(id, 0, 0.001);
    await scan();
    const whole = market.markets;
    market.markets = [aMarket({ id: 'AUSDT' })];
    await clock.advance(600_000);
    await scan();
    await scan();
    market.markets = whole;
    await scan();
    expect(store.alerts.recent(9).map(({ kind, detail }) => `${kind} ${detail.state}`)).toEqual([
      'universe_collapsed recovered',
      'universe_collapsed collapsed',
    ]);
  });
});

it('tells once that a drawdown stops all buys, and once that it is over', async () => {
  const { scan, list } = aScanner();
  list('FLATUSDT', 0);
  const mark = { equity: new Decimal(2_000), at: 0, lastEquity: new Decimal(1_000), lastAt: 0 };
  store.state.setHighWaterMark('test', mark, 0);
  await scan();
  await scan();
  store.state.setHighWaterMark('test', null, 0);
  await scan();
  expect(store.alerts.recent(9).map(({ kind, detail }) => `${kind} ${detail.code}`)).toEqual([
    'account_stop_test none',
    'account_stop_test max_drawdown',
  ]);
});

describe('replay', () => {
  async function scanned() {
    const rig = aScanner();
    for (let i = 0; i < 12; i++) rig.list(`T${i}USDT`, 0.06, 0.1 + i / 100);
    rig.list('SIMPLEUSDT', 0.03, 0.3);
    rig.list('FLATUSDT', 0, 0.02);
    await rig.scan();
    return rig;
  }

  it('comes to the same decisions, approved orders and protections that ran out included', async () => {
    await scanned();
    expect(store.scans.last()?.funnel).toEqual({ bought: 10, max_open_positions: 3, no_pattern: 1 });
    const replay = replayScan(store, LAST_SCAN);
    expect(replay).toMatchObject({ tokens: 14, same: 14, differences: [], regime: { before: 'neutral' } });
    expect(replayText(replay)).toContain('14 of 14 decisions are the same');
  });

  it('finds the scan of a time, and names what was decided otherwise on candles that changed', async () => {
    const { scan, clock, market } = await scanned();
    const first = clock.now();
    for (const [id, candles] of market.candles) {
      const last = candles.at(-1)!;
      market.candles.set(id, [...candles, { ...last, openTime: last.openTime + 300_000 }]);
    }
    await clock.advance(300_000);
    await scan();
    expect(replayScan(store, LAST_SCAN)).toMatchObject({ at: clock.now(), differences: [] });
    expect(replayScan(store, first)).toMatchObject({ at: first, differences: [] });

    store.candles.prune('5m', 80 * 300_000, 1e12);
    const { differences } = replayScan(store, first);
    expect(differences.find(({ market: id }) => id === 'FLATUSDT')).toMatchObject({
      before: { strategy: null, decision: 'no_pattern' },
      after: { strategy: null, decision: 'too_few_candles' },
      because: 'it was judged on 93 candles, and 13 of them are stored now',
    });
  });

  it('says what to do where nothing is stored of such a scan', () => {
    expect(() => replayScan(store, LAST_SCAN)).toThrow('nothing is stored that a scan was decided on');
    expect(() => replayScan(store, 0)).toThrow('at or before 1970-01-01T00:00:00.000Z');
  });
});

describe('why', () => {
  it.each(['PEPE', 'pepeusdt', 'PEPE/USDT'])('understands %s', async (token) => {
    const { scan, list } = aScanner();
    list('PEPEUSDT', 0.03);
    await scan();
    expect(why(token)).toMatchObject({ market: 'PEPEUSDT', decision: 'bought', strategy: 'simple', regime: 'neutral' });
  });

  it('answers for tokens that never came to their candles', async () => {
    const { scan, list, market } = aScanner();
    list('QUIETUSDT', 0, 0.001);
    list('RISKYUSDT', 0);
    market.markets[1] = aMarket({ id: 'RISKYUSDT', riskFlagged: true });
    market.markets.push(aMarket({ id: 'MUTEUSDT' }));
    await scan();
    expect(why('QUIET')).toMatchObject({ reason: 'change_below_floor', decision: 'rejected', lastCandidate: null });
    expect(whyText(why('QUIET'))).toContain('✗ change_24h 0.10 % >= 2.00 %');
    expect(whyText(why('RISKY'))).toContain('✗ tradable risk_flagged');
    expect(whyText(why('MUTE'))).toContain('✗ tradable no_ticker');
  });

  it('says when a token came further before', async () => {
    const { scan, list, market, clock } = aScanner();
    list('PEPEUSDT', 0);
    await scan();
    market.tickers[0] = { ...market.tickers[0]!, change: 0 };
    await clock.advance(60_000);
    await scan();
    expect(why('PEPE')).toMatchObject({ reason: 'change_below_floor', lastCandidate: { reason: 'no_pattern' } });
  });

  it('names the nearest market where there is none of that name', async () => {
    const { scan, list } = aScanner();
    list('PEPEUSDT', 0);
    await scan();
    expect(() => why('PEPPE')).toThrow(expect.objectContaining({ hint: 'Did you mean PEPE?' }));
    expect(() => why('XYZ')).toThrow('no market is called XYZ');
  });

  it('still tells the decision when its checks are forgotten', async () => {
    const { scan, list } = aScanner();
    list('PEPEUSDT', 0.03);
    await scan();
    store.candidates.forgetStages(LAST_SCAN);
    expect(whyText(why('PEPE'))).toContain('no longer kept');
  });
});
