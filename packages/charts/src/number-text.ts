const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';
/** From so many zeros after the point on they are counted instead of written. */
const MANY_ZEROS = 5;

/** 0.000000012 → 0.0₇12: seven zeros after the point, as traders of tiny prices write it. */
const countZeros = (text: string): string =>
  text.replace(new RegExp(`^(-?0\\.)(0{${MANY_ZEROS},})(?=\\d)`), (_, start: string, zeros: string) => {
    const count = [...String(zeros.length)].map((digit) => SUBSCRIPTS[Number(digit)]).join('');
    return `${start}0${count}`;
  });

/** Thin spaces between thousands; a minus sign that is as wide as a plus. */
const grouped = (text: string): string => {
  const [whole, rest] = text.split('.');
  const spaced = whole!.replace(/\B(?=(\d{3})+(?!\d))/g, ' ').replace('-', '−');
  return rest === undefined ? spaced : `${spaced}.${rest}`;
};

/** A value with the decimals its grid has: on steps of 0.05 there are two. */
export function steppedText(value: number, step: number): string {
  const decimals = Math.min(30, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const text = value.toFixed(decimals);
  return grouped(countZeros(Number(text) === 0 ? text.replace('-', '') : text));
}

/** A price with so many significant digits, without needless zeros at its end. */
export function priceText(price: number, digits = 5): string {
  if (price === 0) return '0';
  const decimals = Math.min(30, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(price)))));
  const text = price.toFixed(decimals);
  return grouped(countZeros(decimals > 0 ? text.replace(/\.?0+$/, '') : text));
}

/** +12.30, −4.05, 0.00; whole from a thousand on. */
export function signedText(value: number): string {
  const text = value.toFixed(Math.abs(value) >= 1_000 ? 0 : 2);
  return Number(text) > 0 ? `+${grouped(text)}` : grouped(Number(text) === 0 ? text.replace('-', '') : text);
}

/** A share in percent: 0.0312 → +3.1 %. */
export const percentText = (fraction: number): string => `${signedText(fraction * 100).replace(/(\.\d)\d$/, '$1')} %`;

const NARROW = /[\s.,:;·|!'’ijlI₀-₉]/;
const WIDE = /[mwMW%—]/;
const CAPITAL = /\p{Lu}/u;

/** How wide a text in a condensed font may become, at most about: no font is at hand where a picture is laid out. */
export const textWidth = (text: string, size: number): number =>
  [...text].reduce(
    (sum, character) =>
      sum + (NARROW.test(character) ? 0.33 : WIDE.test(character) ? 0.8 : CAPITAL.test(character) ? 0.6 : 0.52),
    0,
  ) * size;
