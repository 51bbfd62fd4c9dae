import { STAGES, type Stage } from '@mexc-bot/core';
import type { Why } from '@mexc-bot/execution';

/** Fractions that a person reads as per cent. */
const FRACTIONS = new Set([
  'change_24h',
  'spread',
  'gain',
  'range_before',
  'drawdown_before',
  'atr',
  'ask_from_last_close',
  'expected_value',
  'max_drawdown',
]);

/** The last decision on a token, stage by stage: what was asked, the value, the threshold, the verdict. */
export function whyText(why: Why): string {
  const { market, mode, at, decision, reason, regime, strategy, confidence, stages, label, accountStop } = why;
  const facts = [
    ...(strategy === null ? [] : [`strategy ${strategy}`]),
    ...(confidence === null ? [] : [`confidence ${confidence.toFixed(2)}`]),
    ...(regime === null ? [] : [`market ${regime}`]),
  ];
  return [
    `${market}: ${decision === 'bought' ? 'BOUGHT' : `not bought, ${reason}`} ` +
      `(${mode.toUpperCase()} scan of ${time(at)}${facts.map((fact) => `, ${fact}`).join('')})`,
    ...(stages.length === 0 ? ['The checks of this decision are no longer kept (scan.keepReasonsDays).'] : []),
    ...STAGES.flatMap((stage) =>
      stageLines(
        stage,
        stages.filter((row) => row.stage === stage),
      ),
    ),
    ...(label === null || label.state === 'pending' ? [] : [`after 6 h: ${labelText(label)}`]),
    ...(accountStop === null
      ? []
      : [
          `now nothing is bought at all: ${accountStop.code}, ${short(accountStop.value)} of ${short(accountStop.limit)}`,
        ]),
    ...(why.lastCandidate === null
      ? []
      : [`It came further at ${time(why.lastCandidate.at)}: ${why.lastCandidate.reason}.`]),
  ].join('\n');
}

function stageLines(name: string, rows: readonly Stage[]): string[] {
  return rows.map(({ check, value, is, threshold, verdict }, i) => {
    const shown = FRACTIONS.has(check.split('.').at(-1)!) ? percent : short;
    const against = is === null || threshold === null ? '' : ` ${is} ${shown(threshold)}`;
    return `  ${(i === 0 ? name : '').padEnd(12)}${verdict === 'pass' ? '✓' : '✗'} ${check} ${shown(value)}${against}`;
  });
}

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

function short(value: Stage['value']): string {
  if (value === null) return 'unknown';
  if (typeof value === 'string') return value;
  return Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

const percent = (value: Stage['value']): string =>
  typeof value === 'number' ? `${(value * 100).toFixed(2)} %` : short(value);

function labelText(label: Exclude<NonNullable<Why['label']>, { state: 'pending' }>): string {
  if (label.state !== 'labelled') return label.state;
  return `${percent(label.closeReturn)}, at best ${percent(label.bestReturn)}, at worst ${percent(label.worstReturn)}`;
}
