/** What could not be used, and why. */
export function problemText(what: string, error: unknown): string {
  return `${what}: ${error instanceof Error ? error.message : String(error)}`;
}

const MOST_PROBLEMS = 10;

export function problemLines(problems: readonly string[]): string[] {
  const shown = problems.slice(0, MOST_PROBLEMS).map((line) => `! ${line}`);
  return problems.length > MOST_PROBLEMS ? [...shown, `! and ${problems.length - MOST_PROBLEMS} more`] : shown;
}
