import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fieldAt, leafPaths, pathText } from './settings/describe-field.ts';
import { loadSettings, suiteRoot } from './settings/load.ts';
import { settingsSchema } from './settings/schema.ts';
import { settingsPage, settingsSchemaFile } from './settings-docs.ts';

const committed = (file: string): string => readFileSync(join(suiteRoot(), file), 'utf8');

describe('documentation of the settings', () => {
  it('is committed as the generator makes it (pnpm settings:docs)', () => {
    expect(committed('docs/settings.md')).toBe(settingsPage());
    expect(committed('docs/settings.schema.json')).toBe(settingsSchemaFile());
  });

  it('names every key, its default and what it means', () => {
    const page = settingsPage();
    for (const path of leafPaths().filter((leaf) => leaf[0] !== '$schema')) {
      expect(page).toContain(`| \`${pathText(path)}\` |`);
      expect(fieldAt(path)?.description ?? '').not.toBe('');
    }
  });

  it('has examples that load', () => {
    expect(settingsSchema.safeParse(JSON.parse(committed('settings.example.json'))).success).toBe(true);
    const settings = loadSettings(
      { SETTINGS_FILE: join(suiteRoot(), 'settings.example.json') },
      { root: join(suiteRoot(), 'docs') },
    );
    expect(settings.simulator.speed).toBe(60);
  });
});
