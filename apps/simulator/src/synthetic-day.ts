import { type CandleChunk, emptyChunk, sumVolumes } from './candle-series.ts';
import { createRandom, fatTailed, hash, normal } from './random.ts';
import { DAY_CANDLES, eventsOf } from './synthetic-events.ts';
import type { TokenTraits } from './synthetic-tokens.ts';

/** Where a token stands at midnight; the next day follows from this alone. */
export interface Midnight {
  /** log of the price, not rounded to the tick */
  readonly logPrice: number;
  readonly baseBefore: number;
  readonly quoteBefore: number;
}

export interface SyntheticDay {
  readonly chunk: CandleChunk;
  readonly next: Midnight;
}

/** Share of the way back to the base price in one candle: half of it in about four days. */
const REVERSION = 0.0006;
/** A price never falls under this many ticks, so that one tick stays a small move. */
const LEAST_TICKS = 500;
/** Share of a sleeping token's candles without a trade. */
const ASLEEP = 0.5;

/**
 * One day of 5 m candles.
 *
 * @param day days since the first of the history
 * @param btcReturns BTC's log return in each candle of the day; null for BTC itself
 */
export function makeDay(
  tokenSeed: number,
  traits: TokenTraits,
  priceDecimals: number,
  day: number,
  midnight: Midnight,
  btcReturns: Float64Array | null,
): SyntheticDay {
  const chunk = emptyChunk(day * DAY_CANDLES, DAY_CANDLES);
  const random = createRandom(hash(tokenSeed, day, 31));
  const weather = weatherOf(tokenSeed, day, traits);
  const scale = 10 ** priceDecimals;
  const toTick = (price: number): number => Math.max(LEAST_TICKS, Math.round(price * scale)) / scale;
  const baseLog = Math.log(traits.basePrice);
  const candleQuote = traits.quoteVolume / DAY_CANDLES;
  let logPrice = midnight.logPrice;
  let last = toTick(Math.exp(logPrice));

  for (let i = 0; i < DAY_CANDLES; i++) {
    const eventful = weather.volume[i]! > 1;
    if (traits.volatility === 0 || (traits.character === 'sleeping' && !eventful && random() < ASLEEP)) {
      for (const column of [chunk.open, chunk.high, chunk.low, chunk.close]) column[i] = last;
      continue;
    }
    const volatility = traits.volatility * weather.volatility[i]!;
    const own = volatility * fatTailed(random);
    const market = btcReturns === null ? 0 : traits.beta * btcReturns[i]!;
    const move = own + market + weather.drift[i]! - REVERSION * (logPrice - baseLog);
    logPrice += move;

    const open = last;
    const close = toTick(Math.exp(logPrice));
    const wick = (): number => Math.abs(normal(random)) * 0.5 * volatility;
    chunk.open[i] = open;
    chunk.close[i] = close;
    chunk.high[i] = Math.max(open, close, toTick(Math.max(open, close) * (1 + wick())));
    chunk.low[i] = Math.min(open, close, toTick(Math.min(open, close) * (1 - wick())));
    // trades come where the price moves: half of the volume follows the size of the return
    const excitement = 0.5 + 0.5 * Math.min(6, Math.abs(move) / volatility);
    const noise = Math.exp(0.6 * normal(random) - 0.18);
    const quote = candleQuote * weather.volume[i]! * excitement * noise;
    chunk.volume[i] = Number((quote / close).toPrecision(8));
    last = close;
  }

  sumVolumes(chunk, midnight.baseBefore, midnight.quoteBefore);
  const next = {
    logPrice,
    baseBefore: chunk.baseBefore[DAY_CANDLES]!,
    quoteBefore: chunk.quoteBefore[DAY_CANDLES]!,
  };
  return { chunk, next };
}

/** What the events of this day and the evening before do to each candle. */
function weatherOf(tokenSeed: number, day: number, { character }: TokenTraits) {
  const drift = new Float64Array(DAY_CANDLES);
  const volatility = new Float64Array(DAY_CANDLES).fill(1);
  const volume = new Float64Array(DAY_CANDLES).fill(1);
  for (const started of [day - 1, day]) {
    for (const { start, phases } of eventsOf(tokenSeed, started, character)) {
      let candle = start + (started - day) * DAY_CANDLES;
      for (const phase of phases) {
        for (let n = 0; n < phase.candles; n++, candle++) {
          if (candle < 0 || candle >= DAY_CANDLES) continue;
          drift[candle]! += phase.move / phase.candles;
          volatility[candle] = Math.max(volatility[candle]!, phase.volatility);
          volume[candle] = Math.max(volume[candle]!, phase.volume);
        }
      }
    }
  }
  return { drift, volatility, volume };
}
