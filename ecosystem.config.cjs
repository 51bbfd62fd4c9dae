// The suite's processes for PM2. `npm start` uses it, and so may you: `pm2 restart tracker`, `pm2 logs`, `pm2 ls`.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// the suite's own Node 24, whichever Node runs PM2; pnpm's `node` on the PATH is a shell script with another pid
const ownNode = join(__dirname, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const logs = process.env.SUITE_LOG_FOLDER || join(__dirname, 'data', 'logs');

const PASSED_ON = [
  'SIM_DATA',
  'SIM_SPEED',
  'SIM_SEED',
  'SIM_PORT',
  'SIM_FAULTS',
  'SIM_KEEP_STATE',
  'SETTINGS_FILE',
  'DATABASE',
  'TELEGRAM_API_ROOT',
];
const env = Object.fromEntries(PASSED_ON.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));

/** Small heaps: a worker holds little at a time, and a VPS has 1-2 GB. */
const SMALL_HEAP = '--max-semi-space-size=1 --optimize-for-size';

/**
 * For a process that waits most of the time: never V8's last compiler. Where the system maps programs in huge pages, each part of
 * Node that is used counts 2 MB. Without the quicker compilers too, results over 10,000 trades take more than a second.
 */
const NO_OPTIMISER = '--no-opt --no-short-builtin-calls';

const app = (name, options = {}) => ({
  name,
  namespace: 'mexc-bot',
  script: join(__dirname, 'apps', name, 'dist', 'main.js'),
  cwd: __dirname,
  exec_mode: 'fork',
  instances: 1,
  interpreter: existsSync(ownNode) ? ownNode : process.execPath,
  node_args: SMALL_HEAP,
  pmx: false,
  vizion: false,
  env,
  wait_ready: true,
  listen_timeout: 15_000,
  kill_timeout: 6_000,
  shutdown_with_message: process.platform === 'win32',
  exp_backoff_restart_delay: 100,
  stop_exit_codes: [2], // the user must act: starting again would not help
  max_memory_restart: '300M',
  out_file: join(logs, `${name}.out.log`),
  error_file: join(logs, `${name}.out.log`),
  merge_logs: true,
  time: false,
  ...options,
});

/** One arena for all threads: glibc would keep a part of every large answer, picture and table in each. */
const oneArena = { env: { ...env, MALLOC_ARENA_MAX: '1' } };

module.exports = {
  apps: [
    app('simulator', { node_args: '--max-semi-space-size=4 --max-old-space-size=900', max_memory_restart: '1G' }),
    app('scanner', oneArena),
    app('tracker'),
    app('collector'),
    app('labeler'),
    app('telegram', { ...oneArena, node_args: `${SMALL_HEAP} ${NO_OPTIMISER}` }),
    // one run, then it exits; the labeler and the owner start it, `TRAINER_ARGS` says what for
    app('trainer', {
      args: process.env.TRAINER_ARGS || 'all',
      autorestart: false,
      node_args: '--max-semi-space-size=16 --max-old-space-size=700',
      max_memory_restart: '1500M',
    }),
  ],
};
