import { Decimal, type ExchangeSymbol, type Mode, type OpenPosition, realisedPnl, ZERO } from '@mexc-bot/core';
import { z } from 'zod';
import { bold, code, printed, safe, table } from '../text/html.ts';
import type { Arguments } from './arguments.ts';
import type { Answer, Command, CommandDeps } from './command.ts';
import { createTool } from './tool.ts';

/** Open positions of a mode at the prices of now. */
export interface Held {
  readonly positions: readonly OpenPosition[];
  readonly bids: ReadonlyMap<ExchangeSymbol, Decimal>;
  /** what they would bring; one without a price counts at its entry */
  readonly value: Decimal;
  /** what they would bring above their cost, with what they brought already */
  readonly unrealised: Decimal;
}

export function createAccount({ store, bids, settings }: Pick<CommandDeps, 'store' | 'bids' | 'settings'>) {
  const priceOf = (held: Pick<Held, 'bids'>, position: OpenPosition): Decimal =>
    held.bids.get(position.market) ?? position.entryPrice;

  return {
    async held(mode: Mode): Promise<Held> {
      const positions = store.positions.open(mode);
      const prices = positions.length === 0 ? new Map() : await bids(positions.map((position) => position.market));
      const value = positions.reduce(
        (total, position) => total.plus(position.quantity.mul(priceOf({ bids: prices }, position))),
        ZERO,
      );
      const unrealised = positions.reduce(
        (total, position) => total.plus(resultOf(position, prices.get(position.market))),
        ZERO,
      );
      return { positions, bids: prices, value, unrealised };
    },

    /** Free quote and what is held; of live mode, the equity the last scan saw: the account itself is asked by /balance. */
    equity(mode: Mode, held: Held): Decimal | null {
      if (mode === 'live') return store.state.highWaterMark('live')?.lastEquity ?? null;
      const free = store.paper.account().get(settings.universe.quote) ?? new Decimal(settings.paper.balanceUsdt);
      return free.plus(held.value);
    },
  };
}
export type Account = ReturnType<typeof createAccount>;

/** Quote a position brought and would bring if it were sold now, after the fees so far; without a price: what it brought. */
export function resultOf(position: OpenPosition, bid: Decimal | undefined): Decimal {
  const brought = realisedPnl(position);
  if (bid === undefined) return brought;
  const costOfRest = position.cost.mul(position.quantity).div(position.bought);
  return brought.plus(position.quantity.mul(bid)).minus(costOfRest);
}

const balanceSchema = z.object({
  assets: z.array(z.object({ asset: z.string(), free: z.string(), locked: z.string() })),
});
const resyncSchema = z.object({
  rebuilt: z.array(z.object({ market: z.string() })),
  unclear: z.array(
    z.object({
      order: z.object({
        clientOrderId: z.string(),
        market: z.string(),
        side: z.enum(['buy', 'sell']),
        createdWallAt: z.number(),
      }),
      evidence: z.object({ words: z.string(), nothingCame: z.boolean() }),
    }),
  ),
});
const clearSchema = z.object({
  passed: z.boolean(),
  suspected: z.array(z.string()),
  shrunk: z.array(z.string()),
});

export function accountCommands(deps: CommandDeps, account: Account, args: Arguments): readonly Command[] {
  const { store, settings, clock, runTool, texts: t, format } = deps;
  const { quote } = settings.universe;
  const owner = { group: 'upkeep', role: 'owner' } as const;
  const tradingMode = (): Mode => store.state.mode() ?? settings.mode;

  const tool = createTool(deps);

  async function balances(mode: Mode): Promise<ReadonlyMap<string, { free: Decimal; locked: Decimal }>> {
    if (mode === 'test') {
      const paper = store.paper.account();
      return new Map([...paper].map(([asset, free]) => [asset, { free, locked: ZERO }]));
    }
    const { assets } = await tool(balanceSchema, 'suite', 'balance', '--mode', 'live');
    return new Map(
      assets.map(({ asset, free, locked }) => [asset, { free: new Decimal(free), locked: new Decimal(locked) }]),
    );
  }

  /** Orders nobody knows the end of: only the owner can, who sees the exchange's own pages. */
  const unclearLines = (unclear: z.infer<typeof resyncSchema>['unclear']): string[] =>
    unclear.flatMap(({ order, evidence }) => [
      safe(
        t.unclearOrder(
          order.side,
          order.market,
          format.duration(clock.wallNow() - order.createdWallAt),
          evidence.words,
        ),
      ),
      ...(evidence.nothingCame
        ? [safe(t.endsByItself(order.clientOrderId))]
        : [safe(t.forgetWith), code(`npm run tracker forget ${order.clientOrderId} -- --yes`)]),
    ]);
  const namesOf = (found: readonly { readonly market: string }[]): string =>
    found.map(({ market }) => market).join(', ');

  return [
    {
      group: 'results',
      role: 'viewer',
      name: 'balance',
      async run({ args: given }) {
        const { mode, rest } = args.mode(given, tradingMode());
        args.none(rest);
        const [held, assets] = await Promise.all([account.held(mode), balances(mode)]);
        const money = assets.get(quote) ?? { free: ZERO, locked: ZERO };
        const equity = money.free.plus(money.locked).plus(held.value);
        const coins = [...assets].filter(([asset, { free, locked }]) => asset !== quote && free.plus(locked).gt(0));
        const inPositions = new Set(held.positions.map((position) => position.base));
        const strays = coins.filter(([asset]) => !inPositions.has(asset)).map(([asset]) => asset);
        return {
          mode,
          html: [
            bold(t.equityIs(format.amount(equity), quote)),
            table([
              [t.free, format.amount(money.free)],
              [t.locked, format.amount(money.locked)],
              [t.inPositions(held.positions.length), format.amount(held.value)],
            ]),
            ...(strays.length === 0 ? [] : [safe(t.otherCoins(strays.slice(0, 15).join(', '), strays.length))]),
          ].join('\n'),
        };
      },
    },
    {
      ...owner,
      name: 'resync',
      slow: true,
      async run({ args: given }) {
        const { mode, rest } = args.mode(given, tradingMode());
        args.none(rest);
        const { rebuilt, unclear } = await tool(resyncSchema, 'tracker', 'resync', '--mode', mode);
        if (rebuilt.length === 0) return { mode, html: [safe(t.nothingToResync), ...unclearLines(unclear)].join('\n') };
        return {
          mode,
          html: [safe(t.askResync(rebuilt.length, namesOf(rebuilt))), ...unclearLines(unclear)].join('\n'),
          question: {
            yes: t.yesAdd,
            action: async () => {
              const done = await tool(resyncSchema, 'tracker', 'resync', '--mode', mode, '--yes');
              return {
                mode,
                html: [safe(t.resynced(namesOf(done.rebuilt))), ...unclearLines(done.unclear)].join('\n'),
              };
            },
          },
        };
      },
    },
    {
      ...owner,
      name: 'cleartracked',
      slow: true,
      async run({ args: given }) {
        const { mode, rest } = args.mode(given, tradingMode());
        args.none(rest);
        const found = await tool(clearSchema, 'tracker', 'clear', '--mode', mode);
        if (!found.passed && found.suspected.length === 0)
          return { mode, html: safe(t.accountUnread), outcome: 'failed' };
        if (found.suspected.length === 0) return { mode, html: safe(t.nothingToClear) };
        return {
          mode,
          html: safe(t.askClearTracked(found.suspected.join(', '))),
          question: {
            yes: t.yesClose,
            action: async () => {
              const done = await tool(clearSchema, 'tracker', 'clear', '--mode', mode, '--yes');
              return { mode, html: safe(t.clearedTracked(done.shrunk.length, done.shrunk.join(', '))) };
            },
          },
        };
      },
    },
    {
      ...owner,
      name: 'cleanup',
      slow: true,
      bare: true,
      async run(): Promise<Answer> {
        const { code: ended, stdout, stderr } = await runTool('collector', ['cleanup']);
        const words = (ended === 0 ? stdout : stderr).trim();
        return {
          html: `${bold(ended === 0 ? t.cleanedUp : t.toolFailed('collector cleanup'))}\n${printed(words)}`,
          outcome: ended === 0 ? 'done' : 'failed',
        };
      },
    },
  ];
}
