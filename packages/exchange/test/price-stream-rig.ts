import { createPriceStream, type PriceDeal, type PriceStream, type PriceTick } from '../src/stream/price-stream.ts';
import { createFakeStream, type FakeStream } from './fake-stream.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { dealsChannel, dealsPush, type QuoteFields, quotePush, quotesChannel } from './pushes.ts';

export const START = 1_700_000_000_000;
export const STALE_MS = 5_000;

export interface PriceStreamRig {
  readonly clock: ManualClock;
  readonly exchange: FakeStream;
  readonly stream: PriceStream;
  readonly ticks: PriceTick[];
  readonly deals: PriceDeal[];
  readonly logged: string[];
  /** A quote sent now, to every socket subscribed to it. */
  quote(market: string, fields?: QuoteFields, sentAt?: number): void;
  deal(market: string): void;
  /** Time passes while these markets are quoted every half second. */
  live(markets: readonly string[], wallMs: number): Promise<void>;
}

/** A price stream on a manual clock against the exchange in memory. */
export function aPriceStream(options: { random?: () => number; speed?: number } = {}): PriceStreamRig {
  const clock = createManualClock(START, options.speed);
  const exchange = createFakeStream(clock.wallNow);
  const logged: string[] = [];
  const note = (message: string): void => void logged.push(message);
  const stream = createPriceStream({
    url: 'ws://127.0.0.1:1/ws',
    clock,
    log: { info: note, warn: note, error: note },
    staleAfterMs: STALE_MS,
    webSocket: exchange.openSocket,
    random: options.random ?? (() => 0.5),
  });
  const ticks: PriceTick[] = [];
  const deals: PriceDeal[] = [];
  stream.onTick((tick) => ticks.push(tick));
  stream.onDeal((deal) => deals.push(deal));

  const quote: PriceStreamRig['quote'] = (market, fields, sentAt = clock.now()) =>
    exchange.push(quotesChannel(market), quotePush(market, sentAt, fields));
  return {
    clock,
    exchange,
    stream,
    ticks,
    deals,
    logged,
    quote,
    deal: (market) => exchange.push(dealsChannel(market), dealsPush(market, clock.now())),
    async live(markets, wallMs) {
      for (let passed = 0; passed < wallMs; passed += 500) {
        for (const market of markets) quote(market);
        await clock.advance(500);
      }
    },
  };
}

/** `A000USDT`, `A001USDT`, … */
export const someMarkets = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => `A${String(from + i).padStart(3, '0')}USDT`);
