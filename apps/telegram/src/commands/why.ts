import type { Stage } from '@mexc-bot/core';
import type { Candidate } from '@mexc-bot/store';
import { bold, printed, safe, table } from '../text/html.ts';
import type { Arguments } from './arguments.ts';
import type { Answer, Command, CommandDeps } from './command.ts';

/** The last decision on a token, stage by stage. */
export function whyCommand(deps: CommandDeps, args: Arguments): Command {
  const { store, runTool, texts: t, format } = deps;

  return {
    group: 'results',
    role: 'viewer',
    name: 'why',
    async run({ args: given }): Promise<Answer> {
      const market = args.market(given[0]);
      const candidate = store.candidates.latest(market);
      if (candidate !== undefined) return { mode: candidate.mode, html: lookText(candidate) };
      // it never came as far as its candles: the last scan is decided again, and that takes the scanner's own command
      const { code, stdout } = await runTool('scanner', ['why', market]);
      return { html: code === 0 ? `${bold(market)}\n${printed(stdout.trim())}` : safe(t.neverLooked(market)) };
    },
  };

  function lookText({ market, at, mode, price, strategy, confidence, decision, reason, stages }: Candidate): string {
    const verdict = decision === 'bought' ? t.wasBought : t.wasNotBought(t.reason(reason));
    return [
      bold(market),
      bold(`${format.time(at)} ${mode.toUpperCase()}: ${verdict}`),
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

  /** A heading a stage, then what was asked of the token: the value, and what it had to be. */
  function checkRows(stages: readonly Stage[]): readonly (readonly string[])[] {
    return stages.flatMap(({ stage, check, value, is, threshold, verdict }, i) => [
      ...(stages[i - 1]?.stage === stage ? [] : [[stage]]),
      [
        `${verdict === 'pass' ? '✓' : '✗'} ${check}`,
        shown(value),
        is === null || threshold === null ? '' : `${is} ${shown(threshold)}`,
      ],
    ]);
  }

  function shown(value: Stage['value']): string {
    if (value === null) return '–';
    return typeof value === 'number' ? format.amount(value) : value;
  }
}
