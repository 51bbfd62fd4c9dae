import { type Clock, Decimal } from '@mexc-bot/core';
import { createPriceStream, type PriceStream, type PriceTick } from '@mexc-bot/exchange';
import { createSystemClock } from '@mexc-bot/runtime';
import { afterEach, expect, it, vi } from 'vitest';
import type { SimulatorOptions } from '../../apps/simulator/src/simulator.ts';
import { silentLog } from '../support/silent-log.ts';
import { type SimulatedExchange, startExchange } from '../support/simulated-exchange.ts';

const STALE_MS = 800;
const PATIENCE = { timeout: 10_000, interval: 20 };

interface Watched {
  readonly exchange: SimulatedExchange;
  readonly stream: PriceStream;
  readonly markets: readonly string[];
  readonly ticks: PriceTick[];
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A market at sixty times the speed, all of whose tokens are watched. */
async function watching(changes: Partial<SimulatorOptions> = {}): Promise<Watched> {
  const exchange = await startExchange({ clock: 'wall', speed: 60, tokens: 40, ...changes });
  const { simulator } = exchange;
  ends.push(() => simulator.close());
  const clock: Clock = {
    ...createSystemClock(),
    now: () => simulator.clock.now(),
    speed: () => simulator.clock.speed,
  };
  const url = `${simulator.url.replace('http', 'ws')}/ws`;
  const stream = createPriceStream({ url, clock, log: silentLog, staleAfterMs: STALE_MS });
  ends.push(() => stream.close());
  const ticks: PriceTick[] = [];
  stream.onTick((tick) => ticks.push(tick));

  const { row } = await exchange.get('/api/v3/defaultSymbols');
  const markets = row.data as string[];
  stream.watch(markets);
  return { exchange, stream, markets, ticks };
}

const plain = (text: unknown): string => new Decimal(String(text)).toString();

it('has the prices that REST has, of more markets than one connection holds', async () => {
  const { exchange, stream, markets } = await watching({ clock: 'virtual' });
  expect(markets.length).toBeGreaterThan(15);
  await vi.waitFor(() => {
    const { connections, topics } = stream.health();
    expect({ connections, topics }).toEqual({
      connections: Math.ceil(markets.length / 15),
      topics: 2 * markets.length,
    });
  }, PATIENCE);
  exchange.simulator.advance(5_000);
  const { rows } = await exchange.get('/api/v3/ticker/bookTicker');
  const asked = rows.filter(({ symbol }) => markets.includes(String(symbol)));
  expect(asked).toHaveLength(markets.length);
  await vi.waitFor(() => {
    for (const { symbol, ...row } of asked) {
      const tick = stream.latest(String(symbol));
      expect([tick?.bid, tick?.bidQuantity].map(String)).toEqual([row.bidPrice, row.bidQty].map(plain));
      expect([tick?.ask, tick?.askQuantity].map(String)).toEqual([row.askPrice, row.askQty].map(plain));
    }
  }, PATIENCE);
  expect(stream.health().refused).toEqual([]);
});

it('goes on after half-open connections that still answer pings, and after dropped ones', async () => {
  const { exchange, stream, ticks, markets } = await watching();
  await vi.waitFor(() => expect(ticks.length).toBeGreaterThan(100), PATIENCE);
  for (const kind of ['silence', 'drop'] as const) {
    const reconnects = stream.health().reconnects;
    exchange.simulator.follow({ faults: [{ stream: '*bookTicker*', times: 10, do: { kind } }] });
    await vi.waitFor(() => expect(stream.health().reconnects).toBeGreaterThan(reconnects), PATIENCE);
    await vi.waitFor(() => expect(stream.health().topics).toBe(2 * markets.length), PATIENCE);
    const before = ticks.length;
    await vi.waitFor(() => expect(ticks.length).toBeGreaterThan(before + 100), PATIENCE);
  }
});

it('lets no bad price and none out of order through, and says what is refused', async () => {
  const bad = ['zero', 'nan', 'empty'] as const;
  const { stream, ticks, markets } = await watching({
    faultPlan: {
      faults: [
        { stream: 'subscribe *', symbol: 'BTCUSDT', do: { kind: 'blocked' } },
        ...bad.map((as) => ({
          stream: 'spot@public.aggre.bookTicker*',
          probability: 0.2,
          do: { kind: 'bad-price' as const, as },
        })),
        { stream: 'spot@public.aggre.bookTicker*', probability: 0.2, do: { kind: 'reorder' } },
      ],
    },
  });
  expect(markets).toContain('BTCUSDT');
  await vi.waitFor(() => {
    expect(stream.health().refused).toHaveLength(2);
    expect(stream.health().dropped.no_price).toBeGreaterThan(50);
    expect(stream.health().dropped.out_of_order).toBeGreaterThan(5);
  }, PATIENCE);
  const sentAt = new Map<string, number>();
  for (const { market, bid, ask, exchangeAt } of ticks) {
    expect(bid.gt(0) && (ask === null || ask.gte(bid))).toBe(true);
    expect(exchangeAt).toBeGreaterThanOrEqual(sentAt.get(market) ?? 0);
    sentAt.set(market, exchangeAt);
  }
  expect(stream.latest('BTCUSDT')).toBeUndefined();
});

it('follows the exchange through a restart', async () => {
  const { exchange, stream, markets } = await watching({ clock: 'virtual' });
  await vi.waitFor(() => expect(stream.health().topics).toBe(2 * markets.length), PATIENCE);
  const { port } = exchange.simulator;
  await exchange.simulator.close();
  await vi.waitFor(() => expect(stream.health().connections).toBe(0), PATIENCE);
  const again = await startExchange({ clock: 'virtual', tokens: 40, port });
  ends.splice(0, 1, () => again.simulator.close());
  await vi.waitFor(() => expect(stream.health().topics).toBe(2 * markets.length), PATIENCE);
});
