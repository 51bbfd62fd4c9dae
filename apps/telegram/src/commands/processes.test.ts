import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessStartError } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anOpenPosition } from '../../../../test/support/builders.ts';
import { aCommandRig, aProcess, type CommandRigOptions } from '../../../../test/support/command-rig.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'processes-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const aBot = (over: CommandRigOptions = {}) => aCommandRig(store, folder, over);
const hold = (...modes: readonly ('live' | 'test')[]) => {
  for (const [index, mode] of modes.entries())
    store.positions.save(anOpenPosition({ id: `p${index}`, market: `P${index}USDT`, mode }));
};

describe('pause', () => {
  it.each([
    ['en', 'online', '1 LIVE, 2 TEST positions are guarded on'],
    ['en', 'stopped', 'nothing guards them: the tracker does not run. /startbot'],
    ['lv', 'online', 'Tiek sargātas pozīcijas: 1 LIVE, 2 TEST.'],
    ['lv', 'waiting restart', 'tās neviens nesargā: trekeris nedarbojas. /startbot'],
  ] as const)('says in %s whether the positions of each mode are guarded: tracker %s', async (...given) => {
    const [language, tracker, words] = given;
    hold('live', 'test', 'test');
    expect((await aBot({ language, tracker }).say('/pause')).html).toContain(words);
  });

  it('holds also where PM2 does not answer, and claims nothing of the tracker then', async () => {
    hold('test');
    const pm2 = { list: () => Promise.reject(new Error('no daemon')) };
    const { html } = await aBot({ pm2 }).say('/pause');
    expect(store.state.paused()).toBe(true);
    expect(html).toContain('whether the tracker guards them is not known');
    expect((await aBot({ tracker: 'stopped' }).say('/pause')).html).toContain('1 TEST position is open');
  });
});

it('status counts the positions of each mode', async () => {
  hold('live', 'test', 'test');
  expect((await aBot().say('/status')).html).toContain('1 LIVE, 2 TEST open');
  expect((await aBot({ language: 'lv' }).say('/status')).html).toContain('Atvērts: 1 LIVE, 2 TEST');
});

it.each([
  ['en', 'Still on: collector, labeler and this bot'],
  ['lv', 'Vēl darbojas: collector, labeler un šis bots'],
] as const)('stopbot names what is still on (%s)', async (language, words) => {
  const rows = [
    aProcess({ status: 'stopped' }),
    aProcess({ name: 'telegram' }),
    aProcess({ name: 'collector' }),
    aProcess({ name: 'labeler', status: 'waiting restart' }),
    aProcess({ name: 'trainer', status: 'errored' }),
  ];
  const { say } = aBot({ language, processes: () => rows, pm2: { stop: () => Promise.resolve() } });
  expect((await say('/stopbot')).html).toContain(words);
});

it.each(['waiting restart', 'launching', 'errored'] as const)('stopall stops what is %s, too', async (status) => {
  const stopped: string[] = [];
  const { say, press } = aBot({
    processes: () => [aProcess({ name: 'scanner', status }), aProcess({ name: 'telegram' })],
    pm2: {
      stop: async (names) => {
        stopped.push(...names);
      },
    },
  });
  const asked = await say('/stopall');
  expect(asked.html).toContain('This stops scanner.');
  await press(asked);
  expect(stopped).toEqual(['scanner']);
});

describe('training', () => {
  /** PM2 as far as the trainer goes: a start takes a while, and what starts is not started again. */
  function aTrainer() {
    let status: 'stopped' | 'launching' = 'stopped';
    const begun: string[] = [];
    const rig = aBot({
      processes: () => [aProcess({ name: 'trainer', status, uptimeMs: 60_000 })],
      pm2: {
        start: async (_names, env) => {
          if (status === 'launching') return [];
          status = 'launching';
          begun.push(env?.TRAINER_ARGS ?? '');
          return ['trainer'];
        },
        stop: async () => {
          status = 'stopped';
        },
      },
    });
    return { ...rig, begun, status: () => status };
  }

  it('asked for twice begins once, and the second answer says so', async () => {
    const { say, shown, begun } = aTrainer();
    await Promise.all([say('/starttrain all'), say('/starttrain pending')]);
    expect(begun).toEqual(['all']);
    expect(shown.map(({ html }) => html)).toEqual([
      expect.stringContaining('Training: all'),
      expect.stringContaining('A training has run for 60 s'),
    ]);
  });

  it('that did not start is not told as one that runs', async () => {
    const failed = new ProcessStartError([{ row: null, name: 'trainer', output: 'no candles' }]);
    const { say } = aBot({ pm2: { start: () => Promise.reject(failed) } });
    const { html } = await say('/starttrain');
    expect(html).toContain('no candles');
    expect(html).not.toContain('Training:');
  });

  it('is stopped while it still launches', async () => {
    const { say, status } = aTrainer();
    await say('/starttrain');
    await say('/stoptrain');
    expect(status()).toBe('stopped');
    expect((await say('/stoptrain')).html).toContain('No training runs');
  });
});
