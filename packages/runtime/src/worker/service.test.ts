import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createManualClock } from '../clock/manual-clock.ts';
import type { ProcessLike } from './process-like.ts';
import { runService } from './service.ts';

const LARGE = 'x'.repeat(5 * 1024 * 1024 + 1);
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'service-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('keeps the file PM2 writes its output to from growing for ever, though it has no cycles', async () => {
  const file = join(folder, 'simulator.out.log');
  const clock = createManualClock(0);
  const size = (): number => statSync(file).size;
  writeFileSync(file, LARGE);
  const listeners = new Map<string, () => void>();
  const processLike: ProcessLike = {
    pid: 42,
    env: { pm_out_log_path: file, pm_err_log_path: file },
    on: (event, listener) => listeners.set(event, listener),
    off: (event) => listeners.delete(event),
    exit: () => {},
    memoryUsage: () => ({ rss: 0 }),
  };
  const ended = runService({ name: 'simulator', onStop: [] }, { log: silent, processLike, sleepWall: clock.sleepWall });
  expect(size()).toBe(0);
  writeFileSync(file, LARGE);
  await clock.advance(59_000);
  expect(size()).toBe(LARGE.length);
  await clock.advance(1_000);
  expect(size()).toBe(0);
  listeners.get('SIGTERM')?.();
  await clock.advance(0);
  await ended;
  writeFileSync(file, LARGE);
  await clock.advance(60_000);
  expect(size()).toBe(LARGE.length);
});
