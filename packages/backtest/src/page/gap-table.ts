import type { Gap, GapCause } from '../record/gap-by-cause.ts';
import { moneyFigure } from './figures.ts';
import type { PageTable } from './tables.ts';

const WORDS: Readonly<Record<GapCause, string>> = {
  missed: 'missed: only the backtest bought',
  extra: 'extra: only the run bought',
  stake: 'stake: more or less was bought',
  fees: 'fees',
  spread: 'spread',
  slippage: 'slippage',
  latency: 'latency: decided at another price',
  exit: 'exit: sold for another reason',
  execution: 'execution: spread, slippage and latency, not told apart',
};

/** What of the gap is no fact; nothing where all is. */
export function estimatedWords(pairs: Gap['pairs']): string {
  const count = pairs.filter(({ isEstimated }) => isEstimated).length;
  if (count === 0) return '';
  return ` The prices that ${count} of them were decided at are not on record: those of the candles at that time stand in, and the spread is the backtest's, so spread, slippage and latency are estimates.`;
}

/** The gap as a table of a page; its rows add up to its last. */
export const gapTable = ({ parts, total, pairs, missed, extra, live, backtest }: Gap): PageTable => ({
  title: 'The run against its backtest',
  head: ['cause', 'USDT'],
  rows: [
    ['the backtest brought', moneyFigure(backtest)],
    ...Object.entries(parts)
      .filter(([, value]) => value !== 0)
      .sort(([, a], [, b]) => a - b)
      .map(([cause, value]) => [WORDS[cause as GapCause], moneyFigure(value)]),
    ['the run brought', moneyFigure(live)],
    ['the gap', moneyFigure(total)],
  ],
  note: `${pairs.length} trades are in both, ${missed.length} in the backtest alone, ${extra.length} in the run alone. Below 0: it cost the run money.${estimatedWords(pairs)}`,
});
