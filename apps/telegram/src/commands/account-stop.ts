import type { Mode } from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';
import { z } from 'zod';
import type { Texts } from '../text/en.ts';
import type { Format } from '../text/format.ts';

/** What stops all buys of a mode for a while, as far as it is shown. `until`: market ms UTC; null: not by time alone. */
export const accountStopSchema = z.object({ code: z.string(), until: z.number().nullable() });
type ShownStop = z.infer<typeof accountStopSchema>;

/**
 * What the scanner told last of it: its own rule loads the exchange's client, which has no place in this process.
 *
 * @param marketNow ms UTC
 * @returns null: nothing stops buys, as far as is known
 */
export function accountStopTold(
  store: Pick<Store, 'alerts' | 'state'>,
  mode: Mode,
  marketNow: number,
): ShownStop | null {
  // the highest equity was forgotten, at /resume: the scanner judges anew
  if (store.state.highWaterMark(mode) === null) return null;
  const told = accountStopSchema.safeParse(store.alerts.newest(`account_stop_${mode}`, null));
  if (!told.success) return null; // never, or "none"
  return told.data.until === null || told.data.until > marketNow ? told.data : null;
}

export const accountStopText = ({ code, until }: ShownStop, t: Texts, format: Format): string =>
  t.buysStopped(t.reason(code), until === null ? null : format.time(until));
