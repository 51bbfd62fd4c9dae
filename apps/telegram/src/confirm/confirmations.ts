import { randomBytes } from 'node:crypto';

/** How long a dangerous button may be pressed. */
export const CONFIRM_MS = 30_000;

export interface Question<Action> {
  readonly user: number;
  readonly chat: number;
  /** what happens on yes */
  readonly action: Action;
}

export type Verdict<Action> =
  | { readonly verdict: 'yes'; readonly action: Action }
  | { readonly verdict: 'no' }
  /** pressed before, answered before, too late, or asked before the bot restarted */
  | { readonly verdict: 'expired' }
  /** another person's question, or another message's button */
  | { readonly verdict: 'foreign' };

/** Data of the two buttons of a question. */
export interface AskedButtons {
  readonly yes: string;
  readonly no: string;
}

const BUTTON = /^q([yn]):([\w-]{16})$/;

/**
 * Questions that wait for a button. Each is bound to the user who caused it and to the message it stands under, is good for 30 s,
 * and is answered once. They live in memory: a restart voids them.
 */
export function createConfirmations<Action>(wallNow: () => number) {
  type Open = Question<Action> & { messageId: number | null; until: number };
  const open = new Map<string, Open>();

  const tidy = (): void => {
    for (const [token, question] of open) if (wallNow() >= question.until) open.delete(token);
  };

  return {
    ask(question: Question<Action>): { readonly buttons: AskedButtons; readonly bind: (messageId: number) => void } {
      tidy();
      const token = randomBytes(12).toString('base64url');
      const entry: Open = { ...question, messageId: null, until: wallNow() + CONFIRM_MS };
      open.set(token, entry);
      return {
        buttons: { yes: `qy:${token}`, no: `qn:${token}` },
        // the time counts from when the question is on the phone, which may take a while
        bind: (messageId) => {
          entry.messageId = messageId;
          entry.until = wallNow() + CONFIRM_MS;
          open.set(token, entry);
        },
      };
    },
    isAnswer: (data: string): boolean => BUTTON.test(data),
    answer(
      data: string,
      press: { readonly user: number; readonly chat: number; readonly messageId: number },
    ): Verdict<Action> {
      tidy();
      const [, side, token = ''] = BUTTON.exec(data) ?? [];
      const question = open.get(token);
      if (question === undefined) return { verdict: 'expired' };
      const { user, chat, messageId } = question;
      // a stranger's press must not take the question away from who may answer it
      if (press.user !== user || press.chat !== chat || press.messageId !== messageId) return { verdict: 'foreign' };
      open.delete(token);
      return side === 'y' ? { verdict: 'yes', action: question.action } : { verdict: 'no' };
    },
    /** Questions that may still be answered. */
    size: (): number => {
      tidy();
      return open.size;
    },
  };
}
