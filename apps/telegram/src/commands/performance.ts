import { DAY_MS, type Mode, performanceOf, realisedPnl, type Tally, ZERO } from '@mexc-bot/core';
import type { DailySummaryRow, Days } from '@mexc-bot/store';
import { bold, safe, table } from '../text/html.ts';
import type { Account } from './account.ts';
import type { Arguments } from './arguments.ts';
import type { Answer, Command, CommandDeps } from './command.ts';

const MOST_DAYS = 365;

export function performanceCommands(deps: CommandDeps, account: Account, args: Arguments): readonly Command[] {
  const { store, settings, pictures, texts: t, format, marketNow } = deps;
  const viewer = { group: 'results', role: 'viewer' } as const;
  const { quote } = settings.universe;
  const tradingMode = (): Mode => store.state.mode() ?? settings.mode;

  const days = (): Days => ({ zone: format.zone, dayOf: format.day, todayFrom: format.dayStart(marketNow()) });
  /** Noon of an earlier day, or an hour beside it: days have 23 to 25 hours where clocks are changed. */
  const noonBefore = (count: number): number => format.dayStart(marketNow()) + DAY_MS / 2 - count * DAY_MS;
  const dayBefore = (count: number): string => format.day(noonBefore(count));

  function sumOf(rows: readonly DailySummaryRow[]) {
    return rows.reduce(
      (sum, row) => ({ closed: sum.closed + row.closed, wins: sum.wins + row.wins, pnl: sum.pnl.plus(row.pnl) }),
      { closed: 0, wins: 0, pnl: ZERO },
    );
  }

  async function summary(mode: Mode): Promise<Answer> {
    const rows = store.dailySummary.of(mode, '0000-00-00', days());
    const spans = [
      [t.today, 0],
      [t.lastDays(7), 6],
      [t.lastDays(30), 29],
      [t.allTime, null],
    ] as const;
    const lines = spans.map(([name, back]) => {
      const sum = sumOf(back === null ? rows : rows.filter((row) => row.day >= dayBefore(back)));
      return [name, format.signed(sum.pnl), `${sum.wins}/${sum.closed}`];
    });
    const [held, photo] = await Promise.all([account.held(mode), pictures.equity(mode)]);
    const equity = account.equity(mode, held);
    return {
      mode,
      html: [
        `${bold(t.equityIs(format.amount(equity), quote))}`,
        safe(t.openIs(held.positions.length, format.signed(held.unrealised), quote)),
        table([[t.span, quote, t.wonOfClosed], ...lines]),
      ].join('\n'),
      photo,
      buttons: [[{ text: t.refresh, data: `v:summary ${mode}` }]],
    };
  }

  const tallies = (title: string, groups: Readonly<Record<string, Tally>>): string =>
    table([
      [title, quote, t.wonOfClosed],
      ...Object.entries(groups).map(([name, tally]) => [
        t.reason(name),
        format.signed(tally.realisedPnl),
        `${tally.wins}/${tally.closed}`,
      ]),
    ]);

  return [
    {
      ...viewer,
      name: 'summary',
      run: ({ args: given }) => {
        const { mode, rest } = args.mode(given, tradingMode());
        args.none(rest);
        return summary(mode);
      },
    },
    { ...viewer, name: 'testsummary', bare: true, run: () => summary('test') },
    {
      ...viewer,
      name: 'performance',
      async run({ args: given }) {
        const { mode, rest } = args.mode(given, tradingMode());
        const span = args.whole(rest[0], { min: 1, max: MOST_DAYS }, 30);
        const since = format.dayStart(noonBefore(span - 1));
        const photo = await pictures.equity(mode, since);
        const open = store.positions.open(mode);
        const result = performanceOf(store.history.results(mode, since), []);
        const sold = open.filter(({ proceeds }) => proceeds.gt(0));
        const { profitFactor } = result;
        return {
          mode,
          html: [
            bold(t.performanceTitle(format.signed(result.realisedPnl), quote, span)),
            safe(t.performanceFacts(result.closed, result.wins, result.losses, open.length)),
            // when they were sold is not on record: they may be older than the span
            ...(sold.length === 0
              ? []
              : [safe(t.openHaveSold(format.signed(sold.map(realisedPnl).reduce((a, b) => a.plus(b))), quote))]),
            safe(t.performanceFees(format.amount(result.fees), quote)),
            safe(
              t.performanceQuality(
                format.signed(result.expectancy),
                format.amount(profitFactor),
                format.signed(result.best),
                format.signed(result.worst),
              ),
            ),
            ...(result.closed === 0
              ? []
              : [tallies(t.byStrategy, result.byStrategy), tallies(t.byExit, result.byExitReason)]),
          ].join('\n'),
          photo,
        };
      },
    },
    {
      ...viewer,
      name: 'daily',
      async run({ args: given }) {
        const { mode, rest } = args.mode(given, tradingMode());
        const span = args.whole(rest[0], { min: 1, max: 60 }, 14);
        const shown = Array.from({ length: span }, (_, index) => dayBefore(span - 1 - index));
        const rows = store.dailySummary.of(mode, shown[0]!, days());
        const byDay = Map.groupBy(rows, (row) => row.day);
        const lines = [...byDay].reverse().map(([day, of]) => {
          const sum = sumOf(of);
          return [day.slice(5), format.signed(sum.pnl), `${sum.wins}/${sum.closed}`];
        });
        const total = sumOf(rows);
        return {
          mode,
          html: [
            bold(t.dailyTitle(format.signed(total.pnl), quote, span)),
            lines.length === 0 ? safe(t.nothingClosed) : table([[t.day, quote, t.wonOfClosed], ...lines]),
          ].join('\n'),
          photo: await pictures.daily(mode, rows, shown),
        };
      },
    },
  ];
}
