import { UserError } from '@mexc-bot/runtime';
import type { TradingProcess } from './wiring.ts';

/** How far this machine's clock may be off before nothing new is bought with real money, ms. */
const MAX_OFFSET_MS = 1_000;
/** A slow answer makes any clock look wrong: the best of so many counts. */
const LOOKS = 3;

/** A process may start again and again: the same is told so often at most, wall ms. */
const TELL_AGAIN_MS = 3_600_000;

/** The part of the exchange's clock that knows how far ours is off. */
export interface MeasuredClock {
  /** ms the exchange is ahead of this machine; null where that is not known, or means nothing (the simulator) */
  offsetMs(): number | null;
  resync(): Promise<boolean>;
}

/** @returns what is wrong with this machine's clock; null where nothing is */
export async function wrongClock(clock: MeasuredClock): Promise<UserError | null> {
  const offset = await offsetOf(clock);
  return offset === null ? null : faultOf(offset);
}

/** @returns ms the exchange is ahead of this machine; null: no more than it may be, or not known */
async function offsetOf(clock: MeasuredClock): Promise<number | null> {
  let least: number | null = null;
  for (let look = 1; look <= LOOKS; look++) {
    const offset = clock.offsetMs();
    if (offset === null) return null;
    if (least === null || Math.abs(offset) < Math.abs(least)) least = offset;
    if (Math.abs(least) <= MAX_OFFSET_MS) return null;
    if (look < LOOKS) await clock.resync();
  }
  return least;
}

const secondsOf = (offset: number): string => (Math.abs(offset) / 1_000).toFixed(1);

function faultOf(offset: number): UserError {
  return new UserError(
    `this machine's clock is ${secondsOf(offset)} s ${offset > 0 ? 'behind' : 'ahead of'} the exchange's; live trading needs it within ${MAX_OFFSET_MS / 1_000} s`,
    'Set it by the network: timedatectl set-ntp true (Linux), "Set time automatically" (macOS, Windows). Then start again.',
  );
}

/**
 * Live trading at the exchange does not begin with a wrong clock. Where positions are open it goes on all the same, and the owner is
 * told: nothing else guards them, and requests are signed by the exchange's own time.
 *
 * @param guards whether this process guards open positions
 * @throws {UserError} it may not begin
 */
export async function requireRightClock(
  { settings, store, clock, log }: Pick<TradingProcess, 'settings' | 'store' | 'clock' | 'log'>,
  guards: boolean,
): Promise<void> {
  const mode = store.state.mode() ?? settings.mode;
  if (settings.venue !== 'mexc' || mode !== 'live') return;
  const offset = await offsetOf(clock);
  if (offset === null) return;
  const fault = faultOf(offset);
  if (!guards || store.positions.open('live').length === 0) throw fault;
  const words = `${fault.message}. Open positions are guarded all the same.`;
  log.error(words);
  const at = { at: clock.now(), wallAt: clock.wallNow(), source: 'tracker', mode } as const;
  const detail = { words, state: offset > 0 ? 'behind' : 'ahead', seconds: secondsOf(offset) };
  store.alerts.addNews({ ...at, rank: 'alarm', kind: 'clock', detail }, TELL_AGAIN_MS);
}
