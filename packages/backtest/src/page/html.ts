import { escaped } from '@mexc-bot/charts';

/** Markup that may go into a page as it is. Only {@link html} and {@link markup} make it. */
export interface Html {
  readonly markup: string;
}

export type Content = Html | string | number | null | readonly Content[];

/** Text that is markup already, because this program made it: an SVG, a style sheet. */
export const markup = (text: string): Html => ({ markup: text });

/** A template whose values are escaped, unless they are markup themselves; lists are joined, null is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return { markup: parts.map((part, index) => part + (index < values.length ? render(values[index]!) : '')).join('') };
}

function render(value: Content): string {
  if (value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return 'markup' in value ? value.markup : value.map(render).join('');
}
