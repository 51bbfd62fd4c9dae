import { cardFigures } from '@mexc-bot/models';
import { cardText, number, percent, verdictOf } from './card-text.ts';
import type { Evaluated } from './evaluate.ts';
import { problemLines } from './problems.ts';
import type { TrainingRun } from './training.ts';

/** A run in plain data. */
export function plainRun({ results, tokens, requests, problems }: TrainingRun) {
  return {
    models: results.map(({ scope, card, replaces, reason }) => ({
      scope,
      engine: card.engine,
      replaces,
      reason,
      ...(card.state === 'judged'
        ? cardFigures(card)
        : { fault: card.fault, rows: card.rows, positives: card.positives }),
    })),
    tokens,
    requests,
    problems,
  };
}

export function runText({ results, tokens, requests, problems }: TrainingRun): string {
  const models = results.map(({ scope, card, replaces, reason }) => {
    const became = replaces ? 'is asked from now on' : 'is not taken';
    const figures =
      card.state === 'judged'
        ? `, AUC ${number(card.auc.value)} (ATR % ${number(card.atrAuc.value)}), net of the top tenth ${percent(card.netTop10.value)}`
        : `, ${card.rows} rows`;
    return `${scope}: ${verdictOf(card)}${figures}; ${became} (${reason}).`;
  });
  const { trained, priorAlone, proven, upToDate, failed } = tokens;
  const counts = [
    ...(trained > 0 ? [`${trained} with a correction of their own, ${proven} of them proven`] : []),
    ...(priorAlone > 0 ? [`${priorAlone} with the pooled model alone`] : []),
    ...(upToDate > 0 ? [`${upToDate} up to date`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return [
    ...models,
    ...(counts.length > 0 ? [`Tokens: ${counts.join(', ')}.`] : []),
    ...(requests > 0 ? [`${requests} training requests done.`] : []),
    ...(models.length + counts.length + requests === 0 ? ['Nothing to do: all models are up to date.'] : []),
    ...problemLines(problems),
  ].join('\n');
}

export function evaluationText({ card, evaluation }: Evaluated): string {
  return [
    cardText(card),
    ...(evaluation.fault === null ? [`  learnt in ${evaluation.trainSeconds} s`] : []),
    ...problemLines(evaluation.problems),
  ].join('\n');
}
