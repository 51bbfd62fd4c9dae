import { bold, safe } from '../text/html.ts';
import type { Command, CommandDeps } from './command.ts';
import { GROUPS } from './command.ts';

export function helpCommands({ texts: t }: CommandDeps, all: () => readonly Command[]): readonly Command[] {
  return [
    {
      name: 'help',
      aliases: ['start'],
      group: 'processes',
      role: 'viewer',
      run({ role }) {
        const groups = GROUPS.map((group) => {
          const lines = all()
            .filter((command) => command.group === group && command.hidden !== true)
            .filter((command) => role === 'owner' || command.role === 'viewer')
            .map((command) => {
              const { usage, does } = t.commands[command.name];
              return safe(`/${command.name}${usage === '' ? '' : ` ${usage}`} – ${does}`);
            });
          return lines.length === 0 ? '' : [bold(t.groups[group]), ...lines].join('\n');
        });
        return { html: groups.filter((text) => text !== '').join('\n\n') };
      },
    },
  ];
}
