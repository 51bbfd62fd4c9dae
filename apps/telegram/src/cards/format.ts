import { priceText } from '@mexc-bot/charts';
import type { Decimal } from '@mexc-bot/core';

export { priceText };

type Figure = Decimal | number | string;

/** For HTML messages: what is not ours may hold `<` or `&`. */
export const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Three significant digits, whole from a hundred on: 0.123, 12.3, 1 234. */
export function quoteText(figure: Figure): string {
  const value = Number(figure);
  const size = Math.abs(value);
  if (size === 0) return '0';
  const decimals = size >= 100 ? 0 : Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(size))));
  const text = value.toFixed(decimals).replace('-', '−');
  return text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ' ');
}

/** The same with a sign: +12.3, −0.0405, 0. */
export const signedQuote = (figure: Figure): string => `${Number(figure) > 0 ? '+' : ''}${quoteText(figure)}`;

/** A fraction in percent: 0.0312 → +3.12 %. */
export const signedPercent = (fraction: number): string => `${signedQuote(Number((fraction * 100).toFixed(2)))} %`;

/** `PEPEUSDT` → `PEPE`; a market of another quote keeps its name. */
export const tokenOf = (market: string, quote = 'USDT'): string =>
  market.endsWith(quote) && market.length > quote.length ? market.slice(0, -quote.length) : market;
