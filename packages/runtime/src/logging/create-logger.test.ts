import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../user-error.ts';
import { closeLogs, createLogger } from './create-logger.ts';
import { trimPm2Output } from './pm2-output.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logs-'));
});
afterEach(async () => {
  await closeLogs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const settings = (over: object = {}) => ({ level: 'info' as const, folder, maxSizeMb: 1, maxFiles: 3, ...over });
const mute = (stream: NodeJS.WriteStream) => {
  const written: string[] = [];
  vi.spyOn(stream, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  return written;
};
const fileLines = (name: string): Record<string, unknown>[] =>
  readFileSync(join(folder, `${name}.log`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const secrets = { mexcApiKey: 'mx0-key-value', mexcApiSecret: 'secret-value', telegramBotToken: '123456:AA-bot_token' };

it('a log whose old files somebody holds grows on, and loses no line', async () => {
  mute(process.stdout);
  mute(process.stderr);
  // a folder that is not empty takes the place that the full file would get
  mkdirSync(join(folder, 'scanner2.log', 'held'), { recursive: true });
  const log = createLogger('scanner', settings({ maxSizeMb: 0.001 }));
  for (let line = 0; line < 40; line++) log.info(`line ${line}`);
  await closeLogs();
  const kept = ['scanner', 'scanner1'].flatMap((name) =>
    existsSync(join(folder, `${name}.log`)) ? fileLines(name) : [],
  );
  for (let line = 0; line < 40; line++)
    expect(kept).toContainEqual(expect.objectContaining({ message: `line ${line}` }));
});

describe('a worker’s log', () => {
  it('is JSON in the file and a readable line on the terminal', async () => {
    const out = mute(process.stdout);
    const log = createLogger('scanner', settings());
    log.info('bought', { message: 'not the head', market: 'PEPEUSDT', stake: 12.5, note: 'two words' });
    log.debug('not at this level');
    await closeLogs();
    expect(fileLines('scanner')).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        level: 'info',
        process: 'scanner',
        message: 'bought',
        market: 'PEPEUSDT',
        stake: 12.5,
        note: 'two words',
      },
    ]);
    expect(out.join('')).toMatch(
      /^\d\d:\d\d:\d\d INFO {2}scanner: bought message="not the head" market=PEPEUSDT stake=12.5 note="two words"\r?\n$/,
    );
  });

  it('has errors with their causes', async () => {
    const out = mute(process.stdout);
    const log = createLogger('tracker', settings());
    const cause = Object.assign(new TypeError('refused'), { code: 'ECONNREFUSED' });
    log.error('cycle failed', { error: new Error('no answer', { cause }) });
    await closeLogs();
    expect(fileLines('tracker')[0]).toMatchObject({
      error: {
        name: 'Error',
        message: 'no answer',
        stack: expect.stringContaining('create-logger.test'),
        cause: { name: 'TypeError', code: 'ECONNREFUSED' },
      },
    });
    expect(out.join('')).toContain('error=no answer <- TypeError: refused');
  });

  it('never holds a secret, in whatever spelling or place', async () => {
    const out = mute(process.stdout);
    const log = createLogger('telegram', settings(), { secrets });
    const url = `https://api.mexc.com/api/v3/account?timestamp=1&signature=${'ab12'.repeat(16)}`;
    log.error(`key ${secrets.mexcApiKey}`, {
      url,
      headers: { 'X-MEXC-APIKEY': 'some-other-key' },
      text: '{"X-MEXC-APIKEY":"some-other-key"}',
      bot: `https://api.telegram.org/bot${secrets.telegramBotToken}/getMe`,
      quoted: encodeURIComponent(secrets.telegramBotToken),
      error: new Error('outer', { cause: new Error(`signed with ${secrets.mexcApiSecret}`) }),
    });
    await closeLogs();
    const all = readFileSync(join(folder, 'telegram.log'), 'utf8') + out.join('');
    for (const secret of [...Object.values(secrets), '123456%3A', 'some-other-key', 'ab12ab12'])
      expect(all).not.toContain(secret);
    expect(all).toContain('signature=[redacted]');
    expect(fileLines('telegram')).toHaveLength(1);
  });

  it('writes what JSON cannot hold', async () => {
    mute(process.stdout);
    const circular: Record<string, unknown> = { big: 10n, map: new Map([['a', 1]]) };
    const log = createLogger('x', settings());
    log.info('plain', { ...circular });
    circular.self = circular;
    log.info('circular', { circular });
    await closeLogs();
    expect(fileLines('x')[0]).toMatchObject({ big: '10', map: { a: 1 } });
    expect(fileLines('x')[1]).toMatchObject({ message: 'circular' });
  });

  it('rotates, and keeps no more files than it may', async () => {
    mute(process.stdout);
    const log = createLogger('big', settings({ maxFiles: 2 }));
    const line = 'x'.repeat(100_000);
    for (let i = 0; i < 45; i++) {
      log.info(line);
      await new Promise((resolve) => setImmediate(resolve));
    }
    log.info('the last');
    await closeLogs();
    expect(readdirSync(folder).sort()).toEqual(['big.log', 'big1.log']);
    for (const file of readdirSync(folder)) {
      expect(statSync(join(folder, file)).size).toBeLessThanOrEqual(1024 * 1024);
      expect(statSync(join(folder, file)).size).toBeGreaterThan(300_000);
    }
    expect(fileLines('big').at(-1)).toMatchObject({ message: 'the last' });
  });

  it.skipIf(process.platform !== 'linux')(
    'goes on elsewhere while the disk is full, and in the file afterwards',
    async () => {
      const out = mute(process.stdout);
      const err = mute(process.stderr);
      symlinkSync('/dev/full', join(folder, 'full.log'));
      const log = createLogger('full', settings());
      for (let i = 0; i < 200; i++) log.info(`line ${i}`);
      await new Promise((resolve) => setImmediate(resolve));
      expect(out).toHaveLength(200);
      expect(err).toEqual([expect.stringMatching(/^log of full cannot be written, lines are dropped: ENOSPC/)]);

      rmSync(join(folder, 'full.log'));
      log.info('there is room');
      await closeLogs();
      expect(fileLines('full').map(({ message }) => message)).toEqual(['there is room']);
    },
  );

  it('begins a new line where a write broke off in the middle', async () => {
    mute(process.stdout);
    mute(process.stderr);
    const path = join(folder, 'torn.log');
    mkdirSync(path);
    const log = createLogger('torn', settings());
    log.info('dropped');
    rmSync(path, { recursive: true });
    writeFileSync(path, '{"message":"half of');
    log.info('whole');
    await closeLogs();
    expect(readFileSync(path, 'utf8')).toMatch(/^\{"message":"half of\n\{.*"message":"whole".*\}\n$/);
  });

  it('says what to do when its folder cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => createLogger('x', settings({ folder: join(folder, 'file', 'logs') }))).toThrow(UserError);
  });
});

it('a command’s log goes to standard error and to no file', async () => {
  const out = mute(process.stdout);
  const err = mute(process.stderr);
  createLogger('scanner', settings(), { destination: 'stderr' }).warn('slow');
  await closeLogs();
  expect(out).toEqual([]);
  expect(err.join('')).toContain('WARN  scanner: slow');
  expect(existsSync(join(folder, 'scanner.log'))).toBe(false);
});

describe('PM2’s own output file', () => {
  it('is copied and emptied above the limit, and left alone under it', () => {
    const [large, small] = [join(folder, 'a.out.log'), join(folder, 'b.out.log')];
    writeFileSync(large, 'x'.repeat(1024 * 1024 + 1));
    writeFileSync(small, 'x');
    expect(trimPm2Output({ pm_out_log_path: large, pm_err_log_path: large }, 1)).toEqual([large]);
    expect(statSync(large).size).toBe(0);
    expect(statSync(`${large}.1`).size).toBe(1024 * 1024 + 1);
    expect(trimPm2Output({ pm_out_log_path: small, pm_err_log_path: join(folder, 'none') }, 1)).toEqual([]);
    expect(trimPm2Output({}, 1)).toEqual([]);
  });

  it('is emptied also where there is no room for the copy', () => {
    const large = join(folder, 'a.out.log');
    writeFileSync(large, 'x'.repeat(1024 * 1024 + 1));
    mkdirSync(`${large}.1`); // fails as a full disk does
    expect(trimPm2Output({ pm_out_log_path: large }, 1)).toEqual([large]);
    expect(statSync(large).size).toBe(0);
  });
});
