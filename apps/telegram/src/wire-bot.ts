import { SECOND_MS } from '@mexc-bot/core';
import { type Access, createAccess } from './access/access.ts';
import { type BotApi, CallFailed } from './bot.ts';
import type { CommandDeps } from './commands/command.ts';
import { createCommands } from './commands/dispatch.ts';
import type { LocalTime } from './digest/local-time.ts';
import type { Messenger } from './messenger.ts';
import { createPolling } from './polling.ts';
import { en, type Texts } from './text/en.ts';
import { createFormat } from './text/format.ts';
import { lv } from './text/lv.ts';

const textsOf = (language: 'en' | 'lv'): Texts => (language === 'lv' ? lv : en);

export type BotDeps = Omit<CommandDeps, 'texts' | 'format'> & {
  readonly telegram: Messenger & BotApi;
  /** the owner's clock */
  readonly time: LocalTime;
  /** told of each chat that somebody who may command writes from */
  readonly heard?: (chat: number) => void;
};

const AGAIN_MS = 20 * SECOND_MS;

/** The bot: access, commands, polling. */
export function wireBot(deps: BotDeps): {
  readonly access: Access;
  readonly handle: ReturnType<typeof createCommands>['handle'];
  /** Listens until the signal aborts. */
  readonly listen: (signal: AbortSignal) => Promise<void>;
} {
  const { settings, store, clock, log, telegram } = deps;
  const texts = textsOf(settings.telegram.language);
  const format = createFormat(deps.time);
  const access = createAccess({ settings, store, log, wallNow: clock.wallNow });
  const stopping = new AbortController();
  let name: string | null = null;
  const commands = createCommands({
    ...deps,
    texts,
    format,
    messenger: telegram,
    bot: telegram,
    access,
    botName: () => name,
    stopping: stopping.signal,
  });

  /** In the owner's language for everybody, and in either language for phones that speak it. */
  async function introduce(): Promise<void> {
    name = await telegram.name();
    const shown = commands.list.filter((command) => command.hidden !== true);
    const listIn = (words: Texts) =>
      shown.map((command) => ({ command: command.name, description: words.commands[command.name].does }));
    await telegram.setCommands(null, listIn(texts));
    await telegram.setCommands('en', listIn(en));
    await telegram.setCommands('lv', listIn(lv));
  }

  /** After a restart it was told to do, the bot says that it is back, in the place where it said it would go. */
  async function announceReturn(): Promise<void> {
    const note = store.telegram.restartNote();
    if (note === null) return;
    const took = format.duration(clock.wallNow() - note.wallAt);
    const mode = (store.state.mode() ?? settings.mode).toUpperCase();
    const message = { html: `<b>${mode}</b> ${texts.restarted(took)}` };
    const edited = await telegram.editText(note.chat, note.messageId, message);
    const later = !edited.ok && (edited.failure.code === 'unreachable' || edited.failure.code === 'rate_limited');
    if (later) throw new CallFailed(null, edited.failure, null);
    store.telegram.setRestartNote(null, clock.wallNow());
  }

  async function untilDone(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        log.debug('tried again later', { error }); // polling says what is wrong
        const { failure } = error;
        const askedMs = failure.code === 'rate_limited' ? failure.retryAfterMs : 0;
        await clock.sleepWall(Math.max(AGAIN_MS, askedMs), signal);
      }
    }
  }

  const hears = Promise.withResolvers<void>();
  const handle: typeof commands.handle = (incoming) => {
    if (access.roleOf(incoming) !== null) deps.heard?.(incoming.chat);
    return commands.handle(incoming);
  };
  const poll = createPolling({ bot: telegram, clock, log, handle, begun: hears.resolve });
  return {
    access,
    handle,
    listen: async (signal) => {
      signal.addEventListener('abort', () => stopping.abort(), { once: true });
      // who is told that the bot is there may write to it at once, and what came before polling began is dropped
      const greet = async (): Promise<void> => {
        await hears.promise;
        await Promise.all([untilDone(announceReturn, signal), untilDone(introduce, signal)]);
      };
      await Promise.all([greet(), poll(signal).finally(hears.resolve)]);
    },
  };
}
