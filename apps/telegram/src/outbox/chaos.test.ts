import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock, loadSettings } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFakeMessenger, type Fate, type ShownMessage } from '../../../../test/support/fake-messenger.ts';
import { silentLog } from '../../../../test/support/silent-log.ts';
import { createCards } from '../cards/cards.ts';
import { createOutbox } from './deliver.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const CHATS = [42, -7];
const ALERTS = 1_000;

/** Mulberry32: the same run for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A store whose process may end before or after each write; a write is whole or not at all. */
function mortal(real: Store, step: () => void): Store {
  let depth = 0;
  const guarded = <T>(run: () => T): T => {
    if (depth > 0) return run();
    step();
    depth += 1;
    let result: T;
    try {
      result = run();
    } finally {
      depth -= 1;
    }
    step();
    return result;
  };
  const { outbox } = real;
  return {
    ...real,
    write: (change) => guarded(() => real.write(change)),
    outbox: {
      ...outbox,
      trying: (...args) => guarded(() => outbox.trying(...args)),
      settle: (...args) => guarded(() => outbox.settle(...args)),
      sent: (...args) => guarded(() => outbox.sent(...args)),
      pause: (...args) => guarded(() => outbox.pause(...args)),
    },
  };
}

class Crashed extends Error {}
const NEVER = new Promise<never>(() => undefined);

it.each([
  { seed: 1, losesAnswers: false },
  { seed: 2, losesAnswers: true },
])(
  'a thousand alerts arrive, in order per trade, none lost, one repeat a crash at most: $seed, answers lost: $losesAnswers',
  async ({ seed, losesAnswers }) => {
    const random = randomFrom(seed);
    const clock = createManualClock(0);
    const outages = Array.from({ length: 8 }, () => Math.floor(random() * 2_000_000)).map((from) => ({
      from,
      until: from + 60_000,
    }));
    let lostAnswers = 0;
    const fate = (): Fate => {
      if (outages.some(({ from, until }) => clock.wallNow() >= from && clock.wallNow() < until))
        return { code: 'unreachable', message: 'outage' };
      const dice = random();
      if (dice < 0.1) return { code: 'rate_limited', retryAfterMs: Math.floor(random() * 20_000) };
      if (dice < (losesAnswers ? 0.26 : 0.3)) return { code: 'unreachable', message: 'reset' };
      if (dice < 0.3 && losesAnswers) {
        lostAnswers += 1;
        return 'answer_lost';
      }
      return 'arrives';
    };

    let crashes = 0;
    let life = { alive: true, stop: new AbortController() };
    const mayCrash = (): void => {
      if (!life.alive || random() > 0.01) return;
      crashes += 1;
      life.alive = false;
      life.stop.abort();
    };
    const fake = createFakeMessenger({
      now: clock.wallNow,
      fate,
      pass: async () => {
        mayCrash();
        if (!life.alive) await NEVER;
        await clock.sleepWall(Math.floor(random() * 400), life.stop.signal);
        mayCrash();
        if (!life.alive) await NEVER;
      },
    });

    /** What runs from one start of the process to its end. */
    const live = (): void => {
      const mine = { alive: true, stop: new AbortController() };
      life = mine;
      const lives = mortal(store, () => {
        mayCrash();
        if (!mine.alive) throw new Crashed();
      });
      const outbox = createOutbox({
        store: lives,
        messenger: fake.messenger,
        clock,
        log: silentLog,
        chats: () => CHATS,
        loudness: loadSettings({}, { root: folder }).telegram.loudness,
        quiet: () => null,
        present: (alerts) => alerts.map(({ id }) => `#${id}`).join(' '),
        lateness: () => '',
        unguarded: () => '',
        cards: createCards({ store: lives, clock, wanted: false, render: () => '' }),
      });
      void outbox.run(mine.stop.signal);
    };
    for (const chat of CHATS) store.outbox.chat(chat);
    live();

    const kinds = ['money', 'alarm', 'notice'] as const;
    let written = 0;
    const tradeOf = new Map<number, string>();
    while (written < ALERTS || CHATS.some((chat) => store.outbox.pending(chat).length > 0)) {
      expect(clock.wallNow()).toBeLessThan(4 * 3_600_000);
      for (let burst = random() < 0.02 ? 20 : random() < 0.6 ? 1 : 0; burst > 0 && written < ALERTS; burst--) {
        written += 1;
        const positionId = `p${Math.floor(random() * 40)}`;
        tradeOf.set(written, positionId);
        store.alerts.add({
          mode: 'test',
          at: clock.now(),
          wallAt: clock.wallNow(),
          source: 'tracker',
          rank: kinds[Math.floor(random() * 3)]!,
          kind: 'level_hit',
          positionId,
          detail: {},
        });
      }
      await clock.advance(1_000);
      if (!life.alive) live();
    }
    life.stop.abort();

    expect(crashes).toBeGreaterThan(10);
    let repeats = 0;
    for (const chat of CHATS)
      repeats += judge(
        fake.shown.filter((row) => row.chat === chat),
        tradeOf,
      );
    // nothing but the end of the process, or an answer that never came, makes one message two
    expect(repeats).toBeLessThanOrEqual(crashes + lostAnswers);
  },
  60_000,
);

/** @returns messages that told nothing new */
function judge(messages: readonly ShownMessage[], tradeOf: ReadonlyMap<number, string>): number {
  const seen = new Set<number>();
  const newest = new Map<string, number>();
  let repeats = 0;
  for (const { html } of messages) {
    const ids = [...html.matchAll(/#(\d+)/g)].map(([, id]) => Number(id));
    const news = ids.filter((id) => !seen.has(id));
    if (news.length === 0 || news.length < ids.length) repeats += 1;
    for (const id of news) {
      seen.add(id);
      const trade = tradeOf.get(id)!;
      expect(id).toBeGreaterThan(newest.get(trade) ?? 0);
      newest.set(trade, id);
    }
  }
  expect(seen.size).toBe(ALERTS);
  return repeats;
}
