import type { FastifyInstance } from 'fastify';
import { type ExchangeError, REFUSED } from '../exchange-error.ts';
import { refuse } from '../public-routes.ts';
import { type PrivateRoutesDeps, signedBy } from '../signed.ts';
import { type ListenKeys, MAX_KEYS_PER_ACCOUNT } from './listen-keys.ts';

const PATH = '/api/v3/userDataStream';

/** MEXC's code for a record that does not exist; what it says of a listen key is not known. */
const UNKNOWN_KEY: ExchangeError = { status: 400, code: 22222, msg: 'Invalid listen key' };
/** What MEXC answers beyond its limit is not known. */
const TOO_MANY_KEYS: ExchangeError = {
  status: 400,
  code: 400,
  msg: `An account has at most ${MAX_KEYS_PER_ACCOUNT} listen keys`,
};

export interface ListenKeyRoutesDeps extends PrivateRoutesDeps {
  readonly listenKeys: ListenKeys;
}

/** Listen keys of the user data stream: made, listed, extended and given up. */
export function listenKeyRoutes(app: FastifyInstance, deps: ListenKeyRoutesDeps): void {
  const { listenKeys } = deps;
  const signed = signedBy(deps);
  /** Does something to one key of the caller's. */
  const withKey = (act: 'extend' | 'remove') =>
    signed(({ account, parameters, reply }) => {
      const listenKey = parameters.get('listenKey');
      if (!listenKey) return refuse(reply, REFUSED.missing('listenKey'));
      return listenKeys[act](account.id, listenKey) ? { listenKey } : refuse(reply, UNKNOWN_KEY);
    });

  app.post(
    PATH,
    signed(({ account, request, reply }) => {
      const listenKey = listenKeys.create(account.id, request.passage!.apiKey!);
      return listenKey === null ? refuse(reply, TOO_MANY_KEYS) : { listenKey };
    }),
  );
  app.get(
    PATH,
    signed(({ account }) => ({ listenKey: listenKeys.list(account.id) })),
  );
  app.put(PATH, withKey('extend'));
  app.delete(PATH, withKey('remove'));
}
