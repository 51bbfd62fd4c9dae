import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { choice, section } from './fields.ts';
import { digestSection, heartbeatSection, loudnessSection, quietHoursSection } from './telegram-alert-sections.ts';

const ids = (description: string) =>
  z
    .array(z.int().refine((id) => id !== 0, 'must not be 0'))
    .max(100)
    .default([])
    .describe(description);

const ZONES = '/usr/share/zoneinfo';

/**
 * Whether there is a zone of that name: by the system's own file where it has one, else by Node's tables, which would stay in the
 * memory of every process that reads the settings, 6 to 9 MB.
 */
function isTimeZone(name: string): boolean {
  if (/^[A-Z][a-z]+\/[A-Z][A-Za-z_-]+$/.test(name) && existsSync(join(ZONES, name))) return true;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export const telegramSection = section(
  'The bot on the owner’s phone. Its token stands in `.env`, and so do the ids it obeys.',
  {
    language: choice(['en', 'lv'], 'en', 'Language of the bot: English or Latvian.'),
    timeZone: z
      .string()
      .refine(isTimeZone, 'must be a time zone like `Europe/Riga`, or null for that of this machine')
      .nullable()
      .default(null)
      .describe('Time zone of what the bot says; null: that of this machine.'),
    owners: ids('User ids that may do everything, and group ids the bot answers in; besides `TELEGRAM_ALLOWED_IDS`.'),
    viewers: ids('User ids that may look and change nothing. An id of this list is a viewer, wherever else it stands.'),
    apiRoot: z
      .url({ protocol: /^https?$/ })
      .default('https://api.telegram.org')
      .describe('Where the Bot API is: Telegram’s, or that of a self-hosted server. Environment: `TELEGRAM_API_ROOT`.'),
    loudness: loudnessSection,
    quietHours: quietHoursSection,
    digest: digestSection,
    heartbeat: heartbeatSection,
  },
);
