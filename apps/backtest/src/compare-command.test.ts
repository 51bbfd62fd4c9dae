import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@mexc-bot/store';
import { expect, it } from 'vitest';
import { compare } from './compare-command.ts';

it('refuses a database in which nothing was decided', () => {
  const root = mkdtempSync(join(tmpdir(), 'compare-'));
  try {
    openStore(join(root, 'bot.db')).close();
    writeFileSync(join(root, 'settings.json'), '{}');
    const options = { mode: 'test', settings: join(root, 'settings.json'), database: join(root, 'bot.db') } as const;
    expect(() => compare(options)).toThrow('has no decisions of test mode');
  } finally {
    rmSync(root, { recursive: true });
  }
});
