/**
 * A thousand alerts, told by the bot's own process while 30 % of the requests to Telegram fail, Telegram is away for minutes, and the
 * process is killed again and again: how long it takes, and whether all arrive, in order, with one repeat a crash at most.
 */
import { runOutboxTrial } from '../../test/support/outbox-trial.ts';

const ALERTS = 1_000;
const OUTAGE_MS = 60_000;
const KILLS = 20;
/** ms between kills: not in step with anything else */
const KILL_EVERY_MS = 9_700;

export async function run({ log }) {
  const verdict = await runOutboxTrial({
    alerts: ALERTS,
    chats: [71, -72],
    everyMs: 300,
    outages: [
      { at: 20_000, ms: OUTAGE_MS },
      { at: 120_000, ms: OUTAGE_MS },
    ],
    kills: Array.from({ length: KILLS }, (_, index) => (index + 1) * KILL_EVERY_MS),
    seed: 11,
    patience: 15 * 60_000,
  });
  const { messages, lost, outOfOrder, repeats, kills, faults, ms } = verdict;
  log(`${ALERTS} alerts in two chats: ${messages} messages in ${(ms / 1_000).toFixed(0)} s; ${faults} requests failed`);
  log(`lost ${lost.length}, out of order ${outOfOrder.length}, repeated ${repeats} after ${kills} kills`);
  return verdict;
}
