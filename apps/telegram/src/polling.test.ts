import fc from 'fast-check';
import { expect, it } from 'vitest';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createPolling } from './polling.ts';

interface Update {
  /** which numbering it belongs to */
  readonly row: number;
  readonly id: number;
}

/**
 * Telegram, as far as numbers go: an offset confirms what was numbered in the same row before it, and hides nothing of another row.
 * What is confirmed may be told once more.
 */
function aTelegram(batches: readonly (readonly Update[])[]) {
  let waiting: Update[] = [];
  const left = [...batches];
  const rows = new Map<number, number>();
  return {
    isDone: () => left.length === 0 && waiting.length === 0,
    dropPending: async () => undefined,
    updates: async (offset: number) => {
      const row = rows.get(offset - 1);
      const confirmed = waiting.filter((update) => update.row === row && update.id < offset);
      waiting = waiting.filter((update) => !confirmed.includes(update));
      if (waiting.length === 0) waiting = [...(left.shift() ?? [])];
      for (const { id, row: of } of waiting) rows.set(id, of);
      return [...waiting, ...confirmed].map(({ id }) => ({
        update_id: id,
        message: { text: String(id), from: { id: 7 }, chat: { id: 7 } },
      }));
    },
  };
}

/** What is heard until Telegram has nothing left, or was asked very often. */
async function heardFrom(telegram: ReturnType<typeof aTelegram>): Promise<readonly number[]> {
  const stop = new AbortController();
  const heard: number[] = [];
  let asked = 0;
  const poll = createPolling({
    bot: {
      dropPending: telegram.dropPending,
      updates: async (offset) => {
        const found = await telegram.updates(offset);
        if (telegram.isDone() || ++asked > 500) stop.abort();
        return found;
      },
    },
    clock: { wallNow: () => 0, sleepWall: async () => undefined },
    log: silentLog,
    handle: async (incoming) => void heard.push(Number(incoming.kind === 'text' && incoming.text)),
    begun: () => undefined,
  });
  await poll(stop.signal);
  return heard;
}

/** Batches in several numberings, each far from the others, as Telegram begins a new one after an idle week. */
const arbBatches = fc
  .uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 })
  .chain((starts) =>
    fc.tuple(
      ...starts.map((start, row) =>
        fc
          .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 })
          .map((sizes) =>
            sizes.map((size, batch) =>
              Array.from({ length: size }, (_, index) => ({ row, id: start * 1_000_000 + batch * 10 + index })),
            ),
          ),
      ),
    ),
  )
  .map((rows) => rows.flat());

it('every update is heard once and in order, however Telegram numbers them after an idle week', async () => {
  await fc.assert(
    fc.asyncProperty(arbBatches, async (batches) => {
      expect(await heardFrom(aTelegram(batches))).toEqual(batches.flat().map(({ id }) => id));
    }),
  );
});

it('an answer that never changes, or makes no sense, is asked for again after a pause, not at once', async () => {
  for (const answer of [[{ update_id: 117 }], [{ nothing: 'known' }]]) {
    const stop = new AbortController();
    let [asked, pauses] = [0, 0];
    await createPolling({
      bot: {
        dropPending: async () => undefined,
        updates: async () => (++asked > 40 ? Promise.reject(stop.abort()) : answer),
      },
      clock: { wallNow: () => 0, sleepWall: async () => void pauses++ },
      log: silentLog,
      handle: async () => undefined,
      begun: () => undefined,
    })(stop.signal);
    expect(pauses).toBeGreaterThanOrEqual(39);
  }
});
