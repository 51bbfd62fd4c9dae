import { Decimal, type Mode } from '@mexc-bot/core';
import { didYouMean } from '@mexc-bot/runtime';
import { z } from 'zod';
import { bold, code, printed, safe, table } from '../text/html.ts';
import type { Account } from './account.ts';
import { accountStopSchema, accountStopText } from './account-stop.ts';
import type { Arguments } from './arguments.ts';
import { type Answer, type Command, type CommandDeps, Refused } from './command.ts';
import type { ProcessControl } from './processes.ts';
import { createTool } from './tool.ts';

const resumedSchema = z.object({
  pausedSince: z.boolean(),
  peakForgotten: z.boolean(),
  ordersRetried: z.boolean(),
  marketsBelieved: z.boolean(),
  entriesStopped: z.string().nullable(),
  stop: accountStopSchema.nullable(),
});

export function switchCommands(
  deps: CommandDeps,
  account: Account,
  control: ProcessControl,
  args: Arguments,
): readonly Command[] {
  const { store, settings, clock, texts: t, format } = deps;
  const tool = createTool(deps);
  const owner = { group: 'trading', role: 'owner' } as const;
  const tradingMode = (): Mode => store.state.mode() ?? settings.mode;
  const { quote } = settings.universe;
  const openOf = (mode: Mode): number => store.positions.open(mode).length;

  const setMode = (mode: Mode): Answer => {
    store.state.setMode(mode, clock.wallNow());
    const other = mode === 'live' ? 'test' : 'live';
    return { html: safe(t.modeIs(mode, openOf(other))), outcome: `done: ${mode}` };
  };

  const refuseWhileTesting = (): void => {
    const open = openOf('test');
    const underWay = store.orders.unsettled().filter((order) => order.mode === 'test').length;
    if (open + underWay > 0) throw new Refused(t.testPositionsOpen(open, underWay));
  };

  return [
    {
      ...owner,
      name: 'pause',
      bare: true,
      async run() {
        store.state.setPaused(true, clock.wallNow());
        return { html: safe(t.pausedNow(openOf('live'), openOf('test'), await control.trackerRuns())) };
      },
    },
    {
      ...owner,
      name: 'resume',
      bare: true,
      async run() {
        // its rule (what becomes of the drawdown) is the suite's command's
        const resumed = await tool(resumedSchema, 'suite', 'resume', '--asked-at', String(clock.wallNow()));
        const { entriesStopped, stop } = resumed;
        return {
          html: [
            resumed.pausedSince ? t.pausedSince : entriesStopped === null && stop === null ? t.resumedNow : t.pauseOver,
            ...(resumed.peakForgotten ? [t.peakForgotten] : []),
            ...(resumed.ordersRetried ? [t.ordersRetried] : []),
            ...(resumed.marketsBelieved ? [t.marketsBelieved] : []),
            ...(entriesStopped === null ? [] : [t.stillStopped(t.reason(entriesStopped))]),
            ...(stop === null ? [] : [accountStopText(stop, t, format)]),
          ]
            .map(safe)
            .join('\n'),
        };
      },
    },
    {
      ...owner,
      name: 'testmode_on',
      bare: true,
      run() {
        return tradingMode() === 'test' ? { html: safe(t.modeIsAlready('test')) } : setMode('test');
      },
    },
    {
      ...owner,
      name: 'testmode_off',
      bare: true,
      run() {
        if (tradingMode() === 'live') return { html: safe(t.modeIsAlready('live')) };
        if (settings.secrets.mexcApiKey === null) throw new Refused(t.liveNeedsKey);
        const { min, max } = settings.stake.live;
        return {
          html: safe(t.askLive(settings.venue, format.amount(min), format.amount(max), quote, openOf('test'))),
          question: { yes: t.yesLive, action: () => Promise.resolve(setMode('live')) },
        };
      },
    },
    {
      name: 'teststatus',
      group: 'results',
      role: 'viewer',
      bare: true,
      async run() {
        const held = await account.held('test');
        return {
          mode: 'test',
          html: [
            bold(t.equityIs(format.amount(account.equity('test', held)), quote)),
            safe(t.modeIsAlready(tradingMode())),
            safe(t.openIs(held.positions.length, format.signed(held.unrealised), quote)),
            safe(t.startedWith(format.amount(settings.paper.balanceUsdt), quote)),
          ].join('\n'),
        };
      },
    },
    {
      name: 'cleartestdata',
      group: 'upkeep',
      role: 'owner',
      run({ args: given }) {
        const forced = args.oneOf(given[0], ['force'], 'force') === 'force' && given[0] !== undefined;
        if (!forced) refuseWhileTesting();
        const rows = Object.entries(store.testData.count());
        if (rows.every(([name]) => name === 'paper_balance')) return { mode: 'test', html: safe(t.noTestData) };
        return {
          mode: 'test',
          html: [
            bold(t.askClearTest(format.amount(settings.paper.balanceUsdt), quote)),
            table(rows.map(([name, count]) => [name, String(count)])),
          ].join('\n'),
          question: {
            yes: t.yesDelete,
            action: () => {
              const opening = { asset: quote, quantity: new Decimal(settings.paper.balanceUsdt) };
              // what was bought since the question would go unsold
              const rows = store.write(() => {
                if (!forced) refuseWhileTesting();
                return store.testData.clear(opening);
              });
              const deleted = Object.values(rows).reduce((total, count) => total + count, 0);
              return Promise.resolve({
                mode: 'test',
                html: safe(t.clearedTest(deleted)),
                outcome: `done: ${deleted} rows`,
              });
            },
          },
        };
      },
    },
    {
      name: 'settings',
      group: 'upkeep',
      role: 'viewer',
      run({ args: given }) {
        const { secrets: _, warnings: _warnings, root: _root, venue, ...shown } = settings;
        const sections = Object.keys(shown).filter((key) => typeof shown[key as keyof typeof shown] === 'object');
        const [word] = given;
        if (word === undefined) {
          const plain = Object.entries(shown).filter(([, value]) => typeof value !== 'object');
          return {
            html: [
              bold(t.settingsTitle),
              table([['venue', venue], ...plain.map(([key, value]) => [key, String(value).slice(-30)])]),
              safe(t.settingsSections),
              sections.map((name) => code(name)).join(', '),
            ].join('\n'),
          };
        }
        const name = sections.find((each) => each.toLowerCase() === word.toLowerCase());
        if (name === undefined) throw new Refused(t.notOneOf(word, sections, didYouMean(word, sections)));
        return { html: `${bold(name)}\n${printed(lines(shown[name as keyof typeof shown]).join('\n'), 3_500)}` };
      },
    },
  ];
}

/** `protections.cooldownMinutes 60`, a line a setting. */
function lines(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} ${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([key, child]) => lines(child, path === '' ? key : `${path}.${key}`));
}
