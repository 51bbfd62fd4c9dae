import type { Stage } from '@mexc-bot/core';
import type { Candidate } from '@mexc-bot/store';
import { z } from 'zod';
import { bold, safe, table } from '../text/html.ts';
import { accountStopSchema, accountStopText } from './account-stop.ts';
import type { Arguments } from './arguments.ts';
import type { Answer, Command, CommandDeps } from './command.ts';

/** What the scanner's own command says of a token that the last scan left out before its candles. */
const earlySchema = z.object({
  mode: z.enum(['live', 'test']),
  at: z.number(),
  reason: z.string(),
  stages: z.array(
    z.object({
      stage: z.string(),
      check: z.string(),
      value: z.union([z.number(), z.string()]).nullable(),
      is: z.string().nullable(),
      threshold: z.union([z.number(), z.string()]).nullable(),
      verdict: z.enum(['pass', 'fail']),
    }),
  ),
  accountStop: accountStopSchema.nullable(),
  lastCandidate: z.object({ at: z.number(), reason: z.string() }).nullable(),
});
type Early = z.infer<typeof earlySchema>;

/** The last decision on a token, stage by stage. */
export function whyCommand(deps: CommandDeps, args: Arguments): Command {
  const { store, runTool, texts: t, format } = deps;

  return {
    group: 'results',
    role: 'viewer',
    name: 'why',
    async run({ args: given }): Promise<Answer> {
      const market = args.market(given[0]);
      const candidate = store.candidates.current(market);
      if (candidate !== undefined) return { mode: candidate.mode, html: lookText(candidate) };
      // the last scan is decided again, and that takes the scanner's own command
      const { code, stdout } = await runTool('scanner', ['why', market, '--json']);
      if (code !== 0) return { html: safe(t.neverLooked(market)) };
      const early = earlySchema.parse(JSON.parse(stdout));
      return { mode: early.mode, html: earlyText(market, early) };
    },
  };

  function head(market: string, { at, mode }: Pick<Candidate, 'at' | 'mode'>, verdict: string): string[] {
    return [bold(market), bold(`${format.time(at)} ${mode.toUpperCase()}: ${verdict}`)];
  }

  function lookText(candidate: Candidate): string {
    const { market, price, strategy, confidence, decision, reason, stages } = candidate;
    return [
      ...head(market, candidate, decision === 'bought' ? t.wasBought : t.wasNotBought(t.reason(reason))),
      safe(
        t.lookFacts(
          format.price(price),
          strategy === null ? null : t.reason(strategy),
          confidence === null ? null : confidence.toFixed(2),
        ),
      ),
      stages === null ? safe(t.checksForgotten) : table(checkRows(stages)),
    ].join('\n');
  }

  function earlyText(market: string, early: Early): string {
    const { reason, stages, accountStop, lastCandidate } = early;
    return [
      ...head(market, early, t.wasNotBought(t.reason(reason))),
      table(checkRows(stages)),
      ...(accountStop === null ? [] : [safe(accountStopText(accountStop, t, format))]),
      ...(lastCandidate === null
        ? []
        : [safe(t.cameFurther(format.time(lastCandidate.at), t.reason(lastCandidate.reason)))]),
    ].join('\n');
  }

  /** A heading a stage, then what was asked of the token: the value, and what it had to be. */
  function checkRows(stages: Early['stages'] | readonly Stage[]): readonly (readonly string[])[] {
    return stages.flatMap(({ stage, check, value, is, threshold, verdict }, i) => [
      ...(stages[i - 1]?.stage === stage ? [] : [[t.stage(stage)]]),
      [
        `${verdict === 'pass' ? '✓' : '✗'} ${t.check(check)}`,
        shown(value),
        is === null || threshold === null ? '' : `${is} ${shown(threshold)}`,
      ],
    ]);
  }

  function shown(value: Stage['value']): string {
    if (value === null) return '–';
    return typeof value === 'number' ? format.amount(value) : t.found(value);
  }
}
