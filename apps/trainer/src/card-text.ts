import type { Card, Interval } from '@mexc-bot/models';

const known = (value: number | null): value is number => value !== null && Number.isFinite(value);
export const number = (value: number | null, digits = 3): string => (known(value) ? value.toFixed(digits) : '–');
export const percent = (value: number | null, digits = 2): string =>
  known(value) ? `${(100 * value).toFixed(digits)} %` : '–';
const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

const intervalText = ({ value, low, high }: Interval, show: (value: number | null) => string = number): string =>
  `${show(value)} (${show(low)} to ${show(high)})`;

const DOUBTS = {
  not_better_than_atr: 'it does not rank better than ATR % alone',
  not_better_than_no_trade: 'after costs its best tenth does not surely earn: not trading is as good',
  too_few_days: 'too few days for an interval to mean anything',
  suspect_leak: 'so good an AUC is a leak until shown otherwise',
} as const;

const WARNINGS = {
  suspect_leak: 'an AUC above 0.68 is to be looked into before it is believed',
  spread_unknown: 'the spread of most rows is not known: what a thin token’s costs is not taken off',
  same_days: 'it was tested on days it was trained on',
  later_days: 'it was trained on days after those it was tested on',
} as const;

const FAULTS = {
  no_rows: 'there are no labelled rows',
  too_few_rows: 'there are too few labelled rows',
  one_class: 'nearly all rows have the same label',
  constant_features: 'no feature varies',
} as const;

export const verdictOf = (card: Card): string => {
  if (card.state === 'not_trained') return `no model: ${FAULTS[card.fault]}`;
  return card.proven ? 'PROVEN' : 'not proven';
};

export const doubtsOf = (card: Card): string[] =>
  card.state === 'judged' ? card.doubts.map((doubt) => DOUBTS[doubt]) : [];
export const warningsOf = (card: Card): string[] =>
  card.state === 'judged' ? card.warnings.map((warning) => WARNINGS[warning]) : [];

/** Every figure of a card with its name and what it means, in the order a person asks. */
export function cardRows(card: Card): readonly (readonly [name: string, value: string, means: string])[] {
  if (card.state === 'not_trained') {
    return [
      ['rows', String(card.rows), 'labelled rows found'],
      ['positives', String(card.positives), 'of them with label 1'],
    ];
  }
  const prior: readonly (readonly [string, string, string])[] =
    card.minusPrior === null || card.priorAuc === null
      ? []
      : [
          ['AUC of the prior', intervalText(card.priorAuc), 'the model of all tokens on the same rows'],
          ['… less the prior', intervalText(card.minusPrior), 'what the token’s own correction adds'],
        ];
  return [
    ['learnt from', `${card.trainRows} rows, ${day(card.dataFrom)} to ${day(card.dataTo)}`, card.exchange],
    ['judged on', `${card.testRows} rows, ${card.days} days, ${card.symbolDays} symbol-days`, 'never seen in training'],
    ['base rate', percent(card.baseRate, 1), 'how often the label is 1'],
    ['AUC', intervalText(card.auc), '0.5 is chance; inside folds, interval clustered by day'],
    ['AUC of ATR %', intervalText(card.atrAuc), 'what volatility alone ranks'],
    ['… less ATR %', intervalText(card.minusAtr), 'proven needs the lower end above 0'],
    ['AUC of 24 h change', intervalText(card.changeAuc), ''],
    ['… less 24 h change', intervalText(card.minusChange), ''],
    ...prior,
    ['up against down', intervalText(card.upDownAuc), 'among rows that moved: 0.5 knows volatility, no direction'],
    [
      'lift of the top tenth',
      `${number(card.liftTop10, 2)} (${percent(card.precisionTop10, 1)})`,
      'against the base rate',
    ],
    [
      'net return, top tenth',
      intervalText(card.netTop10, percent),
      `after ${percent(card.roundTripCost)} costs, or a wider spread; proven needs the lower end above 0`,
    ],
    ['net return, every row', intervalText(card.netAll, percent), 'and of no trade: 0'],
    ['Brier skill', number(card.brierSkill), 'of the probabilities, above 0 beats the base rate'],
    ['calibration error', number(card.ece), 'mean distance of said and happened'],
  ];
}

export function cardText(card: Card): string {
  const rows = cardRows(card);
  const width = Math.max(...rows.map(([name]) => name.length));
  const span = Math.max(...rows.map(([, value]) => value.length));
  return [
    `${card.scope}: ${verdictOf(card)} (${card.engine}, trained ${new Date(card.trainedAt).toISOString().slice(0, 16)}Z)`,
    ...doubtsOf(card).map((doubt) => `  because ${doubt}`),
    ...warningsOf(card).map((warning) => `  ! ${warning}`),
    ...rows.map(([name, value, means]) => `  ${name.padEnd(width)}  ${value.padEnd(span)}  ${means}`.trimEnd()),
  ].join('\n');
}
