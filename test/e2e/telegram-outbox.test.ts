import { expect, it } from 'vitest';
import { runOutboxTrial } from '../support/outbox-trial.ts';

/** The whole size is a bench: `npm run bench telegram-outbox`. */
it('whatever fails, the bot tells every alert, in order per trade, and repeats one message a crash at most', {
  timeout: 120_000,
}, async () => {
  const verdict = await runOutboxTrial({
    alerts: 120,
    chats: [71, 72, 73, 74, 75, 76, 77, 78],
    everyMs: 120,
    outages: [{ at: 3_500, ms: 2_500 }],
    kills: [1_700, 2_900, 4_600, 7_300],
    seed: 5,
    patience: 100_000,
  });
  expect(verdict).toMatchObject({ lost: [], outOfOrder: [] });
  expect(verdict.repeats).toBeLessThanOrEqual(verdict.kills);
  expect(verdict.messages).toBeGreaterThan(20);
  expect(verdict.faults).toBeGreaterThan(5);
});
