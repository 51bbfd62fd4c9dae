import type { Mode } from '@mexc-bot/core';
import { didYouMean } from '@mexc-bot/runtime';
import type { Access, Role } from '../access/access.ts';
import { tryPairing } from '../access/pairing.ts';
import { type BotApi, CallFailed, type Incoming } from '../bot.ts';
import { CONFIRM_MS, createConfirmations } from '../confirm/confirmations.ts';
import { type Message, type Messenger, MOST_CAPTION, type SendFailure } from '../messenger.ts';
import { safe } from '../text/html.ts';
import { accountCommands, createAccount } from './account.ts';
import { activityCommands } from './activity.ts';
import { createArguments } from './arguments.ts';
import { type Answer, type Command, type CommandDeps, Refused } from './command.ts';
import { helpCommands } from './help.ts';
import { createInsistence } from './insist.ts';
import { performanceCommands } from './performance.ts';
import { positionCommands } from './positions.ts';
import { createProcessControl, processCommands } from './processes.ts';
import { statusCommands } from './status.ts';
import { switchCommands } from './switches.ts';
import { trainingCommands } from './training.ts';
import { whyCommand } from './why.ts';

export interface DispatchDeps extends CommandDeps {
  readonly messenger: Messenger;
  readonly bot: Pick<BotApi, 'answerPress'>;
  readonly access: Access;
  /** the bot's own name, once it is known: `/status@other_bot` is not for it */
  readonly botName: () => string | null;
  /** the bot ends: no answer is waited for any more */
  readonly stopping: AbortSignal;
}

interface Who {
  readonly user: number;
  readonly chat: number;
}
interface Waiting {
  readonly command: string;
  readonly args: string;
  readonly action: () => Promise<Answer>;
}

const MOST_AUDIT = 300;
/** Telegram takes 4,096 characters after markup. */
const MOST_HTML = 4_000;
const COMMAND = /^\/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]+))?(?:\s+([\s\S]*))?$/;

/** Every command, and the way from what a person sends to what is done and said. */
export function createCommands(deps: DispatchDeps): {
  readonly handle: (incoming: Incoming) => Promise<void>;
  readonly list: readonly Command[];
  readonly waiting: () => number;
} {
  const { store, settings, messenger, bot, access, clock, log, texts: t } = deps;
  const args = createArguments({ store, quote: settings.universe.quote, texts: t });
  const account = createAccount(deps);
  const control = createProcessControl(deps);
  const list: readonly Command[] = [
    ...processCommands(deps, control, args),
    ...statusCommands(deps),
    ...helpCommands(deps, () => list),
    ...switchCommands(deps, account, control, args),
    ...positionCommands(deps, account, control, args),
    ...performanceCommands(deps, account, args),
    ...accountCommands(deps, account, args),
    ...activityCommands(deps, args),
    whyCommand(deps, args),
    ...trainingCommands(deps, control, args),
  ];
  const byName = new Map(
    list.flatMap((command) => [command.name, ...(command.aliases ?? [])].map((name) => [name, command])),
  );
  const confirmations = createConfirmations<Waiting>(clock.wallNow);
  const insist = createInsistence(clock, deps.stopping);
  const tradingMode = (): Mode => store.state.mode() ?? settings.mode;

  function audit({ user, chat }: Who, command: string, words: string, outcome: string): void {
    store.audit.add({
      wallAt: clock.wallNow(),
      userId: user,
      chatId: chat,
      command: command.slice(0, MOST_AUDIT),
      args: words.slice(0, MOST_AUDIT),
      outcome: outcome.slice(0, MOST_AUDIT),
    });
  }

  /** Runs it, and makes a message of whatever comes of it. */
  async function attempt(work: () => Answer | Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refused) return { html: safe(error.message), outcome: `refused: ${error.message}` };
      log.error('a command failed', { error });
      const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      return { html: `${safe(t.failed(words.slice(0, 300)))}\n${safe(t.seeLog)}`, outcome: `failed: ${words}` };
    }
  }

  /** Sends an answer, or puts it in the place of a message of the bot's own. */
  async function say(
    who: Who,
    answer: Answer,
    asked: Omit<Waiting, 'action'>,
    replace: number | null = null,
  ): Promise<void> {
    const mode = answer.mode ?? tradingMode();
    const question =
      answer.question === undefined
        ? null
        : confirmations.ask({ user: who.user, chat: who.chat, action: { ...asked, action: answer.question.action } });
    const buttons =
      question === null || answer.question === undefined
        ? answer.buttons
        : [
            [
              { text: answer.question.yes, data: question.buttons.yes },
              { text: t.yesCancel, data: question.buttons.no },
            ],
          ];
    const body = question === null ? answer.html : `${answer.html}\n<i>${safe(t.answerWithin(CONFIRM_MS / 1_000))}</i>`;
    const message: Message = {
      html: `<b>${mode.toUpperCase()}</b> ${body.length > MOST_HTML ? safe(plain(body).slice(0, MOST_HTML - 200)) : body}`,
      ...(buttons === undefined ? {} : { buttons }),
    };
    const messageId = await deliver(who.chat, message, answer.photo ?? null, replace);
    if (messageId !== null) question?.bind(messageId);
    // where the wait for Telegram ended with this process, nothing may start it again
    if (!deps.stopping.aborted) answer.afterwards?.(messageId);
  }

  /** @returns null where Telegram took no form of it: it is in the log */
  async function deliver(
    chat: number,
    message: Message,
    photo: Uint8Array | null,
    replace: number | null,
  ): Promise<number | null> {
    if (replace !== null) {
      const edited = await insist(() => messenger.editText(chat, replace, message));
      if (edited.ok) return edited.messageId;
      // what keeps the edit away would keep a new message away too
      if (edited.failure.code !== 'message_gone' && edited.failure.code !== 'refused') return unsent(edited.failure);
    }
    if (photo !== null) {
      // under a picture there is less room: a longer text follows it
      const fits = plain(message.html).length <= MOST_CAPTION;
      const sent = await messenger.sendPhoto(chat, photo, fits ? message : { html: headOf(message), silent: true });
      if (sent.ok && fits) return sent.messageId;
      if (!sent.ok) log.warn('a picture was not sent; its text follows', { failure: sent.failure });
    }
    const sent = await insist(() => messenger.sendText(chat, message));
    return sent.ok ? sent.messageId : unsent(sent.failure);
  }

  function unsent(failure: SendFailure): null {
    log.warn('an answer was not sent', { failure });
    return null;
  }

  async function run(who: Who, role: Role, line: string, options: { late: boolean; replace?: number }): Promise<void> {
    const [, name = '', addressed, words = ''] = COMMAND.exec(line) ?? [];
    const us = deps.botName();
    if (addressed !== undefined && us !== null && addressed.toLowerCase() !== us.toLowerCase()) return;
    const command = byName.get(name.toLowerCase());
    const asked = { command: name.toLowerCase(), args: words.trim() };
    const reply = (answer: Answer, replace?: number): Promise<void> => {
      audit(who, asked.command, asked.args, answer.outcome ?? (answer.question === undefined ? 'done' : 'asked'));
      return say(who, answer, asked, replace ?? options.replace ?? null);
    };

    if (command === undefined) {
      const names = list.filter((each) => each.hidden !== true).map((each) => each.name);
      const meant = didYouMean(name, names);
      return reply({ html: safe(t.unknownCommand(name, meant)), outcome: 'unknown' });
    }
    if (command.role === 'owner' && role !== 'owner') {
      return reply({ html: safe(t.viewersLook), outcome: 'refused: viewer' });
    }
    if (options.late && command.role === 'owner') return reply({ html: safe(t.late), outcome: 'refused: late' });

    const call = { ...who, role, args: asked.args.split(/\s+/).filter((word) => word !== '') };
    const work = (): Answer | Promise<Answer> => {
      if (command.bare === true) args.none(call.args);
      return command.run(call);
    };
    if (command.slow !== true) return reply(await attempt(work));
    const begun = attempt(work);
    const waiting = await messenger.sendText(who.chat, {
      html: `<b>${tradingMode().toUpperCase()}</b> ${safe(t.working)}`,
      silent: true,
    });
    return reply(await begun, waiting.ok ? waiting.messageId : undefined);
  }

  async function press(incoming: Incoming & { kind: 'press' }, role: Role): Promise<void> {
    const { user, chat, messageId, data, late } = incoming;
    const who = { user, chat };
    if (confirmations.isAnswer(data)) return answer(incoming, role);
    const [, kind, line = ''] = /^([vx]):(.{1,62})$/s.exec(data) ?? [];
    const command = byName.get(line.split(' ')[0] ?? '');
    if (kind === undefined || command === undefined) {
      audit(who, 'button', data, 'unknown');
      return end(incoming, t.tooLate);
    }
    // a view may be drawn again in its place; what changes something is a command like any other, with its questions
    const isView = kind === 'v' && command.role === 'viewer';
    await end(incoming, isView ? t.updated : t.working);
    await run(who, role, `/${line}`, isView ? { late: false, replace: messageId } : { late });
  }

  async function answer(incoming: Incoming & { kind: 'press' }, role: Role): Promise<void> {
    const { user, chat, messageId, data } = incoming;
    const who = { user, chat };
    const result = confirmations.answer(data, incoming);
    if (result.verdict === 'foreign' || result.verdict === 'expired') {
      audit(who, 'button', data, result.verdict);
      return end(incoming, result.verdict === 'foreign' ? t.notYours : t.tooLate);
    }
    if (result.verdict === 'no') {
      audit(who, 'button', data, 'cancelled');
      await Promise.all([
        end(incoming, t.cancelledShort),
        say(who, { html: safe(t.cancelled) }, { command: 'button', args: '' }, messageId),
      ]);
      return;
    }
    const { command, args: words, action } = result.action;
    if (role !== 'owner' || incoming.late) {
      audit(who, command, words, role !== 'owner' ? 'refused: viewer' : 'refused: late');
      return end(incoming, role !== 'owner' ? t.viewersLook : t.tooLate);
    }
    const begun = attempt(action);
    await end(incoming, t.doing);
    const done = await begun;
    audit(who, command, words, `confirmed: ${done.outcome ?? (done.question === undefined ? 'done' : 'asked')}`);
    await say(who, done, { command, args: words }, messageId);
  }

  /** A press that Telegram no longer knows needs no answer. */
  async function end({ pressId }: Incoming & { kind: 'press' }, text: string): Promise<void> {
    try {
      await bot.answerPress(pressId, text.slice(0, 190));
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      log.debug('a press was not answered', { error });
    }
  }

  async function pairOrIgnore(incoming: Incoming): Promise<void> {
    const { user, chat } = incoming;
    const mayPair = incoming.kind === 'text' && chat === user && access.mayPair();
    if (mayPair && tryPairing(store, user, incoming.text, clock.wallNow())) {
      audit(incoming, 'pair', '', 'done');
      log.info('a phone was paired', { user });
      return say(incoming, { html: safe(t.paired) }, { command: 'pair', args: '' });
    }
    access.reportStranger(incoming);
  }

  return {
    list,
    waiting: confirmations.size,
    async handle(incoming) {
      const role = access.roleOf(incoming);
      if (role === null) return pairOrIgnore(incoming);
      if (incoming.kind === 'press') return press(incoming, role);
      const text = incoming.text.trim();
      if (COMMAND.test(text)) return run(incoming, role, text, { late: incoming.late });
      // in a group people also talk to each other
      if (incoming.chat === incoming.user)
        await say(incoming, { html: safe(t.saySomething) }, { command: '', args: '' });
    },
  };
}

/** The line a message begins with: whose money it is, and what it comes to. */
const headOf = ({ html }: Message): string => safe(plain(html).split('\n', 1)[0]!);

/** Markup taken out, so that a text can be cut anywhere. */
const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
