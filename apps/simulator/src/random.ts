/*
 * Seeded numbers by position, not by order of asking: what is drawn for (seed, symbol, time) is the same whoever asks first.
 */

function mix(state: number, value: number): number {
  let h = Math.imul(state ^ value, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return Math.imul(h, 0x27d4eb2f) ^ (h >>> 15);
}

/** Mixes three integers (their low 32 bits) into one of 32 bits. */
export function hash(a: number, b: number, c: number): number {
  return mix(mix(mix(0x9e3779b9, a | 0), b | 0), c | 0) >>> 0;
}

/** 32-bit number of a text. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h, text.length) >>> 0;
}

/** @returns a fraction in [0, 1) out of a 32-bit hash */
export const unit = (hashed: number): number => hashed / 4_294_967_296;

/** mulberry32: a stream of fractions in [0, 1). */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Standard normal (Box-Muller, one of the pair). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Student's t with 4 degrees of freedom, scaled to variance 1: the fat tails of returns; cut at ±8. */
export function fatTailed(random: () => number): number {
  const chiSquared = -2 * Math.log((1 - random()) * (1 - random()));
  const t = (normal(random) * Math.sqrt(4 / chiSquared)) / Math.SQRT2;
  return Math.max(-8, Math.min(8, t));
}
