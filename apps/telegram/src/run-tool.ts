import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { withoutPm2 } from '@mexc-bot/runtime';
import type { RunTool } from './commands/command.ts';

const MEGABYTE = 1024 * 1024;
const LONGEST_MS = 180_000;

/**
 * Runs a command of an app as anybody would on the server. What it needs (the exchange's client, the keys) is in memory only while
 * it runs.
 */
export const createRunTool =
  (root: string, env: Readonly<Record<string, string | undefined>> = process.env): RunTool =>
  (app, args) =>
    new Promise((resolve) => {
      const script = join(root, 'apps', app, 'dist', 'cli.js');
      const options = {
        cwd: root,
        env: { ...withoutPm2(env), NO_COLOR: '1' },
        maxBuffer: 16 * MEGABYTE,
        timeout: LONGEST_MS,
        windowsHide: true,
      };
      execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr: stderr === '' && error !== null ? error.message : stderr });
      });
    });
