import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const runtime = new URL('../index.ts', import.meta.url).href;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'main-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script that imports this package from its sources. */
function start(script: string, args: string[] = []) {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(file, `import * as runtime from ${JSON.stringify(runtime)};\n${script}`);
  const child = spawn(process.execPath, ['--conditions=source', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const exit = new Promise<typeof output & { code: number | null }>((resolve) =>
    child.on('close', (code) => resolve({ code, ...output })),
  );
  return { child, exit };
}

describe('main of a process', () => {
  it('ends with 2 and the message alone where the user must act', async () => {
    const { code, stderr } = await start(
      `await runtime.runMain('scanner', async () => { throw new runtime.UserError('port 1 is taken', 'choose another'); });`,
    ).exit;
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'scanner: port 1 is taken\n  choose another\n' });
  });

  it('knows the user errors of other packages by their mark', async () => {
    const { code } = await start(
      `await runtime.runMain('x', async () => { throw Object.assign(new Error('newer database'), { userError: true }); });`,
    ).exit;
    expect(code).toBe(2);
  });

  it.each(['SQLITE_FULL', 'ENOSPC'])(
    'says that the disk is full on %s, without a stack, and may be started again',
    async (code) => {
      const ended = await start(
        `await runtime.runMain('x', async () => { throw Object.assign(new Error('no room'), { code: '${code}' }); });`,
      ).exit;
      expect(ended).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^x: the disk is full: no room\n .*Free some space/),
      });
      expect(ended.stderr).not.toContain('    at ');
    },
  );

  it('ends with 1 and the stack, causes too, on a fault of the suite', async () => {
    const { code, stderr } = await start(
      `await runtime.runMain('x', async () => { throw new Error('outer', { cause: new Error('inner') }); });`,
    ).exit;
    expect(code).toBe(1);
    expect(stderr).toMatch(/x: Error: outer\n\s+at .*\.mjs/);
    expect(stderr).toContain('caused by: Error: inner');
  });

  it('ends with 1 on a rejection nobody waits for, what was logged kept', async () => {
    const { code, stderr } = await start(`
      await runtime.runMain('x', async () => {
        const log = runtime.createLogger('x', { level: 'info', folder: ${JSON.stringify(folder)}, maxSizeMb: 1, maxFiles: 1 });
        log.info('last words');
        Promise.reject(new Error('lost'));
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });`).exit;
    expect(code).toBe(1);
    expect(stderr).toContain('lost');
    expect(readFileSync(join(folder, 'x.log'), 'utf8')).toContain('last words');
  });

  it.skipIf(process.platform === 'win32')(
    'as a worker: says ready, works, and on SIGTERM closes, writes its log and exits 0',
    async () => {
      const { child, exit } = start(`
      await runtime.runMain('worker', async () => {
        const log = runtime.createLogger('worker', { level: 'info', folder: ${JSON.stringify(folder)}, maxSizeMb: 1, maxFiles: 1 });
        await runtime.runWorker(
          { name: 'worker', everyMs: 5, cycle: async () => process.send('cycle'), onStop: [() => log.info('closed')] },
          { heartbeats: { beat: (row) => process.send(row) }, clock: runtime.createSystemClock(), log },
        );
      });`);
      const messages: unknown[] = [];
      await new Promise<void>((resolve) =>
        child.on('message', (message) => {
          messages.push(message);
          if (messages.length === 7) resolve();
        }),
      );
      child.kill('SIGTERM');
      const { code, stdout } = await exit;
      expect(code).toBe(0);
      expect(messages.slice(0, 3)).toEqual([
        'ready',
        'cycle',
        expect.objectContaining({ process: 'worker', cycles: 1, pid: child.pid }),
      ]);
      expect(stdout).toContain('worker: stopped');
      const lines = readFileSync(join(folder, 'worker.log'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).message);
      expect(lines).toEqual(['ready', 'closed', 'stopped']);
    },
  );
});

describe('a command', () => {
  const commander = JSON.stringify(import.meta.resolve('commander'));
  const script = `
    import { Command } from ${commander};
    const program = new Command('tool').description('does things');
    program.command('list').option('--json').action(({ json }) => runtime.print({ open: 2 }, { json, text: ({ open }) => open + ' open' }));
    program.command('refuse').action(() => { throw new runtime.UserError('nothing to do'); });
    program.command('break').action(async () => { throw new Error('bug'); });
    program.command('hang').action(() => { setInterval(() => undefined, 1000); });
    await runtime.runCli(program);`;
  const run = (...args: string[]) => start(script, args).exit;

  it('prints for people, and one JSON document with --json', async () => {
    expect(await run('list')).toMatchObject({ code: 0, stdout: '2 open\n', stderr: '' });
    const { code, stdout } = await run('list', '--json');
    expect({ code, result: JSON.parse(stdout) }).toEqual({ code: 0, result: { open: 2 } });
  });

  it.each([
    [['--help'], 0],
    [['list', '--help'], 0],
    [['lsit'], 2],
    [['list', '--jsno'], 2],
    [['refuse'], 2],
    [['break'], 1],
    [['hang'], 0],
  ])('%j exits %i', async (args, expected) => {
    const { code, stderr } = await run(...args);
    expect(code, stderr).toBe(expected);
  });

  it('says usage errors and user errors plainly', async () => {
    expect((await run('list', '--jsno')).stderr).toContain('--json');
    expect((await run('refuse')).stderr).toBe('tool: nothing to do\n');
  });
});
