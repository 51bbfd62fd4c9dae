import { SECOND_MS } from '@mexc-bot/core';

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** What a progress line is written to. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_WIDTH = 24;
const EVERY_MS = 200;

/** One line that is rewritten, on a terminal only: elsewhere it would fill a log. */
export function createProgressLine(terminal: Terminal, wallNow: () => number) {
  let startedAt = wallNow();
  let counted: string | null = null;
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown = false;

  return {
    /** @param unit what is counted, or what is being done */
    show(progress: Progress, unit: string): void {
      const now = wallNow();
      // the rate is that of what is being counted now
      if (unit !== counted) [counted, startedAt] = [unit, now];
      if (terminal.isTTY !== true || (now - shownAt < EVERY_MS && progress.done < progress.total)) return;
      shownAt = now;
      shown = true;
      const line = progressText(progress, now - startedAt, unit);
      terminal.write(`\r\u001B[2K${line.slice(0, (terminal.columns ?? 80) - 1)}`);
    },
    /** Leaves an empty line for what comes next. */
    end(): void {
      if (shown) terminal.write('\r\u001B[2K');
      shown = false;
    },
  };
}

/** @param elapsedMs wall ms since the first of them */
export function progressText({ done, total }: Progress, elapsedMs: number, unit: string): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
  const perSecond = elapsedMs === 0 ? 0 : (done / elapsedMs) * SECOND_MS;
  const left = perSecond === 0 ? '' : `  ETA ${duration(((total - done) / perSecond) * SECOND_MS)}`;
  return `${bar} ${Math.floor(share * 100)} %  ${done}/${total} ${unit}  ${perSecond.toFixed(1)}/s${left}`;
}

/** `4:05`, `2:03:00` */
export function duration(ms: number): string {
  const seconds = Math.ceil(ms / SECOND_MS);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
