/** What the exchange counts about one endpoint. */
export interface Endpoint {
  readonly signed: boolean;
  /** of the budget of 500 per 10 s: the address's for public endpoints, the key's for signed ones */
  readonly weight: number;
  /** shares the 12 orders a second with placing and cancelling of every kind */
  readonly order?: true;
  /** requests a second, where the endpoint has a limit of its own */
  readonly perSecond?: number;
}

const open = (weight: number): Endpoint => ({ signed: false, weight });
const signed = (weight: number): Endpoint => ({ signed: true, weight });
const order: Endpoint = { signed: true, weight: 1, order: true };

/** By method and path; weights as documented in August 2025. */
const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'GET /api/v3/ping': open(1),
  'GET /api/v3/time': open(1),
  'GET /api/v3/defaultSymbols': open(1),
  'GET /api/v3/symbol/offline': open(1),
  'GET /api/v3/exchangeInfo': open(10),
  'GET /api/v3/depth': open(1),
  'GET /api/v3/trades': open(5),
  'GET /api/v3/historicalTrades': open(5),
  'GET /api/v3/aggTrades': open(1),
  'GET /api/v3/klines': open(1),
  'GET /api/v3/avgPrice': open(1),
  'GET /api/v3/ticker/24hr': open(40),
  'GET /api/v3/ticker/price': open(2),
  'GET /api/v3/ticker/bookTicker': open(2),
  'GET /api/v1/contract/detail': open(1),
  'GET /api/v3/selfSymbols': signed(1),
  'POST /api/v3/order/test': signed(1),
  'POST /api/v3/order': order,
  'POST /api/v3/batchOrders': { ...order, perSecond: 2 },
  'DELETE /api/v3/order': order,
  'DELETE /api/v3/openOrders': order,
  'DELETE /api/v3/order/all': order,
  'GET /api/v3/order': signed(2),
  'GET /api/v3/openOrders': signed(3),
  'GET /api/v3/allOrders': signed(10),
  'GET /api/v3/account': { signed: true, weight: 10, perSecond: 2 },
  'GET /api/v3/myTrades': signed(10),
  'GET /api/v3/tradeFee': signed(20),
  'GET /api/v3/mxDeduct/enable': signed(1),
  'POST /api/v3/mxDeduct/enable': signed(1),
  'GET /api/v3/capital/config/getall': signed(10),
};

/** A ticker of one symbol weighs 1, of all of them what the table says. */
export function weightOf(target: string, endpoint: Endpoint, hasSymbol: boolean): number {
  return hasSymbol && target.startsWith('GET /api/v3/ticker/') ? 1 : endpoint.weight;
}

/** @param target `POST /api/v3/order`; endpoints that are not in the table (wallet, listen keys) are signed and weigh 1 */
export const endpointOf = (target: string): Endpoint =>
  Object.hasOwn(ENDPOINTS, target) ? ENDPOINTS[target]! : signed(1);
