import { dirname, join } from 'node:path';
import type { Clock } from '@mexc-bot/core';
import {
  createLogger,
  createPm2,
  createSystemClock,
  loadSettings,
  restUrl,
  runMain,
  runWorker,
} from '@mexc-bot/runtime';
import { createRequestBudget, openBudgetLedger, openStore } from '@mexc-bot/store';
import { configuredIds } from './access/access.ts';
import { marketTime } from './market-time.ts';
import { modelAnswers } from './model-answers.ts';
import { createModelShelf } from './model-shelf.ts';
import { wireAlerts } from './outbox/wire-alerts.ts';
import { createSeparatePainter } from './pictures/separate-painter.ts';
import { createPictures } from './pictures/wire-pictures.ts';
import { createBids } from './prices.ts';
import { createRunTool } from './run-tool.ts';
import { createTelegrafMessenger } from './telegraf-messenger.ts';
import { createFormat } from './text/format.ts';
import { createWatch, watchedWorkers } from './watch/watch.ts';
import { wireBot } from './wire-bot.ts';

const EVERY_MS = 1_000;
/** It reads little, and may take little memory. */
const CACHE_KB = 2_000;

await runMain('telegram', async () => {
  const settings = loadSettings(process.env);
  const log = createLogger('telegram', settings.log, { secrets: settings.secrets });
  for (const warning of settings.warnings) log.warn(warning);
  const store = openStore(settings.database, { cacheKb: CACHE_KB });
  const wall = createSystemClock();
  const marketNow = marketTime(store, wall, settings);
  // what it tells and beats by is the market's time; it follows the workers', which ask the exchange
  const clock: Clock = { ...wall, now: marketNow };
  const pm2 = createPm2({ root: settings.root, logFolder: settings.log.folder });
  const ledger = openBudgetLedger(join(dirname(settings.database), 'budget.db'), log);
  const budget = createRequestBudget({ ledger, clock, exitReserve: settings.exchange.exitReserve });
  const startedAt = clock.wallNow();

  const { telegramBotToken: token } = settings.secrets;
  const bids = createBids({ restUrl: restUrl(settings), budget, log });
  const { zone } = createFormat(settings.telegram.timeZone);
  const runTool = createRunTool(settings.root);
  const painter = createSeparatePainter({ clock });
  const pictures = createPictures({ store, painter, settings, bids, marketNow, zone });
  const telegram = token === null ? null : createTelegrafMessenger({ token, apiRoot: settings.telegram.apiRoot });
  const bot =
    telegram &&
    wireBot({
      settings,
      store,
      clock,
      log,
      pm2,
      telegram,
      pictures,
      models: createModelShelf({ store, runTool, settings, marketNow }),
      runTool,
      bids,
      marketNow,
      self: () => ({ startedAt, memoryMb: process.memoryUsage.rss() / 1024 / 1024 }),
    });
  if (bot === null) log.info('no bot: TELEGRAM_BOT_TOKEN is not set in .env; heartbeats are watched all the same');
  else if (configuredIds(settings).length === 0 && store.telegram.paired().length === 0)
    log.warn('nobody may command the bot yet: npm run telegram pair, or TELEGRAM_ALLOWED_IDS in .env');

  const alerts =
    telegram &&
    bot &&
    wireAlerts({
      store,
      messenger: telegram,
      clock,
      log,
      settings,
      chats: bot.access.recipients,
      answersOf: modelAnswers(store),
    });
  const watch = createWatch({
    store,
    clock,
    log,
    settings: settings.telegram.heartbeat,
    workers: watchedWorkers(settings),
    restart: async (name) => void (await pm2.restart([name])),
    statusOf: async (name) => (await pm2.list()).find((row) => row.name === name)?.status ?? null,
  });

  const stop = new AbortController();
  const background = Promise.all([bot?.listen(stop.signal), alerts?.run(stop.signal), watch.run(stop.signal)]);

  await runWorker(
    {
      name: 'telegram',
      everyMs: EVERY_MS,
      minWallMs: EVERY_MS,
      cycle: () => Promise.resolve(),
      onStop: [
        async () => {
          stop.abort();
          await background;
        },
        () => painter.close(),
        () => telegram?.close(),
        () => ledger.close(),
        () => store.close(),
      ],
    },
    { heartbeats: store.heartbeats, clock, log, maxOutputMb: settings.log.maxSizeMb },
  );
});
