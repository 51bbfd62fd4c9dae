import { createPriceStream, type PriceStream } from '@mexc-bot/exchange';
import {
  createReconcile,
  createSeller,
  positionRules,
  stopConfig,
  type TradingProcess,
  wsUrl,
} from '@mexc-bot/execution';
import { createAside } from './aside.ts';
import { createKnownBids } from './bids.ts';
import { createChores } from './chores.ts';
import { createGuard } from './guard.ts';
import { createKeyChore } from './key-chore.ts';
import { createReconcileChore } from './reconcile-chore.ts';
import { createRequests } from './requests.ts';
import { createRulesChore } from './rules-chore.ts';
import { createTrack } from './track.ts';

/**
 * A pushed bid older than this is read by REST, wall ms: with the cycle's second and the order's way, a price that gaps through a stop
 * in the silence of a stream is sold on within 3 s. The stream itself has longer, so that a quiet market costs no reconnection.
 */
const ASK_AFTER_MS = 1_500;

/**
 * The tracker's cycle, fed by the price stream between its rounds.
 *
 * @param options.stream in place of the exchange's own; null: REST alone
 */
export function wireTrack(
  trading: TradingProcess,
  options: { readonly stream?: PriceStream | null } = {},
): {
  readonly track: () => Promise<void>;
  readonly close: () => Promise<void>;
} {
  const { settings, clock, log, key } = trading;
  const { staleAfterMs } = settings.prices;
  // what guards positions asks before everything else
  const marketData = trading.marketDataFor('exit');
  const shared = {
    ...trading,
    marketData,
    rules: positionRules(settings),
    stop: stopConfig(settings),
    source: 'tracker',
  };

  const guard = createGuard({
    ...shared,
    fallData: trading.marketDataFor('confirmation'),
    seller: createSeller(shared),
  });
  const exchangeStream = () =>
    settings.prices.stream ? createPriceStream({ url: wsUrl(settings), clock, log, staleAfterMs }) : null;
  const stream = options.stream === undefined ? exchangeStream() : options.stream;
  stream?.onTick(({ market, bid }) => {
    guard.onBid(market, bid).catch((error: unknown) => {
      log.error(`exit in ${market} failed; the next price tries again`, { error });
    });
  });

  const reconcile = createReconcile({
    ...shared,
    quote: settings.universe.quote,
    confirmAfterMs: settings.reconcile.confirmSeconds * 1_000,
  });
  const chores = createChores(
    [
      // first: the other may take long, and nothing is bought with a key that nobody has judged
      ...(key === null ? [] : [createKeyChore(key, log)]),
      createRulesChore(shared),
      createReconcileChore(reconcile, settings.reconcile.everyMinutes * 60_000, trading),
    ],
    clock,
  );

  // beside the cycle: a price that is slow to read must not hold up the others
  const takeRequests = createAside(
    createRequests({ ...shared, bids: createKnownBids(stream, marketData, clock, staleAfterMs) }),
  );

  return {
    track: createTrack({
      ...shared,
      candleData: trading.marketData,
      guard,
      stream,
      staleAfterMs: Math.min(staleAfterMs, ASK_AFTER_MS),
      atrPeriod: settings.position.atr.period,
      takeRequests,
      chores,
    }),
    async close() {
      await stream?.close();
      await guard.close();
    },
  };
}
