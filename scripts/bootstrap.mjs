/**
 * From a bare machine to running code: any Node ≥ 18 and npm. Installs with the pinned pnpm, builds, and goes on under the
 * pinned Node of node_modules. Does only what changed since the last time.
 *
 *   node scripts/bootstrap.mjs setup | start | stop | test [arguments]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeLock } from './lock.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const node = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

function fail(message, code = 1) {
  console.error(message);
  process.exit(code);
}

/** Runs a program to its end; a failure of it ends this one with the same code. */
function run(command, args, { what, ...options }) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) fail(`${what} failed: ${result.error.message}`);
  if (result.status !== 0) fail(`${what} failed (exit code ${result.status ?? result.signal})`, result.status ?? 1);
}

/** Everything that decides what is installed. */
function installFingerprint() {
  const hash = createHash('sha256').update(process.platform).update(process.arch);
  const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
  for (const folder of ['bench', 'test']) manifests.push(join(folder, 'package.json'));
  for (const folder of ['packages', 'apps']) {
    for (const name of readdirSync(join(root, folder))) manifests.push(join(folder, name, 'package.json'));
  }
  for (const manifest of manifests) {
    const path = join(root, manifest);
    if (existsSync(path)) hash.update(manifest).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** The folder or the disk is at fault, and not the suite: one sentence for the owner. */
const CANNOT_WRITE = {
  ENOSPC: 'the disk is full: free some space',
  EDQUOT: 'the quota is used up: free some space',
  EROFS: 'the file system is read-only',
  EACCES: 'this user may not write there; was the suite once run as another user, or with sudo?',
  EPERM: 'this user may not write there; was the suite once run as another user, or with sudo?',
  EEXIST: 'a file stands where a folder should be',
  ENOTDIR: 'a file stands where a folder should be',
};
const cannotWrite = (error) => `${root} cannot be written: ${CANNOT_WRITE[error.code]}\n  ${error.message}`;

/** One at a time installs, builds, starts or stops. @returns a function that lets the next one go on */
function takeTurn() {
  try {
    const release = takeLock(
      join(root, 'data', '.lock'),
      command === 'setup' ? 'an installation' : `npm ${command}`,
      console.log,
    );
    process.on('exit', release);
    return release;
  } catch (error) {
    if (command !== 'stop' || !(error.code in CANNOT_WRITE)) throw error;
    console.error(`! ${cannotWrite(error)}\n  Stopping all the same.`);
    return () => {};
  }
}

function install() {
  const stamp = join(root, 'node_modules', '.installed');
  const wanted = installFingerprint();
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  console.log('Installing (once; needs the npm registry) ...');
  // npm starts this script and names itself; `node scripts/bootstrap.mjs` alone finds it on the path
  const npm = /npm-cli\.js$/.test(process.env.npm_execpath ?? '') ? process.env.npm_execpath : null;
  const args = [
    'exec',
    '--yes',
    `--package=${packageManager}`,
    '--',
    'pnpm',
    'install',
    '--frozen-lockfile',
    '--reporter=append-only',
  ];
  const env = { ...process.env, CI: 'true', npm_config_loglevel: 'error' };
  const quiet = process.env.CI ? 'inherit' : ['ignore', 'ignore', 'inherit'];
  if (npm) run(process.execPath, [npm, ...args], { what: 'Installing', env, stdio: quiet });
  else run(windows ? 'npm.cmd' : 'npm', args, { what: 'Installing', env, stdio: quiet, shell: windows });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

function build() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  run(node, [tsc, '-b'], { what: 'Building' });
}

if (Number(process.versions.node.split('.')[0]) < 18)
  fail(`Node ${process.version} is too old: install Node 18 or newer.`, 2);

const [command, ...rest] = process.argv.slice(2);
const GO_ON = {
  setup: null,
  start: [join(root, 'apps', 'suite', 'dist', 'cli.js'), 'start', ...rest],
  stop: [join(root, 'apps', 'suite', 'dist', 'cli.js'), 'stop', ...rest],
  test: [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...rest],
};
if (!(command in GO_ON)) fail('usage: node scripts/bootstrap.mjs setup | start | stop | test [arguments]', 2);

let release = () => {};
try {
  release = takeTurn();
  // what runs must be stoppable, also when a change does not build
  const ready = command === 'stop' && existsSync(node) && existsSync(GO_ON.stop[0]);
  if (!ready) {
    install();
    build();
  }
} catch (error) {
  if (!(error.code in CANNOT_WRITE)) throw error;
  fail(cannotWrite(error), 2);
}
const next = GO_ON[command];
if (next) {
  if (command === 'test') release();
  // commands of the suite report their own failures
  const result = spawnSync(node, next, { cwd: root, stdio: 'inherit' });
  process.exit(result.status ?? 1);
}
