import { createRandom, hash } from './random.ts';
import type { TokenCharacter } from './synthetic-tokens.ts';

/** 5 m candles of a day. */
export const DAY_CANDLES = 288;

/** One stretch of an event: its log return is spread evenly over its candles. */
interface Phase {
  readonly candles: number;
  /** total log return */
  readonly move: number;
  /** factor on the token's own volatility */
  readonly volatility: number;
  /** factor on the token's own volume */
  readonly volume: number;
}

export interface MarketEvent {
  readonly kind: 'surge' | 'pump' | 'crash' | 'revival' | 'drift';
  /** candle of the day it starts in */
  readonly start: number;
  /** in order, together shorter than a day: an event touches its own day and the next, no other */
  readonly phases: readonly Phase[];
}

/** Events a token meets in a day, on average. */
const RATES: Readonly<Record<TokenCharacter, Partial<Record<MarketEvent['kind'], number>>>> = {
  background: { drift: 0.3 },
  ordinary: { surge: 0.5, pump: 0.02, crash: 0.05 },
  lively: { surge: 1.4, pump: 0.06, crash: 0.1 },
  sleeping: { revival: 0.25, crash: 0.02 },
  dead: {},
  flat: {},
};

type Draw = (low: number, high: number) => number;

/** What happens to a token on one day; the same whoever asks, and in whatever order. */
export function eventsOf(tokenSeed: number, day: number, character: TokenCharacter): readonly MarketEvent[] {
  const random = createRandom(hash(tokenSeed, day, 21));
  const draw: Draw = (low, high) => low + (high - low) * random();
  const events: MarketEvent[] = [];
  for (const [kind, rate] of Object.entries(RATES[character]) as [MarketEvent['kind'], number][]) {
    for (let left = rate; left > 0; left -= 1) {
      if (random() >= left) continue;
      events.push({ kind, start: Math.floor(random() * DAY_CANDLES), phases: PHASES[kind](draw) });
    }
  }
  return events;
}

const candles = (draw: Draw, low: number, high: number): number => Math.round(draw(low, high));

const PHASES: Readonly<Record<MarketEvent['kind'], (draw: Draw) => Phase[]>> = {
  /** an hour or two of gathering, a jump within ten minutes, then whatever follows */
  surge(draw) {
    const gathering = draw(0.02, 0.06);
    const jump = draw(0.03, 0.06);
    return [
      { candles: candles(draw, 8, 30), move: gathering, volatility: 1.1, volume: 2 },
      { candles: candles(draw, 2, 3), move: jump, volatility: 1.5, volume: draw(5, 12) },
      ...aftermath(draw, gathering + jump),
    ];
  },
  pump(draw) {
    const rise = draw(0.2, 0.7);
    return [
      { candles: candles(draw, 3, 9), move: rise, volatility: 3, volume: draw(25, 70) },
      { candles: candles(draw, 12, 50), move: -rise * draw(0.7, 1.1), volatility: 2.5, volume: 12 },
    ];
  },
  crash(draw) {
    const fall = draw(0.12, 0.45);
    return [
      { candles: candles(draw, 2, 10), move: -fall, volatility: 2.5, volume: draw(8, 25) },
      { candles: candles(draw, 20, 90), move: fall * draw(0.1, 0.5), volatility: 1.8, volume: 3 },
    ];
  },
  /** volume out of nothing */
  revival(draw) {
    const jump = draw(0.04, 0.1);
    return [
      { candles: candles(draw, 3, 6), move: jump, volatility: 3, volume: draw(40, 120) },
      ...aftermath(draw, jump).map((phase) => ({ ...phase, volatility: 2.5, volume: phase.volume * 6 })),
    ];
  },
  /** a turn of the whole market */
  drift: (draw) => [{ candles: candles(draw, 24, 96), move: draw(-0.03, 0.03), volatility: 1.3, volume: 1.8 }],
};

/** What follows the first jump: most fade, some go on past +10 %, a few past +25 %. */
function aftermath(draw: Draw, gained: number): Phase[] {
  const fate = draw(0, 1);
  if (fate < 0.6) {
    return [
      { candles: candles(draw, 1, 4), move: draw(-0.004, 0.012), volatility: 1.6, volume: 4 },
      { candles: candles(draw, 10, 60), move: -gained * draw(0.55, 1.15), volatility: 1.3, volume: 2 },
    ];
  }
  const further = fate < 0.87 ? draw(0.06, 0.14) : draw(0.18, 0.36);
  return [
    { candles: candles(draw, 12, 50), move: further, volatility: 1.5, volume: 6 },
    { candles: candles(draw, 30, 100), move: -(gained + further) * draw(0.4, 0.9), volatility: 1.3, volume: 2 },
  ];
}
