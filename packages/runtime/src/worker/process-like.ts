/** The part of `process` that a service deals with, so that tests can stand in for it. */
export interface ProcessLike {
  readonly pid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  /** absent where no parent listens */
  readonly send?: ((message: string) => unknown) | undefined;
  exit(code: number): void;
  memoryUsage(): { readonly rss: number };
}

export const realProcess = (): ProcessLike => ({
  pid: process.pid,
  env: process.env,
  on: (event, listener) => process.on(event, listener),
  off: (event, listener) => process.off(event, listener),
  send: process.send === undefined ? undefined : (message) => process.send?.(message),
  exit: (code) => process.exit(code),
  memoryUsage: () => process.memoryUsage(),
});
