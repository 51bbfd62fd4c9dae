import type { Settings } from '@mexc-bot/runtime';

/** The suite's processes, in the order they are started. The simulator runs only where no exchange is configured. */
export function processNames(settings: Pick<Settings, 'venue'>): readonly string[] {
  const workers = ['tracker', 'scanner', 'collector', 'labeler', 'telegram'];
  return settings.venue === 'simulator' ? ['simulator', ...workers] : workers;
}
