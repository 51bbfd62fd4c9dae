/**
 * Installs TensorFlow's native library for faster training, which the suite does without: its install step fetches several
 * hundred megabytes from Google's servers, too much for a first start and not possible behind every firewall.
 *
 *   npm run tensorflow:native [-- --remove]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const VERSION = '4.22.0';
const USAGE = `usage: npm run tensorflow:native [-- --remove]

Installs @tensorflow/tfjs-node ${VERSION}: mlp models then train several times faster. Nothing else needs it.
  --remove   takes it away again; training goes back to WebAssembly`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'node_modules', '.tensorflow-native');
const windows = process.platform === 'win32';

// what the trainer does too: Node 23 removed a function that this package still calls
const TRY = `
  const util = require('node:util');
  util.isNullOrUndefined = (value) => value === null || value === undefined;
  const tf = require('@tensorflow/tfjs-node');
  tf.ready().then(() => console.log('TensorFlow ' + tf.version['tfjs-core'] + ', backend ' + tf.getBackend()));
`;

function readArguments() {
  try {
    return parseArgs({ options: { remove: { type: 'boolean' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** Runs to the end; returns what went wrong, or nothing. */
function failureOf(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, npm_config_loglevel: 'error' },
    ...options,
  });
  if (result.error) return result.error.message;
  return result.status === 0 ? null : `exit code ${result.status ?? result.signal}`;
}

function giveUp(what, failure) {
  rmSync(folder, { recursive: true, force: true });
  console.error(`
${what} (${failure}). Nothing has changed: mlp models train with WebAssembly as before, only slower.

What usually is the cause:
- no way to storage.googleapis.com, where the native library comes from: allow it, or set HTTPS_PROXY;
- no binary for this machine (${process.platform} ${process.arch}): there are some for Linux x64, macOS and Windows x64;
- too little room: it takes about 1 GB while installing.`);
  process.exit(1);
}

const { remove, help } = readArguments();
if (help) {
  console.log(USAGE);
} else if (remove) {
  const was = existsSync(folder);
  rmSync(folder, { recursive: true, force: true });
  console.log(was ? 'Removed. Training uses WebAssembly.' : 'It was not installed.');
} else {
  console.log(`Installing @tensorflow/tfjs-node ${VERSION}; this can take minutes ...`);
  mkdirSync(folder, { recursive: true });
  const manifest = { private: true, dependencies: { '@tensorflow/tfjs-node': VERSION } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const failure = failureOf(windows ? 'npm.cmd' : 'npm', ['install', '--no-audit', '--no-fund'], { shell: windows });
  if (failure) giveUp('The install step failed', failure);
  const fault = failureOf(process.execPath, ['--eval', TRY]);
  if (fault) giveUp('It is installed, but does not load', fault);
  console.log('Installed. The trainer uses it from its next run on.');
}
