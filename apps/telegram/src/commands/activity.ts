import { HOUR_MS, type Mode } from '@mexc-bot/core';
import type { ActivityRow } from '@mexc-bot/store';
import { bold, safe, table } from '../text/html.ts';
import type { Arguments } from './arguments.ts';
import type { Answer, Command, CommandDeps } from './command.ts';
import { pager } from './pager.ts';

const EVENTS = 8;
const MOST_REASONS = 8;
const SPAN_MS = 24 * HOUR_MS;

export function activityCommands(deps: CommandDeps, args: Arguments): readonly Command[] {
  const { store, settings, texts: t, format, marketNow } = deps;
  const viewer = { group: 'results', role: 'viewer' } as const;
  const tradingMode = (): Mode => store.state.mode() ?? settings.mode;

  function event({ at, kind, market, detail }: ActivityRow): string {
    const facts = ['reason', 'price', 'quantity', 'pnl', 'words']
      .map((key) => detail[key])
      .filter((value) => typeof value === 'string' || typeof value === 'number')
      .map((value) => (typeof value === 'string' ? t.reason(value) : format.amount(value)));
    const words = [t.kind(kind), ...(market === undefined ? [] : [market]), ...facts].join(' · ');
    return `${format.time(at)} ${words.slice(0, 160)}`;
  }

  function activity(given: readonly string[], mode: Mode, view: string): Answer {
    const count = store.history.activityCount(mode);
    const pages = Math.max(1, Math.ceil(count / EVENTS));
    const page = args.whole(given[0], { min: 1, max: pages }, 1);
    const events = store.history.activity(mode, EVENTS, (page - 1) * EVENTS).map(event);
    const recent = events.length === 0 ? safe(t.nothingHappened) : events.map(safe).join('\n');
    const buttons = [...pager(t, view, page, pages)];
    if (page > 1) return { mode, html: `${bold(t.eventsTitle)}\n${recent}\n${safe(t.page(page, pages))}`, buttons };

    const since = marketNow() - SPAN_MS;
    const sums = store.history.scansSince(mode, since);
    const notBought = store.history.rejections(mode, since, MOST_REASONS);
    const early = sums.funnel.filter(({ reason }) => reason !== 'bought').slice(0, MOST_REASONS);
    return {
      mode,
      html: [
        bold(t.boughtInSpan(sums.bought, sums.scans)),
        table([
          [t.funnelSeen, format.amount(sums.seen)],
          [t.funnelHype, format.amount(sums.hype)],
          [t.funnelClassified, format.amount(sums.classified)],
          [t.funnelBought, format.amount(sums.bought)],
        ]),
        ...(notBought.length === 0
          ? []
          : [
              bold(t.whyNotBought),
              table(notBought.map(({ reason, count: times }) => [t.reason(reason), format.amount(times)])),
            ]),
        ...(early.length === 0
          ? []
          : [
              bold(t.whereMarketsWent),
              table(early.map(({ reason, count: times }) => [t.reason(reason), format.amount(times)])),
            ]),
        bold(t.eventsTitle),
        recent,
      ].join('\n'),
      buttons,
    };
  }

  return [
    {
      ...viewer,
      name: 'activity',
      run({ args: given }) {
        const { mode, rest } = args.mode(given, tradingMode());
        return activity(rest, mode, `activity ${mode}`);
      },
    },
    { ...viewer, name: 'testactivity', run: ({ args: given }) => activity(given, 'test', 'testactivity') },
  ];
}
