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
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    show(done: number, total: number, what: string): void {
      const now = wallNow();
      if (terminal.isTTY !== true || (now - shownAt < EVERY_MS && done < total)) return;
      shownAt = now;
      shown = true;
      const share = total === 0 ? 1 : done / total;
      const filled = Math.round(share * BAR_WIDTH);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
      const text = `${bar} ${Math.floor(100 * share)} %  ${done}/${total} ${what}`;
      terminal.write(`\r\u001B[2K${text.slice(0, (terminal.columns ?? 80) - 1)}`);
    },
    end(): void {
      if (shown) terminal.write('\r\u001B[2K');
      shown = false;
    },
  };
}
