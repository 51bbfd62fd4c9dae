import { type ChartCandle, candleChart, type PriceLevel, priceText, toSvg } from '@mexc-bot/charts';
import type { RecordedTrade } from '../record/trading-record.ts';
import { CHART_FONT, durationText, moneyFigure, returnText, shareText, sumText, timeText, wordsOf } from './figures.ts';
import { type Html, html, markup } from './html.ts';

/** Candles of a market that open in a range, oldest first; none where there are none. */
export type ReadCandles = (
  market: string,
  from: number,
  until: number,
) => { readonly candles: readonly ChartCandle[]; readonly candleMs: number };

export const NO_CANDLES: ReadCandles = () => ({ candles: [], candleMs: 300_000 });

/** More would make a page that a phone cannot open. */
export const MOST_CHARTS = 200;
/** From so many on, trades are folded by month. */
const MANY_TRADES = 40;
/** shown before and after a trade, at least */
const AROUND_MS = 3 * 3_600_000;

/** Every trade in a line that opens; those that moved the account most with a chart. */
export function tradeSection(trades: readonly RecordedTrade[], read: ReadCandles, charts: number): Html {
  if (trades.length === 0) return html``;
  const drawn = new Set(trades.toSorted((a, b) => Math.abs(b.pnl) - Math.abs(a.pnl)).slice(0, charts));
  const item = (trade: RecordedTrade): Html => tradeItem(trade, drawn.has(trade) ? chartOf(trade, read) : null);
  const left = trades.length - drawn.size;
  return html`<section><h2>Trades</h2>
<p class="dim">Times are UTC.${left > 0 ? ` Charts are drawn of the ${drawn.size} that moved the account most; the other ${left} have their figures.` : ''}</p>
${trades.length < MANY_TRADES ? trades.map(item) : byMonth(trades, item)}</section>`;
}

function byMonth(trades: readonly RecordedTrade[], item: (trade: RecordedTrade) => Html): Html[] {
  const months = Map.groupBy(trades, ({ openedAt }) => timeText(openedAt).slice(0, 7));
  return [...months].map(([month, members]) => {
    const pnl = members.reduce((sum, trade) => sum + trade.pnl, 0);
    return html`<details class="month"><summary>${month} · ${members.length} trades · ${moneyFigure(pnl)} USDT</summary>
${members.map(item)}</details>`;
  });
}

function tradeItem(trade: RecordedTrade, chart: Html | null): Html {
  const { id, market, strategy, openedAt, pnl, returnFraction, exitReason } = trade;
  return html`<details><summary>${timeText(openedAt)} <b>${market}</b> ${moneyFigure(pnl)}
<span class="dim">${returnText(returnFraction)} · ${wordsOf(strategy)} · ${wordsOf(exitReason)} · #${id}</span></summary>
<div class="inside">${figures(trade)}${chart}</div></details>
`;
}

function figures(trade: RecordedTrade): Html {
  const { openedAt, closedAt, entryPrice, exitPrice, quantity, cost, fees, slippage, regime, confidence } = trade;
  const { decisionPrice, exits } = trade;
  const rows: readonly (readonly [string, string])[] = [
    ['bought', `${priceText(quantity)} at ${priceText(entryPrice)} for ${sumText(cost)} USDT`],
    ...(decisionPrice === null ? [] : [['decided at', priceText(decisionPrice)] as const]),
    ...exits.map(({ at, reason, price, quantity: sold }) => {
      return [
        'sold',
        `${shareText(sold / quantity, 0)} at ${priceText(price)}, ${timeText(at)}, ${wordsOf(reason)}`,
      ] as const;
    }),
    ['held', `${durationText(closedAt - openedAt)}, average exit ${priceText(exitPrice)}`],
    ['costs', `fees ${sumText(fees)}, slippage ${slippage === null ? 'not known' : sumText(slippage)} USDT`],
    ['market', `${wordsOf(regime)}${confidence === null ? '' : `, confidence ${confidence.toFixed(2)}`}`],
  ];
  return html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function chartOf(trade: RecordedTrade, read: ReadCandles): Html {
  const { market, strategy, openedAt, closedAt, returnFraction, exits, entryPrice } = trade;
  const around = Math.max(AROUND_MS, (closedAt - openedAt) / 2);
  const { candles, candleMs } = read(market, openedAt - around, closedAt + around / 2);
  const picture = candleChart({
    title: `${market} · ${wordsOf(strategy)}`,
    subtitle: `${timeText(openedAt)} · held ${durationText(closedAt - openedAt)}`,
    result: { text: returnText(returnFraction), good: returnFraction > 0 },
    zone: 'UTC',
    locale: 'en',
    emptyText: 'no candles are stored of this trade',
    candles,
    candleMs,
    levels: levelsOf(trade),
    marks: [
      { side: 'buy', at: openedAt, price: entryPrice },
      ...exits.map(({ at, price }) => ({ side: 'sell' as const, at, price })),
    ],
  });
  return html`<div class="chart">${markup(toSvg(picture, { font: CHART_FONT }))}</div>`;
}

function levelsOf({ entryPrice, stopPrice, peak, takeProfits, levelsTaken }: RecordedTrade): readonly PriceLevel[] {
  return [
    { kind: 'entry', label: 'entry', price: entryPrice },
    ...(stopPrice === null ? [] : [{ kind: 'stop' as const, label: 'stop', price: stopPrice }]),
    ...takeProfits.map((price, index) => ({
      kind: index < levelsTaken ? ('taken' as const) : ('target' as const),
      label: `TP${index + 1}`,
      price,
    })),
    ...(peak === null ? [] : [{ kind: 'peak' as const, label: 'peak', price: peak }]),
  ];
}
