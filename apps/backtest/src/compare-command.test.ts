import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isUserError } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compare } from './compare-command.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'compare-'));
  writeFileSync(join(root, 'settings.json'), '{}');
});
afterEach(() => rmSync(root, { recursive: true }));

const compareWith = (database: string) =>
  compare({ mode: 'test', settings: join(root, 'settings.json'), database: join(root, database) });

it('refuses a database in which nothing was decided', () => {
  openStore(join(root, 'bot.db')).close();
  expect(() => compareWith('bot.db')).toThrow('has no decisions of test mode');
});

it('makes no database where the name is wrong', () => {
  expect(() => compareWith('nope.db')).toThrow('nope.db is not there');
  expect(readdirSync(root)).toEqual(['settings.json']);
  try {
    compareWith('nope.db');
  } catch (error) {
    expect(isUserError(error)).toBe(true);
  }
});

it('leaves a run of an older version as it was, and says what to do', () => {
  const path = join(root, 'old.db');
  openStore(path).close();
  const db = new DatabaseSync(path);
  db.exec('PRAGMA user_version = 3');
  db.close();
  const before = readFileSync(path);
  expect(() => compareWith('old.db')).toThrow(/old\.db was written by an older version of the suite \(schema 3/);
  expect(readFileSync(path).equals(before)).toBe(true);
});
