import { effectiveStop, type Mode, type OpenPosition } from '@mexc-bot/core';
import { bold, safe, table } from '../text/html.ts';
import { type Account, resultOf } from './account.ts';
import type { Arguments } from './arguments.ts';
import { type Answer, type Command, type CommandDeps, Refused } from './command.ts';
import { pager } from './pager.ts';
import type { ProcessControl } from './processes.ts';

const ROWS = 12;

export function positionCommands(
  deps: CommandDeps,
  account: Account,
  control: ProcessControl,
  args: Arguments,
): readonly Command[] {
  const { store, settings, pictures, clock, texts: t, format } = deps;
  const { quote } = settings.universe;
  const viewer = { group: 'results', role: 'viewer' } as const;
  const tradingMode = (): Mode => store.state.mode() ?? settings.mode;

  async function list(mode: Mode, page: number, view: string): Promise<Answer> {
    const held = await account.held(mode);
    const { positions, bids } = held;
    const refresh = [{ text: t.refresh, data: `v:${view} ${page}` }];
    if (positions.length === 0) return { mode, html: safe(t.noPositions), buttons: [refresh] };
    const pages = Math.ceil(positions.length / ROWS);
    const shown = positions.slice((page - 1) * ROWS, page * ROWS);
    if (shown.length === 0) throw new Refused(t.notWhole(String(page), 1, pages));
    const rows = shown.map((position) => {
      const bid = bids.get(position.market);
      return [
        position.base,
        format.signed(resultOf(position, bid)),
        bid === undefined ? '–' : format.change(bid.div(position.entryPrice).minus(1)),
        `${position.levelsTaken}/${position.takeProfits.length}${position.pendingExit === null ? '' : '*'}`,
      ];
    });
    const selling = shown.some((position) => position.pendingExit !== null);
    return {
      mode,
      html: [
        bold(t.positionsTitle(positions.length, format.signed(held.unrealised), quote)),
        table([t.positionColumns(quote), ...rows]),
        ...(selling ? [safe(t.starMeansSelling)] : []),
        ...(pages > 1 ? [safe(t.page(page, pages))] : []),
      ].join('\n'),
      buttons: [refresh, ...pager(t, view, page, pages)],
    };
  }

  async function one(position: OpenPosition): Promise<Answer> {
    const { mode, market, base, entryPrice, peak, takeProfits, levelsTaken, pendingExit } = position;
    const { bids } = await account.held(mode);
    const bid = bids.get(market);
    const stop = effectiveStop(position);
    const levels = takeProfits.map(
      (multiple, index) => `${index < levelsTaken ? '✓' : ' '} ${format.price(entryPrice.mul(multiple))}`,
    );
    return {
      mode,
      html: [
        bold(t.positionTitle(base, format.signed(resultOf(position, bid)), quote)),
        safe(
          t.positionFacts(t.reason(position.strategy), position.confidence.toFixed(2), format.time(position.openedAt)),
        ),
        table([
          [t.priceNow, bid === undefined ? '–' : format.price(bid)],
          [t.entry, format.price(entryPrice)],
          [t.stop, `${format.price(stop)} (${format.change(stop.div(entryPrice).minus(1))})`],
          [t.peak, format.price(peak)],
          [t.quantity, format.price(position.quantity)],
          ...levels.map((level, index) => [t.level(index + 1), level]),
        ]),
        ...(pendingExit === null ? [] : [safe(t.selling(t.reason(pendingExit.reason)))]),
      ].join('\n'),
      photo: await pictures.candleChart(position.id),
      buttons: [[{ text: t.sellButton, data: `x:sell ${market} ${mode}` }]],
    };
  }

  function tracked(given: readonly string[], mode: Mode, view: string): Promise<Answer> {
    const [word] = given;
    if (word === undefined || /^\d{1,3}$/.test(word)) {
      return list(mode, args.whole(word, { min: 1, max: 999 }, 1), view);
    }
    const open = store.positions.open(mode);
    const market = args.market(
      word,
      open.map((position) => position.market),
    );
    return one(open.find((position) => position.market === market)!);
  }

  async function trackerWarning(): Promise<string[]> {
    return (await control.trackerRuns()) === false ? [safe(t.trackerIsOff)] : [];
  }

  return [
    {
      ...viewer,
      name: 'tracked',
      run({ args: given }) {
        const { mode, rest } = args.mode(given, tradingMode());
        return tracked(rest, mode, `tracked ${mode}`);
      },
    },
    { ...viewer, name: 'testtracked', run: ({ args: given }) => tracked(given, 'test', 'testtracked') },
    {
      name: 'sell',
      group: 'trading',
      role: 'owner',
      async run({ args: given, user }) {
        const { mode: asked, rest } = args.mode(given, tradingMode());
        const named = given.length > rest.length;
        const market = args.market(
          rest[0],
          store.positions.open(named ? asked : undefined).map((position) => position.market),
        );
        const held = store.positions.open().filter((position) => position.market === market);
        // one market may be held in both modes: the one being traded is meant, unless it was said
        const position = held.find(({ mode }) => mode === asked) ?? held[0]!;
        const { mode, base, quantity } = position;
        const bid = (await account.held(mode)).bids.get(market);
        const worth = bid === undefined ? '–' : format.amount(quantity.mul(bid));
        return {
          mode,
          html: [
            safe(t.askSell(base, format.price(quantity), worth, format.signed(resultOf(position, bid)), quote)),
            ...(await trackerWarning()),
          ].join('\n'),
          question: {
            yes: t.yesSell(base),
            action: async () => {
              store.requests.add({ kind: 'sell', market, mode, by: `telegram ${user}`, wallAt: clock.wallNow() });
              return { mode, html: [safe(t.sellRequested(base)), ...(await trackerWarning())].join('\n') };
            },
          },
        };
      },
    },
    {
      name: 'panic',
      group: 'trading',
      role: 'owner',
      bare: true,
      async run({ user }) {
        const open = store.positions.open();
        const modes = [...new Set(open.map((position) => position.mode))];
        const held = await Promise.all(modes.map((mode) => account.held(mode)));
        const lines = held.flatMap(({ positions, bids }) =>
          positions.map((position) => [
            `${position.base} ${position.mode.toUpperCase()}`,
            format.signed(resultOf(position, bids.get(position.market))),
          ]),
        );
        return {
          html: [
            bold(t.askPanic(open.length)),
            ...(lines.length === 0 ? [] : [table([['', quote], ...lines.slice(0, 30)])]),
            ...(lines.length > 30 ? [safe(t.andMore(lines.length - 30))] : []),
            ...(await trackerWarning()),
          ].join('\n'),
          question: {
            yes: t.yesPanic,
            action: async () => {
              const wallAt = clock.wallNow();
              // the pause first and at once: what is sold must not be bought again
              store.write(() => {
                store.state.setPaused(true, wallAt);
                store.requests.add({ kind: 'panic', market: null, mode: null, by: `telegram ${user}`, wallAt });
              });
              const unsettled = store.orders.unsettled().filter((order) => order.side === 'buy').length;
              return {
                html: [
                  safe(t.panicking(open.length)),
                  ...(unsettled === 0 ? [] : [safe(t.buysUnderWay(unsettled))]),
                  ...(await trackerWarning()),
                ].join('\n'),
              };
            },
          },
        };
      },
    },
  ];
}
