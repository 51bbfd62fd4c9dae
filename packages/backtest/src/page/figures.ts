import { signedText } from '@mexc-bot/charts';
import { moneyText } from '../statistics/verdict.ts';
import { type Content, html } from './html.ts';

/** A result in its colour: gained, lost, or neither. */
export const moneyFigure = (value: number): Content => html`<span class="${toneOf(value)}">${moneyText(value)}</span>`;

export const toneOf = (value: number): string => (value > 0 ? 'good' : value < 0 ? 'bad' : '');

/** A sum that has no sign. */
export const sumText = (value: number): string => moneyText(value).replace('+', '');

/** 0.034 → 3.4 %. */
export const shareText = (share: number, digits = 1): string => `${(share * 100).toFixed(digits).replace('-', '−')} %`;

/** −1.19 %, +3.10 %. */
export const returnText = (fraction: number): string => `${signedText(fraction * 100)} %`;

/** 2026-11-22 14:05 of a clock in UTC. */
export const timeText = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** 35 min, 4.2 h, 3.1 d */
export function durationText(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 100) return `${Math.round(minutes)} min`;
  return minutes < 48 * 60 ? `${(minutes / 60).toFixed(1)} h` : `${(minutes / 1_440).toFixed(1)} d`;
}

/** An exit reason, a strategy, as words. */
export const wordsOf = (code: string): string => code.replaceAll('_', ' ');

/** Charts are laid out for a condensed font, and each system has another one. */
export const CHART_FONT =
  'Roboto Condensed, Avenir Next Condensed, Bahnschrift SemiCondensed, Arial Narrow, sans-serif-condensed, Liberation Sans Narrow, DejaVu Sans Condensed, sans-serif';
