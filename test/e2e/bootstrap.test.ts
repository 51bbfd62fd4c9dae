import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suiteRoot } from '@mexc-bot/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** A folder in which everything is installed, and whose suite only says what it was told. */
let root: string;
let children: ChildProcess[];
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'bootstrap-')));
  children = [];
  cpSync(join(suiteRoot(), 'scripts'), join(root, 'scripts'), { recursive: true });
  for (const folder of ['apps/suite/dist', 'packages', 'data', 'node_modules/node/bin'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"packageManager":"pnpm@10.34.9"}');
  writeFileSync(
    join(root, 'apps/suite/dist/cli.js'),
    `console.log('suite', process.argv[2]); setTimeout(() => {}, Number(process.env.LASTS ?? 0));`,
  );
  symlinkSync(process.execPath, join(root, 'node_modules/node/bin/node'));
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(root, { recursive: true });
});

const lock = () => join(root, 'data', '.lock');

function start(command: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(root, 'scripts/bootstrap.mjs'), command], {
    env: { PATH: process.env.PATH, ...env },
  });
  children.push(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output.text += chunk));
  const ended = new Promise<{ code: number | null; text: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, ...output })),
  );
  return { child, output, ended };
}

// boot ids and the moments processes started are read from /proc
describe.skipIf(process.platform !== 'linux')('one command of the suite at a time', { timeout: 30_000 }, () => {
  it('waits for the other, and says for whom', async () => {
    const first = start('stop', { LASTS: '1500' });
    await vi.waitFor(() => expect(first.output.text).toContain('suite stop'), { timeout: 10_000 });
    const second = start('stop');
    await vi.waitFor(() => expect(second.output.text).toContain(`Waiting for npm stop (process ${first.child.pid})`), {
      timeout: 10_000,
    });
    expect(second.output.text).not.toContain('suite stop');
    expect((await first.ended).code).toBe(0);
    expect((await second.ended).text).toContain('suite stop');
    expect(readdirSync(join(root, 'data'))).toEqual([]);
  });

  const mine = { pid: process.pid };
  it.each([
    ['is empty: the disk was full', ''],
    ['is half written', '{"pid":12'],
    ['names a process that is gone', '{"pid":4194304}'],
    ['is of an earlier version, in a container', '1'],
    ['is of another boot, whose pid another process has now', JSON.stringify({ ...mine, boot: 'another' })],
    ['names a process that started at another moment', JSON.stringify({ ...mine, started: '1' })],
  ])('takes a lock that %s', async (_what, text) => {
    writeFileSync(lock(), text);
    utimesSync(lock(), new Date(Date.now() - 3_600_000), new Date(Date.now() - 3_600_000));
    expect(await start('stop').ended).toEqual({ code: 0, text: 'suite stop\n' });
    expect(existsSync(lock())).toBe(false);
  });

  it('takes a lock that names its own pid, as a container that begins again would', () => {
    const script = `
      const { writeFileSync } = await import('node:fs');
      const { takeLock } = await import(${JSON.stringify(join(root, 'scripts/lock.mjs'))});
      for (const text of [String(process.pid), JSON.stringify({ pid: process.pid })]) {
        writeFileSync(${JSON.stringify(lock())}, text);
        takeLock(${JSON.stringify(lock())}, 'npm start', console.log)();
      }`;
    const options = { encoding: 'utf8', timeout: 10_000 } as const;
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], options)).toBe('');
  });

  it('is one at a time where many find a stale lock at once', async () => {
    const script = `
      const { rmSync, writeFileSync } = await import('node:fs');
      const { takeLock } = await import(${JSON.stringify(join(root, 'scripts/lock.mjs'))});
      for (let round = 0; round < 5; round++) {
        const release = takeLock(${JSON.stringify(lock())}, 'npm start', () => undefined);
        writeFileSync(${JSON.stringify(join(root, 'alone'))}, '', { flag: 'wx' });
        rmSync(${JSON.stringify(join(root, 'alone'))});
        // ended by kill -9
        if (round % 2 === 0) writeFileSync(${JSON.stringify(lock())}, '{"pid":4194304}');
        else release();
      }`;
    writeFileSync(lock(), '{"pid":4194304}');
    const contenders = Array.from({ length: 5 }, () => spawn(process.execPath, ['--input-type=module', '-e', script]));
    children.push(...contenders);
    const codes = contenders.map((child) => new Promise((resolve) => child.on('close', resolve)));
    expect(await Promise.all(codes)).toEqual([0, 0, 0, 0, 0]);
  });

  it('gives a lock without content two seconds: it may be written just now', async () => {
    writeFileSync(lock(), '');
    const began = Date.now();
    expect((await start('stop').ended).code).toBe(0);
    expect(Date.now() - began).toBeGreaterThan(1_900);
  });

  it('keeps its hands off a lock whose holder runs', async () => {
    const text = JSON.stringify({ pid: process.pid, command: 'npm start' });
    writeFileSync(lock(), text);
    const waiting = start('stop');
    await vi.waitFor(() => expect(waiting.output.text).toContain('Waiting for npm start'), { timeout: 10_000 });
    expect(readFileSync(lock(), 'utf8')).toBe(text);
    rmSync(lock());
    expect((await waiting.ended).code).toBe(0);
  });
});

describe.skipIf(process.platform === 'win32')('a folder that cannot be written', { timeout: 30_000 }, () => {
  beforeEach(() => {
    rmSync(join(root, 'data'), { recursive: true });
    writeFileSync(join(root, 'data'), 'no folder');
  });

  it('is said in one message, without a stack', async () => {
    const { code, text } = await start('start').ended;
    expect(text).toContain(`${root} cannot be written: a file stands where a folder should be`);
    expect(text).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  it('does not keep the suite from being stopped', async () => {
    const { code, text } = await start('stop').ended;
    expect(text).toMatch(/cannot be written[\s\S]*suite stop/);
    expect(code).toBe(0);
  });
});
