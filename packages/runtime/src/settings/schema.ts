import { z } from 'zod';
import { collectSection } from './collect-section.ts';
import {
  aiSection,
  hypeSection,
  protectionsSection,
  scanSection,
  stakeSection,
  strategySection,
  universeSection,
} from './entry-sections.ts';
import { exchangeSection, paperSection, pricesSection, simulatorSection } from './exchange-section.ts';
import { choice, flag, section, text, whole } from './fields.ts';
import { executionSection, positionSection, reconcileSection } from './position-sections.ts';
import { regimeSection } from './regime-section.ts';
import { telegramSection } from './telegram-section.ts';

const logSection = section('Log files and how much they hold.', {
  level: choice(['error', 'warn', 'info', 'debug'], 'info', 'The least important lines that are written.'),
  folder: text('data/logs', 'Folder of the log files.'),
  maxSizeMb: whole(5, { min: 1, max: 1_000 }, 'A log file is rotated at this size, MB.'),
  maxFiles: whole(5, { min: 1, max: 100 }, 'How many rotated files a process keeps.'),
});

const securitySection = section('What the suite refuses to do for the owner’s safety.', {
  allowWithdrawKey: flag(false, 'Trade live even with an API key that may withdraw coins. The suite never withdraws.'),
});

/** Everything the owner may set in `settings.json`; `{}` is valid and means the defaults. */
export const settingsSchema = z.strictObject({
  $schema: z.string().optional().describe('Where an editor finds the schema of this file.'),
  mode: choice(
    ['test', 'live'],
    'test',
    'Trading mode a new database starts in: paper money or real money. Later it is switched by command.',
  ),
  database: text('data/bot.db', 'The SQLite file. Environment: `DATABASE`.'),
  exchange: exchangeSection,
  simulator: simulatorSection,
  scan: scanSection,
  collect: collectSection,
  universe: universeSection,
  hype: hypeSection,
  regime: regimeSection,
  strategy: strategySection,
  ai: aiSection,
  stake: stakeSection,
  protections: protectionsSection,
  execution: executionSection,
  reconcile: reconcileSection,
  position: positionSection,
  prices: pricesSection,
  paper: paperSection,
  telegram: telegramSection,
  security: securitySection,
  log: logSection,
});

/** What the schema makes of a `settings.json`. */
export type SettingsValues = z.output<typeof settingsSchema>;
