import { print, runCli, UserError, withStore } from '@mexc-bot/runtime';
import { openStore } from '@mexc-bot/store';
import { Command } from 'commander';
import { configuredIds } from './access/access.ts';
import { offerPairing } from './access/pairing.ts';

const program = new Command('telegram').description('The bot on the owner’s phone.');

program
  .command('pair')
  .description('print a one-time code; whoever sends it to the bot becomes its owner')
  .option('--json', 'one JSON document on standard output')
  .action((options: { readonly json?: boolean }) =>
    withStore(openStore, (store, settings) => {
      if (settings.secrets.telegramBotToken === null)
        throw new UserError('there is no bot yet', 'Make one with @BotFather and write TELEGRAM_BOT_TOKEN to .env.');
      const named = configuredIds(settings);
      if (named.length > 0)
        throw new UserError(
          `the bot obeys the ids that are named already (${named.join(', ')})`,
          'Add yours to TELEGRAM_ALLOWED_IDS in .env, then restart telegram.',
        );
      const offer = offerPairing(store, Date.now());
      print(offer, {
        json: options.json,
        text: ({ code, minutes }) =>
          [`Send this to the bot within ${minutes} minutes, from your own phone:`, '', `    ${code}`, ''].join('\n'),
      });
    }),
  );

program
  .command('unpair')
  .description('forget every paired phone')
  .option('--json', 'one JSON document on standard output')
  .action((options: { readonly json?: boolean }) =>
    withStore(openStore, (store) => {
      const paired = store.telegram.paired();
      store.telegram.unpair(Date.now());
      store.telegram.setPairing(null, Date.now());
      print(
        { forgotten: paired },
        {
          json: options.json,
          text: () => (paired.length === 0 ? 'No phone was paired.' : `Forgotten: ${paired.join(', ')}.`),
        },
      );
    }),
  );

await runCli(program);
