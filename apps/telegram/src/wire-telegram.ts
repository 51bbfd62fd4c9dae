import { dirname, join } from 'node:path';
import type { Clock } from '@mexc-bot/core';
import { createPm2, type Logger, restUrl, type Settings } from '@mexc-bot/runtime';
import { createRequestBudget, openBudgetLedger, type Store } from '@mexc-bot/store';
import { configuredIds } from './access/access.ts';
import { createLocalTime } from './digest/local-time.ts';
import { readZone } from './digest/zone.ts';
import { modelAnswers } from './model-answers.ts';
import { createModelShelf } from './model-shelf.ts';
import { wireAlerts } from './outbox/wire-alerts.ts';
import { createSeparatePainter } from './pictures/separate-painter.ts';
import { createPictures } from './pictures/wire-pictures.ts';
import { createBids } from './prices.ts';
import { createRunTool } from './run-tool.ts';
import { createTelegrafMessenger } from './telegraf-messenger.ts';
import { createWatch, watchedWorkers } from './watch/watch.ts';
import { wireBot } from './wire-bot.ts';

export interface TelegramProcess {
  readonly settings: Settings;
  readonly store: Store;
  readonly log: Logger;
  /** `now` is the market's time */
  readonly clock: Clock;
}

/** Everything the process does beside its heartbeat: the bot, its alerts, and the watch over the others; without a token that alone. */
export function wireTelegram({ settings, store, log, clock }: TelegramProcess): {
  /** Until the signal aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
} {
  const pm2 = createPm2({ root: settings.root, logFolder: settings.log.folder });
  const ledger = openBudgetLedger(join(dirname(settings.database), 'budget.db'), log);
  const painter = createSeparatePainter({ clock });
  const bot = wireListening();
  const watch = createWatch({
    store,
    clock,
    log,
    settings: settings.telegram.heartbeat,
    workers: watchedWorkers(settings),
    restart: (name) => pm2.restart([name]),
    start: async (name) => {
      // run by hand, and so is perhaps the tracker: a second one would trade beside it
      if ((await pm2.list()).length === 0) throw new Error('nothing of the suite runs under PM2');
      await pm2.start([name]);
    },
    statusOf: async (name) => (await pm2.list()).find((row) => row.name === name)?.status ?? null,
  });

  return {
    run: async (signal) => {
      await Promise.all([bot?.listen(signal), bot?.alerts.run(signal), watch.run(signal)]);
    },
    close: () => {
      painter.close();
      bot?.close();
      ledger.close();
    },
  };

  function wireListening() {
    const { telegramBotToken: token } = settings.secrets;
    if (token === null) {
      log.info('no bot: TELEGRAM_BOT_TOKEN is not set in .env; heartbeats are watched all the same');
      return null;
    }
    if (configuredIds(settings).length === 0 && store.telegram.paired().length === 0)
      log.warn('nobody may command the bot yet: npm run telegram pair, or TELEGRAM_ALLOWED_IDS in .env');

    const budget = createRequestBudget({ ledger, clock, exitReserve: settings.exchange.exitReserve });
    const bids = createBids({ restUrl: restUrl(settings), budget, log });
    const runTool = createRunTool(settings.root);
    const { now: marketNow } = clock;
    const time = createLocalTime(readZone(settings.telegram.timeZone, clock.wallNow(), log));
    const telegram = createTelegrafMessenger({ token, apiRoot: settings.telegram.apiRoot });
    const startedAt = clock.wallNow();
    const { access, listen } = wireBot({
      settings,
      store,
      clock,
      log,
      pm2,
      telegram,
      time,
      pictures: createPictures({ store, painter, settings, bids, marketNow, time, log }),
      models: createModelShelf({ store, runTool, settings, marketNow }),
      runTool,
      bids,
      marketNow,
      heard: (chat) => alerts.outbox.reopen(chat),
      self: () => ({ startedAt, memoryMb: process.memoryUsage.rss() / 1024 / 1024 }),
    });
    const alerts = wireAlerts({
      store,
      messenger: telegram,
      clock,
      log,
      settings,
      time,
      chats: access.recipients,
      answersOf: modelAnswers(store),
    });
    return { listen, alerts, close: () => telegram.close() };
  }
}
