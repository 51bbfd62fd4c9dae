import { THEME } from './theme.ts';

/** The same colours for a light page; letters on a tag are light there. */
const LIGHT: Readonly<Record<keyof typeof THEME, string>> = {
  background: '#ffffff',
  panel: '#f3f5f8',
  grid: '#dde3ea',
  text: '#17202b',
  dim: '#5c6b7c',
  up: '#0e8f62',
  down: '#d32f45',
  entry: '#1769c2',
  peak: '#a87700',
  taken: '#8fd3b6',
  sale: '#8a3fc0',
  onColour: '#ffffff',
};

/**
 * CSS that turns charts of a page light; it goes inside a media query, or whatever else says when.
 *
 * @param selector of the charts
 */
export function lightStyle(selector: string): string {
  return Object.entries(THEME)
    .flatMap(([name, dark]) => {
      const light = LIGHT[name as keyof typeof THEME];
      return [`${selector} [fill="${dark}"]{fill:${light}}`, `${selector} [stroke="${dark}"]{stroke:${light}}`];
    })
    .join('\n');
}
