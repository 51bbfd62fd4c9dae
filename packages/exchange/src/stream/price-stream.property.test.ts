import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aPriceStream, someMarkets } from '../../test/price-stream-rig.ts';
import { dealsChannel, quotesChannel } from '../../test/pushes.ts';

const MARKETS = someMarkets(50);

type Event =
  | { readonly is: 'watch'; readonly markets: readonly string[] }
  | { readonly is: 'drop'; readonly which: number }
  | { readonly is: 'opening'; readonly opening: 'accept' | 'hang' | 'refuse' }
  | { readonly is: 'pass'; readonly ms: number }
  | { readonly is: 'quotes' }
  | { readonly is: 'mute'; readonly answers: boolean };

const arbEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ is: fc.constant('watch' as const), markets: fc.subarray(MARKETS) }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('drop' as const), which: fc.nat(5) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant('opening' as const),
      opening: fc.constantFrom('accept' as const, 'hang' as const, 'refuse' as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('pass' as const), ms: fc.nat(12_000) }) },
  { weight: 2, arbitrary: fc.constant({ is: 'quotes' as const }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('mute' as const), answers: fc.boolean() }) },
);

it('ends with exactly the wanted topics subscribed, each once, whatever was wanted and broke on the way', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbEvent, { maxLength: 25 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (events, random) => {
        const { clock, exchange, stream, quote } = aPriceStream({ random: () => random });
        let wanted: readonly string[] = [];
        const quoteAll = (): void => {
          for (const market of wanted) quote(market);
        };

        for (const event of events) {
          if (event.is === 'watch') {
            wanted = event.markets;
            stream.watch(wanted);
          } else if (event.is === 'drop') exchange.open()[event.which]?.drop();
          else if (event.is === 'opening') exchange.behaviour.opening = event.opening;
          else if (event.is === 'mute') exchange.behaviour.answers = event.answers;
          else if (event.is === 'quotes') quoteAll();
          else await clock.advance(event.ms);
        }
        exchange.behaviour.opening = 'accept';
        for (let passed = 0; passed < 50_000; passed += 1_000) {
          quoteAll();
          await clock.advance(1_000);
        }

        const subscribed = exchange.open().flatMap(({ topics }) => [...topics]);
        expect(subscribed.sort()).toEqual(
          wanted.flatMap((market) => [quotesChannel(market), dealsChannel(market)]).sort(),
        );
        expect(exchange.open()).toHaveLength(Math.ceil(wanted.length / 15));
        expect(exchange.mostTopics()).toBeLessThanOrEqual(30);
        expect(stream.health()).toMatchObject({ topics: wanted.length * 2, staleMarkets: [], refused: [] });

        const closed = stream.close();
        await clock.advance(2_000);
        await closed;
        expect(clock.sleepers()).toBe(0);
        expect(exchange.sockets.every((socket) => socket.isEnded())).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
}, 60_000);
