import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal, type OpenPosition } from '@mexc-bot/core';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aMarket, anOpenPosition } from '../../../../test/support/builders.ts';
import { aCommandRig, type CommandRigOptions, NOON } from '../../../../test/support/command-rig.ts';
import { en } from '../text/en.ts';
import type { RunTool } from './command.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'commands-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const aBot = (over: CommandRigOptions = {}) => aCommandRig(store, folder, over);

describe('a token of any name', () => {
  const hold = (base: string, over: Partial<OpenPosition> = {}) => {
    const market = `${base}USDT`;
    store.markets.sync(
      [...store.markets.ids(), market].map((id) => aMarket({ id, base: id.slice(0, -4) })),
      NOON,
    );
    store.positions.save(anOpenPosition({ id: market, market, base, mode: 'test', ...over }));
  };

  it.each(['PEPE', 'GOLD(XAUT)', '币安人生', 'TEST', 'LIVE'])(
    'is sold by the button of its position: %s',
    async (base) => {
      hold(base);
      const { say, press } = aBot();
      const one = await say(`/tracked ${base}USDT`);
      const asked = await press(one);
      await press(asked);
      expect(store.requests.next()).toMatchObject({ kind: 'sell', market: `${base}USDT`, mode: 'test' });
    },
  );

  it.each(['gold(xaut)', 'GOLD(XAUT)/USDT', 'GOLD(XAUT)USDT'])('is sold by name: %s', async (word) => {
    hold('GOLD(XAUT)');
    const { say, press } = aBot();
    await press(await say(`/sell ${word}`));
    expect(store.requests.next()).toMatchObject({ market: 'GOLD(XAUT)USDT' });
  });
});

it.each(['en', 'lv'] as const)('a sale without a tracker says how long it waits (%s)', async (language) => {
  const { say } = aBot({ language, tracker: 'stopped' });
  expect((await say('/panic')).html).toMatch(/\/startbot.*10 min/);
});

describe('resume', () => {
  const stop = { code: 'daily_loss_limit', value: 30, limit: 25, until: Date.UTC(2026, 10, 23) };
  const resumed = {
    pausedSince: false,
    peakForgotten: false,
    ordersRetried: false,
    marketsBelieved: false,
    entriesStopped: null,
    stop: null,
  };
  const saying =
    (answer: object): RunTool =>
    (_app, words) =>
      Promise.resolve(
        words.includes('--json')
          ? { code: 0, stdout: JSON.stringify({ ...resumed, ...answer }), stderr: '' }
          : { code: 1, stdout: '', stderr: 'no document' },
      );

  it('says that the scanner buys again, where nothing else stops it', async () => {
    expect((await aBot({ runTool: saying({}) }).say('/resume')).html).toBe(`<b>TEST</b> ${en.resumedNow}`);
  });

  it('hands on when it was asked for, and says that a pause since then holds', async () => {
    const asked: (readonly string[])[] = [];
    const runTool: RunTool = (app, words) => {
      asked.push(words);
      return saying({ pausedSince: true })(app, words);
    };
    expect((await aBot({ runTool }).say('/resume')).html).toContain(en.pausedSince);
    expect(asked[0]).toEqual(['resume', '--asked-at', String(NOON), '--json']);
  });

  it('tells what the tool found: what is lifted, what is tried again, what stops buys all the same, and until when', async () => {
    const answer = {
      peakForgotten: true,
      ordersRetried: true,
      marketsBelieved: true,
      entriesStopped: 'key_unchecked',
      stop,
    };
    const { html } = await aBot({ runTool: saying(answer) }).say('/resume');
    expect(html).not.toContain('buys again');
    for (const part of [
      'pause is over',
      'highest equity counts',
      'tried again',
      'shorter list',
      'not checked',
      'daily loss limit',
    ])
      expect(html).toContain(part);
    expect(html).toMatch(/Nothing is bought until [^:]*23[^:]*00:00: daily loss limit/);
  });
});

describe('status', () => {
  const tell = (detail: object) =>
    store.alerts.add({
      mode: 'test',
      at: NOON,
      wallAt: NOON,
      source: 'scanner',
      rank: 'alarm',
      kind: 'account_stop_test',
      detail: { ...detail },
    });
  const mark = () => {
    const equity = new Decimal(500);
    store.state.setHighWaterMark('test', { equity, at: NOON, lastEquity: equity, lastAt: NOON }, NOON);
  };

  it('names what stops all buys for a while, until it is over or the highest equity is forgotten', async () => {
    const { say, clock } = aBot();
    mark();
    tell({ code: 'stop_loss_guard', value: 4, limit: 3, until: NOON + 3_600_000 });
    expect((await say('/status')).html).toContain('pause after stops');
    await clock.advance(3_600_001);
    expect((await say('/status')).html).not.toContain('pause after stops');
    tell({ code: 'max_drawdown', value: 0.3, limit: 0.2, until: null });
    expect((await say('/status')).html).toContain('until the equity recovers, or /resume: drawdown limit');
    store.state.setHighWaterMark('test', null, NOON);
    expect((await say('/status')).html).not.toContain('drawdown');
    mark();
    tell({ code: 'none' });
    expect((await say('/status')).html).not.toContain('Nothing is bought');
  });
});

describe('cleartestdata', () => {
  const ask = async () => {
    const bot = aBot();
    store.paper.deposit('USDT', new Decimal(500));
    store.activity.add({ mode: 'test', at: NOON, wallAt: NOON, source: 'scanner', kind: 'scan', detail: {} });
    return bot;
  };

  it('deletes nothing once something was bought since the question', async () => {
    const { say, press } = await ask();
    const asked = await say('/cleartestdata');
    store.positions.save(anOpenPosition({ mode: 'test' }));
    expect((await press(asked)).html).toContain('1 test position is open');
    expect(store.positions.open('test')).toHaveLength(1);
  });

  it('deletes it all the same where it was forced', async () => {
    const { say, press } = await ask();
    const asked = await say('/cleartestdata force');
    store.positions.save(anOpenPosition({ mode: 'test' }));
    expect((await press(asked)).html).toContain('deleted');
    expect(store.positions.open('test')).toEqual([]);
  });
});
