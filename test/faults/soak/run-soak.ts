import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { applyMutation, copyOfBuild } from '../build-copy.ts';
import { type Growth, growthBetween } from './growth.ts';
import { LEAKS } from './leaks.ts';
import type { SoakOptions, SoakResult } from './soak.ts';

export interface SoakVerdict extends SoakResult {
  readonly growth: readonly Growth[];
}

/** A soak in a process of its own. @param folder `test/faults` of this build, or of a copy */
export async function runSoak(folder: string, options: SoakOptions): Promise<SoakVerdict> {
  const result = await new Promise<SoakResult>((resolve, reject) => {
    const child = fork(join(folder, 'soak/worker.ts'), [], {
      // the heap's own inspection is marked as one that may change
      execArgv: ['--max-semi-space-size=64', '--disable-warning=ExperimentalWarning'],
    });
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the soak ended with ${code}`)));
    child.send(options);
  });
  return { ...result, growth: growthBetween(result.early, result.late) };
}

export interface LeakResult {
  readonly name: string;
  readonly what: string;
  readonly caught: boolean;
  /** what was seen of it */
  readonly by: string | null;
}

/** All leaks at once, in a copy of the build: each shows in something else. */
export async function runLeaks(options: SoakOptions): Promise<readonly LeakResult[]> {
  const copy = await copyOfBuild();
  try {
    for (const leak of LEAKS) applyMutation(copy, leak);
    const { growth } = await runSoak(join(copy, 'test/faults'), options);
    return LEAKS.map(({ name, what, seenBy }) => {
      const seen = growth.find(({ of }) => of === seenBy);
      return { name, what, caught: seen !== undefined, by: seen === undefined ? null : `${seen.of}: ${seen.what}` };
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
