/** Powers of ten up to any market's decimals: `10 ** n` is a call, made thousands of times in one answer. */
const SCALES = Array.from({ length: 23 }, (_, decimals) => 10 ** decimals);

/** 10^decimals, decimals a whole number >= 0 */
export const scaleOf = (decimals: number): number => SCALES[decimals] ?? 10 ** decimals;

/** A number as the exchange writes it: no exponent, at most `decimals` decimals, no trailing zeros. */
export function plain(value: number, decimals: number): string {
  if (value >= 1e21) return BigInt(Math.round(value)).toString();
  const text = value.toFixed(decimals);
  if (!text.includes('.')) return text;
  let end = text.length;
  while (text[end - 1] === '0') end -= 1;
  return text.slice(0, text[end - 1] === '.' ? end - 1 : end);
}

/** The nearest price on the grid of `decimals`, at least one tick: whoever quotes a price rounds it here, so all agree. */
export function onTick(price: number, decimals: number): number {
  const scale = scaleOf(decimals);
  return Math.max(1, Math.round(price * scale)) / scale;
}

/** @see onTick */
export const tickText = (price: number, decimals: number): string => onTick(price, decimals).toFixed(decimals);
