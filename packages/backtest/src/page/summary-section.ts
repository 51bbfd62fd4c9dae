import type { Statistics } from '../statistics/statistics.ts';
import type { Summary } from '../statistics/summary.ts';
import { counted, moneyText } from '../statistics/verdict.ts';
import { returnText, shareText, sumText, timeText, toneOf } from './figures.ts';
import { type Html, html } from './html.ts';

/** The sentence first, what limits it next, the figures after. */
export const summarySection = ({
  verdict,
  warnings,
  summary,
}: Statistics): Html => html`<p class="verdict ${verdict.code}">${verdict.text}</p>
${warnings.length === 0 ? null : html`<ul class="warnings">${warnings.map((text) => html`<li>${text}</li>`)}</ul>`}
<ul class="figures">${figuresOf(summary).map(({ name, value, note, tone }) => {
  return html`<li><small>${name}</small><b class="${tone ?? ''}">${value}</b><small>${note}</small></li>`;
})}</ul>`;

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly tone?: string;
}

function figuresOf(summary: Summary): Figure[] {
  const { startEquity, endEquity, returnFraction, trades, wins, losses, maxDrawdown, expectancy, exposure } = summary;
  const { expectancyFraction, profitFactor, best, worst, slippage, spreadCost, held, heldPnl } = summary;
  const { low, high } = expectancy;
  const figures: Figure[] = [
    {
      name: 'Equity',
      value: sumText(endEquity),
      note: `from ${sumText(startEquity)} USDT: ${returnText(returnFraction)}`,
      tone: toneOf(returnFraction),
    },
    { name: 'Closed trades', value: String(trades), note: `${wins} won, ${losses} lost` },
    {
      name: 'A trade brings',
      value: `${moneyText(expectancy.value)}`,
      note: Number.isNaN(low) ? 'too few for an interval' : `95 %: ${moneyText(low)} … ${moneyText(high)} USDT`,
      tone: toneOf(expectancy.value),
    },
    {
      name: 'Of its stake',
      value: trades === 0 ? '–' : `${returnText(expectancyFraction.value)}`,
      note: Number.isNaN(expectancyFraction.low)
        ? ''
        : `95 %: ${returnText(expectancyFraction.low)} … ${returnText(expectancyFraction.high)}`,
      tone: toneOf(expectancyFraction.value),
    },
    {
      name: 'Maximum drawdown',
      value: maxDrawdown === null ? '–' : `−${shareText(maxDrawdown.fraction, 2)}`,
      note:
        maxDrawdown === null
          ? 'it never fell'
          : `${sumText(maxDrawdown.quote)} USDT, ${timeText(maxDrawdown.from).slice(0, 10)} to ${timeText(maxDrawdown.until).slice(0, 10)}`,
    },
    { name: 'Won', value: trades === 0 ? '–' : shareText(wins / trades), note: counted(trades, 'trade') },
    { name: 'Profit factor', value: profitFactor?.toFixed(2) ?? '–', note: 'wins ÷ losses, in USDT' },
    {
      name: 'Best and worst',
      value: best === null ? '–' : `${moneyText(best)}`,
      note: worst === null ? '' : `worst ${moneyText(worst)} USDT`,
    },
    { name: 'Fees', value: sumText(summary.fees), note: 'USDT, in the results' },
    {
      name: 'Slippage',
      value: slippage === null ? '–' : sumText(slippage),
      note: spreadCost === null ? 'not known' : `USDT, in the results; ${sumText(spreadCost)} of it spread`,
    },
    {
      name: 'Turnover',
      value: `${summary.turnover.toFixed(1)} ×`,
      note: `the account; ${sumText(summary.traded)} USDT`,
    },
    {
      name: 'Exposure',
      value: shareText(exposure.heldShare),
      note: `of the account, ${shareText(exposure.timeShare)} of the time`,
    },
    {
      name: 'Evidence',
      value: counted(summary.episodes, 'token-day'),
      note: `on ${counted(summary.days, 'day')}`,
    },
  ];
  if (held > 0)
    figures.push({
      name: 'Still held',
      value: counted(held, 'position'),
      note: `${moneyText(heldPnl)} USDT so far`,
      tone: toneOf(heldPnl),
    });
  return figures;
}
