import type { FastifyInstance } from 'fastify';
import { REFUSED } from './exchange-error.ts';
import { refuse } from './public-routes.ts';
import { type PrivateRoutesDeps, type SignedHandler, signedBy } from './signed.ts';

const BASE = '/api/v3/capital';

/**
 * Wallet, transfers and margin, which clients ask for while they load markets. There is nothing of either here: lists are
 * empty, and whatever would move coins is refused.
 */
export function walletRoutes(app: FastifyInstance, deps: PrivateRoutesDeps): void {
  const signed = signedBy(deps);
  const none: SignedHandler = () => [];
  const refused: SignedHandler = ({ reply }) => refuse(reply, REFUSED.noWallet());

  for (const path of ['config/getall', 'deposit/hisrec', 'withdraw/history', 'deposit/address']) {
    app.get(`${BASE}/${path}`, signed(none));
  }
  app.get(
    `${BASE}/transfer`,
    signed(() => ({ rows: [], total: 0 })),
  );
  for (const path of ['transfer', 'transfer/internal', 'deposit/address', 'withdraw']) {
    app.post(`${BASE}/${path}`, signed(refused));
  }
  app.get('/api/v3/margin/isolated/account', signed(refused));
}
