import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@mexc-bot/core';
import type { Drawing } from './drawing.ts';
import type { PaintAnswer, PaintRequest } from './painter-process.ts';

/** From the last picture to the end of the process, wall ms: another one often follows. */
const IDLE_MS = 20_000;
/** A picture that takes longer is given up, wall ms. */
const PATIENCE_MS = 15_000;

/** Makes PNG files of what is to be shown. */
export interface Artist {
  png(drawing: Drawing): Promise<Uint8Array>;
}

interface Waiting {
  readonly done: (png: Uint8Array) => void;
  readonly failed: (error: Error) => void;
}

/**
 * Lays out and paints in a process of its own, which begins with a picture and ends soon after the last: its 80 MB are needed for
 * seconds a day, and a fault of the drawing library does not end the bot. It is given no environment, so no secrets either.
 */
export function createSeparatePainter({ clock }: { readonly clock: Clock }): Artist & { close(): void } {
  const file = fileURLToPath(new URL(`./painter-process${extname(import.meta.url)}`, import.meta.url));
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | null = null;
  let ids = 0;
  let idle = new AbortController();

  return {
    async png(drawing) {
      idle.abort();
      ids += 1;
      const id = ids;
      const enough = new AbortController();
      const late = clock.sleepWall(PATIENCE_MS, enough.signal).then(() => {
        if (!enough.signal.aborted) end('took too long');
      });
      try {
        return await paint(id, drawing);
      } finally {
        enough.abort();
        await late;
        waiting.delete(id);
        if (waiting.size === 0) endWhenIdle();
      }
    },
    close() {
      idle.abort();
      end('is closed');
    },
  };

  function paint(id: number, drawing: Drawing): Promise<Uint8Array> {
    return new Promise((done, failed) => {
      waiting.set(id, { done, failed });
      child ??= begin();
      child.send({ id, drawing } satisfies PaintRequest, (error) => {
        if (error !== null) failed(error);
      });
    });
  }

  function begin(): ChildProcess {
    const { SystemRoot } = process.env; // Windows starts nothing without it
    const begun = fork(file, {
      serialization: 'advanced',
      execArgv: ['--max-semi-space-size=1', '--optimize-for-size'],
      env: SystemRoot === undefined ? {} : { SystemRoot },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    begun.on('message', (answer: PaintAnswer) => {
      const asked = waiting.get(answer.id);
      if ('png' in answer) asked?.done(answer.png);
      else asked?.failed(new Error(`the picture could not be painted: ${answer.fault}`));
    });
    const ended = (why: string) => () => {
      if (child === begun) end(why);
    };
    begun.on('error', ended('did not start'));
    begun.on('exit', ended('ended'));
    begun.unref();
    begun.channel?.unref();
    return begun;
  }

  function end(why: string): void {
    const ending = child;
    child = null;
    ending?.kill();
    for (const { failed } of waiting.values()) failed(new Error(`the painter ${why}`));
    waiting.clear();
  }

  function endWhenIdle(): void {
    idle.abort();
    const mine = new AbortController();
    idle = mine;
    void clock.sleepWall(IDLE_MS, mine.signal).then(() => {
      if (!mine.signal.aborted) end('is idle');
    });
  }
}
