import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mode } from '@mexc-bot/core';
import {
  applyResync,
  createReconcile,
  evidenceOf,
  planResync,
  stopConfig,
  type TradingProcess,
  unclearOrders,
  wireTrading,
} from '@mexc-bot/execution';
import { loadSettings, print, runCli, UserError } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { Command, Option } from 'commander';
import { sellCommand } from './cli-sell.ts';
import { explanation, positionTable, rebuiltTable, unclearLines } from './tables.ts';

const program = new Command('tracker').description('Guards open positions and sells them.');
const modeOption = () =>
  new Option('--mode <mode>', 'test or live; the current mode unless given').choices(['test', 'live']);
const START_TIMEOUT_MS = 10_000;

interface Options {
  readonly mode?: Mode;
  readonly yes?: boolean;
  readonly json?: boolean;
}

program
  .command('list')
  .description('open positions with their stops and levels')
  .addOption(new Option('--mode <mode>', 'only test or live positions').choices(['test', 'live']))
  .option('--json', 'one JSON document on standard output')
  .action((options: Options) => {
    const store = openStore(loadSettings(process.env).database);
    try {
      const unclear = unclearOrders(store, Date.now()).filter(({ mode }) => (options.mode ?? mode) === mode);
      const positions = store.positions.open(options.mode);
      print(positions, {
        json: options.json,
        text: (rows) => [positionTable(rows), ...unclearLines(unclear, Date.now())].join('\n'),
      });
    } finally {
      store.close();
    }
  });

program
  .command('resync')
  .description(
    'rebuild positions from the exchange’s history: coins our own orders bought and the books do not know; explain orders without an answer',
  )
  .addOption(modeOption())
  .option('--yes', 'write them; without it they are only shown')
  .option('--json', 'one JSON document on standard output')
  .action((options: Options) =>
    withTrading(options, async (trading, mode) => {
      const { settings, store, clock } = trading;
      const deps = {
        store,
        clock,
        mode,
        trading: accountOf(trading, mode),
        quote: settings.universe.quote,
        entryRules: { table: settings.position.exits, stop: stopConfig(settings) },
        assume: { strategy: 'simple', confidence: settings.ai.fallbackConfidence.simple } as const,
        newPositionId: randomUUID,
      };
      store.markets.sync(await trading.marketData.markets(), clock.now());
      // first: what an order without an answer bought is that order's position, not one to rebuild
      await trading.executor.settle();
      const planned = await planResync(deps);
      const rebuilt = options.yes ? planned.filter((position) => applyResync(deps, position)) : planned;
      const unsettled = store.orders.unsettled().filter((order) => order.mode === mode);
      const waiting = [...new Set(unsettled.map(({ market }) => market))];
      const balances = await deps.trading.balances();
      const unclear = unclearOrders(store, clock.wallNow())
        .filter((order) => order.mode === mode)
        .map((order) => ({ order, evidence: evidenceOf(store, order, balances) }));
      print(
        { rebuilt, unclear },
        {
          json: options.json,
          text: () =>
            [
              rebuiltTable(rebuilt, options.yes === true),
              ...(waiting.length > 0
                ? [`${waiting.join(', ')}: an order there has no end yet; nothing is rebuilt before.`]
                : []),
              ...unclear.flatMap(({ order, evidence }) => explanation(order, evidence, clock.wallNow())),
            ].join('\n'),
        },
      );
    }),
  );

program
  .command('forget')
  .argument('<order>', 'its client order id, as `list` and `resync` tell it')
  .description('end an order without an answer as if nothing came of it; look at the exchange’s own pages first')
  .option('--yes', 'end it; without it nothing is changed')
  .action(async (id: string, options: Options) => {
    // the exchange is not asked: it does not know
    await withTrading(options, async ({ store, clock, executor }) => {
      const order = unclearOrders(store, clock.wallNow()).find((row) => row.clientOrderId === id);
      if (order === undefined)
        throw new UserError(`${id} is no order without an answer`, 'pnpm tracker list names them.');
      if (options.yes) executor.abandon(order);
      const what = `${order.side} of ${order.quantity} ${order.market}`;
      console.log(
        options.yes
          ? `The ${what} is over; its market and its money are free again. Coins it brought after all are reported as owned without a position.`
          : `The ${what} would be over, its market and its money free again. To do so: --yes`,
      );
    });
  });

program
  .command('clear')
  .description('close positions whose coins are gone from the account')
  .addOption(modeOption())
  .option('--yes', 'close them; without it they are only shown')
  .option('--json', 'one JSON document on standard output')
  .action((options: Options) =>
    withTrading(options, async (trading, mode) => {
      const confirmAfterMs = options.yes ? trading.settings.reconcile.confirmSeconds * 1_000 : Number.POSITIVE_INFINITY;
      const quote = trading.settings.universe.quote;
      const reconcile = createReconcile({ ...trading, quote, confirmAfterMs, source: 'tracker' });
      accountOf(trading, mode);
      let found = await reconcile(mode);
      if (options.yes && found.suspected.length > 0) {
        console.error(
          `${found.suspected.join(', ')}: looking again in ${confirmAfterMs / 1_000} s, balances may lag behind`,
        );
        await sleep(confirmAfterMs + 100);
        found = await reconcile(mode);
      }
      print(found, {
        json: options.json,
        text: ({ suspected, shrunk }) =>
          [
            shrunk.length > 0 ? `Closed or shrunk: ${shrunk.join(', ')}.` : 'No position was changed.',
            ...(suspected.length > 0
              ? [`Less is owned than booked: ${suspected.join(', ')}. To close them: --yes`]
              : []),
          ].join('\n'),
      });
    }),
  );

program
  .command('sell')
  .description('ask the running tracker to sell a position now, all of it')
  .argument('<symbol>', 'market or token: PEPEUSDT, PEPE/USDT, pepe')
  .addOption(modeOption())
  .option('--yes', 'ask for it; without it the position is only shown')
  .option('--json', 'one JSON document on standard output')
  .action((symbol: string, options: Options) => sellCommand(options, { kind: 'sell', symbol }));

program
  .command('panic')
  .description('stop buys and ask the running tracker to sell every position now')
  .addOption(new Option('--mode <mode>', 'only test or live positions').choices(['test', 'live']))
  .option('--yes', 'ask for it; without it the positions are only shown')
  .option('--json', 'one JSON document on standard output')
  .action((options: Options) => sellCommand(options, { kind: 'panic' }));

function accountOf(trading: TradingProcess, mode: Mode) {
  const account = trading.tradingOf(mode);
  if (account === null)
    throw new UserError(`no account trades in ${mode} mode`, 'Write MEXC_API_KEY and MEXC_API_SECRET to .env.');
  return account;
}

async function withTrading(
  options: Options,
  use: (trading: TradingProcess, mode: Mode) => Promise<void>,
): Promise<void> {
  const trading = await wireTrading('tracker', { destination: 'stderr', startTimeoutMs: START_TIMEOUT_MS });
  try {
    await use(trading, options.mode ?? trading.store.state.mode() ?? trading.settings.mode);
  } finally {
    trading.closeExchange();
    trading.clock.stop();
    trading.store.close();
  }
}

await runCli(program);
