import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BootTexts, bootCommand, STOPPED_FILE, startsSuite } from './after-reboot.ts';

describe('what starts the suite at boot is seen', () => {
  const seen = (over: Partial<BootTexts>, root = '/home/me/mexc-bot') =>
    startsSuite(root, { crontabs: [], services: [], pm2Dump: '', ...over }, '/home/me');
  const resurrects = 'Environment=PM2_HOME=/home/me/.pm2\nExecStart=/usr/lib/node_modules/pm2/bin/pm2 resurrect\n';

  it.each<[string, Partial<BootTexts>]>([
    ['cron at boot', { crontabs: ['MAILTO=""\n@reboot cd /home/me/mexc-bot && npm start\n'] }],
    ['cron now and then', { crontabs: ['*/5 * * * * cd /home/me/mexc-bot/ && npm start'] }],
    ['cron, the home in short', { crontabs: ['@reboot cd ~/mexc-bot && npm start'] }],
    ['a service', { services: ['[Service]\nWorkingDirectory=/home/me/mexc-bot\nExecStart=/usr/bin/npm start'] }],
    ['PM2 itself', { services: [resurrects], pm2Dump: '[{"pm_cwd":"/home/me/mexc-bot","name":"tracker"}]' }],
  ])('%s', (_what, texts) => expect(seen(texts)).toBe(true));

  it.each<[string, Partial<BootTexts>]>([
    ['nothing', {}],
    ['a comment', { crontabs: ['# @reboot cd /home/me/mexc-bot && npm start'] }],
    ['another folder', { crontabs: ['@reboot cd /home/me/mexc-bot-old && npm start'] }],
    ['a service that copies it', { services: ['ExecStart=/usr/bin/rsync -a /home/me/mexc-bot/data /backup'] }],
    ['a service that stops it', { services: ['WorkingDirectory=/home/me/mexc-bot\nExecStop=/usr/bin/npm stop'] }],
    ['a copy at boot', { crontabs: ['@reboot restic backup /home/me/mexc-bot/data'] }],
    ['a copy that starts another', { crontabs: ['0 1 * * * rsync /home/me/mexc-bot/data x && systemctl start foo'] }],
    ['another command', { crontabs: ['0 6 * * * cd /home/me/mexc-bot && npm run report'] }],
    ['PM2 without the suite', { services: [resurrects], pm2Dump: '[]' }],
    ['a list PM2 is not started to read', { pm2Dump: '[{"pm_cwd":"/home/me/mexc-bot"}]' }],
  ])('and not where there is %s', (_what, texts) => expect(seen(texts)).toBe(false));
});

describe.skipIf(process.platform === 'win32')('the command that has cron start it', () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'reboot-')));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(['suite', "o'neill's 100 % suite"])('adds a line that starts the suite in %j', (name) => {
    const root = join(folder, name);
    for (const made of ['scripts', 'data', 'node_modules/node/bin']) mkdirSync(join(root, made), { recursive: true });
    writeFileSync(join(root, 'node_modules/node/bin/node'), '#!/bin/sh\necho "$PWD $PM2_HOME $@"\n');
    chmodSync(join(root, 'node_modules/node/bin/node'), 0o755);
    const table = join(folder, 'table');
    writeFileSync(table, '0 1 * * * true\n');
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const crontab = `#!/bin/sh\nif [ "$1" = -l ]; then cat '${table}'; else cat >'${table}.new'; mv '${table}.new' '${table}'; fi\n`;
    writeFileSync(join(bin, 'crontab'), crontab);
    chmodSync(join(bin, 'crontab'), 0o755);

    const command = bootCommand(root, { PM2_HOME: '/a b', DATABASE: '' }, 'linux');
    execFileSync('/bin/sh', ['-c', command], { env: { PATH: `${bin}:${process.env.PATH}` } });
    const [before, line = '', ...rest] = readFileSync(table, 'utf8').trimEnd().split('\n');
    expect([before, rest]).toEqual(['0 1 * * * true', []]);
    expect(startsSuite(root, { crontabs: [line], services: [], pm2Dump: '' }, folder)).toBe(true);

    expect(line).toMatch(/^@reboot /);
    const asCron = line.replace('@reboot ', '').replaceAll('\\%', '%');
    execFileSync('/bin/sh', ['-c', asCron], { env: { PATH: '/usr/bin:/bin' } });
    expect(readFileSync(join(root, 'data/boot.log'), 'utf8')).toBe(`${root} /a b scripts/bootstrap.mjs start\n`);

    // who stopped it wants it stopped, however often the machine boots
    writeFileSync(join(root, STOPPED_FILE), '');
    rmSync(join(root, 'data/boot.log'));
    execFileSync('/bin/sh', ['-c', asCron], { env: { PATH: '/usr/bin:/bin' } });
    expect(existsSync(join(root, 'data/boot.log'))).toBe(false);
  });
});

it('is a scheduled task on Windows', () => {
  expect(bootCommand('C:\\mexc-bot', {}, 'win32')).toBe(
    'schtasks /Create /TN mexc-bot /SC ONLOGON /TR "cmd /c cd /d C:\\mexc-bot && npm start"',
  );
});
