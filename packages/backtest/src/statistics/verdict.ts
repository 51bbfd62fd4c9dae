import { signedText } from '@mexc-bot/charts';
import { LEAST_DAYS, LEAST_EPISODES, LEAST_FOR_INTERVAL } from './episodes.ts';
import type { Benchmark, Summary } from './summary.ts';

/**
 * What the figures allow to say.
 *
 * - `nothing_traded`
 * - `too_little`: fewer than {@link LEAST_EPISODES} token-days
 * - `lost`, `gained`: the interval of the expectancy lies on one side of nothing
 * - `undecided`: it holds nothing within it
 */
export interface Verdict {
  readonly code: 'nothing_traded' | 'too_little' | 'lost' | 'undecided' | 'gained';
  /** for a person, in plain words */
  readonly text: string;
}

export function verdictOf(summary: Summary, benchmarks: readonly Benchmark[]): Verdict {
  const { code, text } = judged(summary);
  const parts = [text, ofHeld(summary), againstBtc(summary, benchmarks)];
  return { code, text: parts.filter((part) => part !== '').join(' ') };
}

function judged({ trades, held, episodes, days, pnl, expectancy }: Summary): Verdict {
  if (trades === 0 && held > 0) return { code: 'nothing_traded', text: 'Nothing that was bought is sold yet.' };
  if (trades === 0) return { code: 'nothing_traded', text: 'Nothing was traded, so nothing was won or lost.' };
  const outcome = `${counted(trades, 'trade')} brought ${signedText(pnl)} USDT after costs`;
  if (episodes < LEAST_EPISODES) {
    return {
      code: 'too_little',
      text: `${outcome}. That is too little evidence (${counted(episodes, 'token-day')} on ${counted(days, 'day')}) to say anything about the next ones: chance alone explains any result of so few.`,
    };
  }
  const { value, low, high } = expectancy;
  const mean = `${moneyText(value)} USDT a trade, 95 % interval ${moneyText(low)} to ${moneyText(high)}`;
  if (high < 0)
    return { code: 'lost', text: `${outcome}: it lost (${mean}). Not trading would have been the better choice.` };
  if (low > 0)
    return {
      code: 'gained',
      text: `${outcome}: more than chance explains (${mean}), in this market and on these days. It promises nothing of others.`,
    };
  return { code: 'undecided', text: `${outcome}, which cannot be told from not trading at all (${mean}).` };
}

/** What is still held is no trade yet, and may be most of the result. */
const ofHeld = ({ held, heldPnl }: Summary): string =>
  held === 0 ? '' : `${counted(held, 'position')} still held: ${moneyText(heldPnl)} USDT so far.`;

function againstBtc({ returnFraction }: Summary, benchmarks: readonly Benchmark[]): string {
  const btc = benchmarks.find(({ name }) => name === 'hold BTC');
  if (btc === undefined) return '';
  return `Holding BTC instead: ${signedText(btc.returnFraction * 100)} %, the account: ${signedText(returnFraction * 100)} %.`;
}

/** Where the evidence is thin, and by which rule. */
export function evidenceWarnings({ trades, episodes, days }: Summary): string[] {
  if (trades === 0) return [];
  const warnings: string[] = [];
  if (episodes < LEAST_EPISODES)
    warnings.push(
      `Only ${counted(episodes, 'episode')} (token-days with a trade): below ${LEAST_EPISODES} no figure here says anything about the future${episodes < LEAST_FOR_INTERVAL ? `, and below ${LEAST_FOR_INTERVAL} no interval is given` : ''}.`,
    );
  if (days < LEAST_DAYS)
    warnings.push(
      `All trades are of ${counted(days, 'day')}: tokens of one day move together, so that with fewer than ${LEAST_DAYS} days the intervals are narrower than the truth.`,
    );
  return warnings;
}

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Small amounts keep two significant digits: −0.0042. */
export function moneyText(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size === 0 || size >= 1) return Number.isFinite(value) ? signedText(value) : '–';
  const decimals = Math.min(8, Math.max(2, 1 - Math.floor(Math.log10(size))));
  const text = size.toFixed(decimals);
  return Number(text) === 0 ? '0.00' : `${value > 0 ? '+' : '−'}${text}`;
}
