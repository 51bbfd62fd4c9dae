import type { ProcessRow } from '@mexc-bot/runtime';
import { bold, safe, table } from '../text/html.ts';
import type { Arguments } from './arguments.ts';
import type { Answer, Command, CommandDeps, ModelLook } from './command.ts';
import { pager } from './pager.ts';
import { isOn, type ProcessControl } from './processes.ts';

const TRAINER = 'trainer';
const MOST_MODELS = 12;

/** `ecosystem.config.cjs` hands this to the trainer as its arguments. */
const asArguments = (...words: readonly string[]): Record<string, string> => ({ TRAINER_ARGS: words.join(' ') });

export function trainingCommands(deps: CommandDeps, control: ProcessControl, args: Arguments): readonly Command[] {
  const { pm2, models, settings, texts: t, format } = deps;
  const owner = { group: 'learning', role: 'owner' } as const;

  const row = async (): Promise<ProcessRow | undefined> => (await pm2.list()).find(({ name }) => name === TRAINER);

  async function train(...words: readonly string[]): Promise<Answer> {
    const { answer, begun } = await control.begin(TRAINER, asArguments(...words));
    if (!begun && answer.outcome === 'failed') return answer;
    if (!begun) {
      const uptimeMs = (await row())?.uptimeMs ?? 0;
      return { html: safe(t.trainsAlready(format.duration(uptimeMs))), outcome: 'refused: runs already' };
    }
    return { ...answer, html: `${answer.html}\n${safe(t.trainingIn(words.join(' ')))}` };
  }

  const skill = (model: ModelLook): string[] => [
    model.name.replace(new RegExp(`${settings.universe.quote}$`), ''),
    model.auc === null ? '–' : model.auc.toFixed(2),
    model.aucLow === null || model.aucHigh === null ? '–' : `${model.aucLow.toFixed(2)}–${model.aucHigh.toFixed(2)}`,
    format.change(model.netReturn),
    model.stale ? t.stale : model.proven ? t.proven : t.unproven,
  ];

  return [
    {
      ...owner,
      name: 'starttrain',
      slow: true,
      run({ args: given }) {
        const what = args.oneOf(given[0], ['pending', 'all', 'symbol'], 'pending');
        return what === 'symbol' ? train('symbol', args.market(given[1])) : train(what);
      },
    },
    {
      ...owner,
      name: 'stoptrain',
      slow: true,
      bare: true,
      async run() {
        const known = await row();
        return known !== undefined && isOn(known) ? control.stop([TRAINER]) : { html: safe(t.trainsNot) };
      },
    },
    { ...owner, name: 'retrainfeedback', slow: true, bare: true, run: () => train('feedback') },
    {
      name: 'models',
      group: 'learning',
      role: 'viewer',
      async run({ args: given }) {
        const all = await models.list();
        const pages = Math.max(1, Math.ceil(all.length / MOST_MODELS));
        const page = args.whole(given[0], { min: 1, max: pages }, 1);
        if (all.length === 0) return { html: safe(t.noModels) };
        const proven = all.filter((model) => model.proven && !model.stale).length;
        const shown = all.slice((page - 1) * MOST_MODELS, page * MOST_MODELS);
        return {
          html: [
            bold(t.modelsTitle(all.length, proven)),
            table([t.modelColumns, ...shown.map(skill)]),
            safe(proven === 0 ? t.noneProven(settings.ai.onUnproven.live, settings.ai.onUnproven.test) : t.provenMeans),
          ].join('\n'),
          buttons: pager(t, 'models', page, pages),
        };
      },
    },
    {
      ...owner,
      name: 'clearmodels',
      bare: true,
      async run() {
        const all = await models.list();
        if (all.length === 0) return { html: safe(t.noModels) };
        const stale = all.filter((model) => model.stale).map((model) => model.name);
        const gone = (names: readonly string[]): string => safe(t.modelsGone(names.length));
        const askAll = (before: string): Answer => ({
          html: `${before}${safe(t.askAllModels(all.length - stale.length))}`,
          question: {
            yes: t.yesDelete,
            action: async () => ({ html: gone(await models.clear('all')) }),
          },
        });
        if (stale.length === 0) return askAll(`${safe(t.noStaleModels)}\n`);
        return {
          html: safe(t.askStaleModels(stale.length, stale.slice(0, 10).join(', '))),
          question: {
            yes: t.yesDelete,
            action: async () => {
              const names = await models.clear('stale');
              return all.length === stale.length ? { html: gone(names) } : askAll(`${gone(names)}\n\n`);
            },
          },
        };
      },
    },
  ];
}
