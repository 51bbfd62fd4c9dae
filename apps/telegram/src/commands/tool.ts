import type { z } from 'zod';
import { type CommandDeps, Refused, type RunTool } from './command.ts';

/** Runs a command of an app and reads the one document it prints; what it complains of is said as it is. */
export const createTool =
  ({ runTool, texts: t }: Pick<CommandDeps, 'runTool' | 'texts'>) =>
  async <T>(schema: z.ZodType<T>, app: Parameters<RunTool>[0], ...words: readonly string[]): Promise<T> => {
    const { code, stdout, stderr } = await runTool(app, [...words, '--json']);
    if (code !== 0) throw new Refused(`${t.toolFailed(`${app} ${words[0] ?? ''}`)}\n${stderr.trim().slice(-800)}`);
    return schema.parse(JSON.parse(stdout));
  };
