import { createTurns, type ProcessRow, ProcessStartError } from '@mexc-bot/runtime';
import { bold, printed, safe } from '../text/html.ts';
import type { Arguments } from './arguments.ts';
import type { Answer, Command, CommandDeps } from './command.ts';

/** What guards money first. */
const TRADERS = ['tracker', 'scanner'] as const;
const SELF = 'telegram';

/** What happens to processes; each waits for the one before, so that two commands never pull at the same process. */
export function createProcessControl({ pm2, store, clock, texts: t, format, log }: CommandDeps) {
  const inTurn = createTurns();

  /** The state after, read from PM2: what was asked for and what is are two things. */
  async function stateOf(names: readonly string[]): Promise<readonly { name: string; status: string }[]> {
    const rows = await pm2.list();
    return names.map((name) => ({ name, status: rows.find((row) => row.name === name)?.status ?? 'not started' }));
  }

  async function report(names: readonly string[], since: number, failure: string | null): Promise<Answer> {
    const states = await stateOf(names);
    const lines = states.map(
      ({ name, status }) => `${status === 'online' ? '🟢' : '⚪️'} ${name}: ${t.processState(status)}`,
    );
    const took = t.took(format.duration(clock.wallNow() - since));
    const output = failure === null ? [] : [t.lastLines, printed(failure)];
    return {
      html: [...lines.map(safe), safe(took), ...output].join('\n'),
      outcome:
        failure === null ? `done: ${states.map(({ name, status }) => `${name} ${status}`).join(', ')}` : 'failed',
    };
  }

  /** One after the other, in the order named; one that does not start holds up none of the others. */
  const each = (names: readonly string[], work: (name: string) => Promise<unknown>): Promise<Answer> =>
    inTurn(async () => {
      const since = clock.wallNow();
      const failures: string[] = [];
      for (const name of names) {
        try {
          await work(name);
        } catch (error) {
          if (!(error instanceof ProcessStartError)) throw error;
          log.warn('a process did not start', { error });
          failures.push(error.message);
        }
      }
      return report(names, since, failures.length === 0 ? null : failures.join('\n\n'));
    });

  const openPositions = (): number => store.positions.open().length;

  async function trackerRuns(): Promise<boolean | null> {
    try {
      const [tracker] = await stateOf(['tracker']);
      return tracker?.status === 'online';
    } catch (error) {
      // what was asked for is done by then, and must not be told as failed
      log.warn('PM2 does not say whether the tracker runs', { error });
      return null;
    }
  }

  return {
    start: (names: readonly string[], env?: Readonly<Record<string, string>>) =>
      each(names, (name) => pm2.start([name], env)),
    /** Starts what may run already. @returns `begun`: it did not, and now it does */
    begin: async (name: string, env: Readonly<Record<string, string>>) => {
      let begun = false;
      const answer = await each([name], async () => {
        begun = (await pm2.start([name], env)).includes(name);
      });
      return { answer, begun };
    },
    stop: (names: readonly string[]) =>
      inTurn(async () => {
        const since = clock.wallNow();
        await pm2.stop(names);
        return report(names, since, null);
      }),
    restart: (names: readonly string[]) =>
      each(names, async (name) => {
        const row = (await pm2.list()).find((listed) => listed.name === name);
        const runs = row?.status === 'online' || row?.status === 'launching';
        await (runs ? pm2.restart([name]) : pm2.start([name]));
      }),
    /** null: PM2 does not say */
    trackerRuns,
    openPositions,
    /** Whether stopping these leaves positions without a guard. */
    leavesUnguarded: (names: readonly string[]): boolean => names.includes('tracker') && openPositions() > 0,
  };
}

export type ProcessControl = ReturnType<typeof createProcessControl>;

export function processCommands(deps: CommandDeps, control: ProcessControl, args: Arguments): readonly Command[] {
  const { store, pm2, texts: t, clock } = deps;
  const owner = { group: 'processes', role: 'owner', slow: true } as const;

  const known = async (): Promise<string[]> => (await pm2.list()).map((row) => row.name);
  const withStillRunning = (answer: Answer, line: string): Answer => ({
    ...answer,
    html: `${answer.html}\n\n${safe(line)}`,
  });

  const stopTraders = async (): Promise<Answer> => {
    const answer = await control.stop(TRADERS);
    // they are stopped, whether PM2 can say what still runs or not
    const rows = await pm2.list().catch((error: unknown) => {
      deps.log.warn('PM2 does not say what still runs', { error });
      return null;
    });
    const still = rows?.filter((row) => row.name !== SELF && isOn(row)).map((row) => row.name);
    return still === undefined ? answer : withStillRunning(answer, t.afterStopbot(still));
  };
  const stopAll = async (): Promise<Answer> => {
    const others = (await known()).filter((name) => name !== SELF);
    return withStillRunning(await control.stop(others), t.afterStopall(SELF));
  };
  const noteReturn = (chat: number, messageId: number): void =>
    store.telegram.setRestartNote({ chat, messageId, wallAt: clock.wallNow() }, clock.wallNow());

  return [
    { ...owner, name: 'startbot', bare: true, run: () => control.start(TRADERS) },
    {
      ...owner,
      name: 'stopbot',
      bare: true,
      run() {
        if (!control.leavesUnguarded(TRADERS)) return stopTraders();
        return {
          html: safe(t.askStopbot(control.openPositions())),
          question: { yes: t.yesStop, action: stopTraders },
        };
      },
    },
    { ...owner, name: 'restartbot', bare: true, run: () => control.restart(TRADERS) },
    {
      ...owner,
      name: 'stopall',
      bare: true,
      async run() {
        const rows = (await pm2.list()).filter((row) => row.name !== SELF && row.status !== 'stopped');
        const names = rows.map((row) => row.name).join(', ');
        if (names === '') return { html: safe(t.nothingRuns) };
        return {
          html: safe(t.askStopall(names, control.openPositions())),
          question: { yes: t.yesStop, action: stopAll },
        };
      },
    },
    {
      ...owner,
      name: 'restartloop',
      aliases: ['restarloop'],
      slow: false,
      bare: true,
      async run({ chat }) {
        if (!(await known()).includes(SELF)) return { html: safe(t.notUnderPm2), outcome: 'refused: not under PM2' };
        return {
          html: safe(t.restartingSelf),
          afterwards: (messageId) => {
            if (messageId !== null) noteReturn(chat, messageId);
            // it ends this very process: nothing waits for it
            pm2.restart([SELF]).catch((error: unknown) => deps.log.error('restart failed', { error }));
          },
        };
      },
    },
    {
      ...owner,
      name: 'process',
      hidden: true,
      async run({ args: given }) {
        const names = (await known()).filter((name) => name !== SELF);
        const verb = args.oneOf(given[0], ['start', 'stop', 'restart'], 'restart');
        const name = args.oneOf(given[1], names, names[0] ?? 'tracker');
        if (verb === 'start') return control.start([name]);
        if (verb === 'restart') return control.restart([name]);
        if (!control.leavesUnguarded([name])) return control.stop([name]);
        return {
          html: `${bold(name)}\n${safe(t.askStopbot(control.openPositions()))}`,
          question: { yes: t.yesStop, action: () => control.stop([name]) },
        };
      },
    },
  ];
}

/** Runs, or will again: one that crashes again and again is `waiting restart` most of the time. */
export const isOn = ({ status }: ProcessRow): boolean => status !== 'stopped' && status !== 'errored';
