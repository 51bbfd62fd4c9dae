import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suiteRoot } from './settings/load.ts';
import { settingsPage, settingsSchemaFile } from './settings-docs.ts';

const docs = join(suiteRoot(), 'docs');
mkdirSync(docs, { recursive: true });
writeFileSync(join(docs, 'settings.md'), settingsPage());
writeFileSync(join(docs, 'settings.schema.json'), settingsSchemaFile());
console.log('docs/settings.md and docs/settings.schema.json are written');
