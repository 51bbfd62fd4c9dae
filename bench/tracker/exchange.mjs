/**
 * A stand-in for the exchange in a process of its own: fills every order at once and tells when each one arrived, on the machine's
 * monotonic clock, which all processes share.
 */
import { createServer } from 'node:http';

const orders = new Map();
let count = 0;

const server = createServer((request, response) => {
  const arrivedAt = process.hrtime.bigint();
  const url = new URL(request.url, 'http://127.0.0.1');
  const query = url.searchParams;
  const answer = (body) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  };
  const symbol = query.get('symbol');
  if (url.pathname === '/api/v3/account') {
    return answer({ canTrade: true, canWithdraw: false, canDeposit: true, permissions: ['SPOT'], balances: [] });
  }
  if (url.pathname === '/api/v3/time') return answer({ serverTime: Date.now() });
  if (request.method === 'POST' && url.pathname === '/api/v3/order') {
    const id = query.get('newClientOrderId');
    const orderId = `C02__${++count}`;
    orders.set(id, { orderId, symbol, quantity: query.get('quantity'), price: query.get('price') });
    process.send({ id, arrivedAt: String(arrivedAt) });
    return answer({
      symbol,
      orderId,
      orderListId: -1,
      price: query.get('price'),
      origQty: query.get('quantity'),
      type: 'LIMIT',
      side: 'SELL',
      stpMode: '',
      transactTime: Date.now(),
    });
  }
  const found =
    orders.get(query.get('origClientOrderId')) ??
    [...orders.values()].find((order) => order.orderId === query.get('orderId'));
  if (url.pathname === '/api/v3/order') {
    return answer({
      symbol,
      orderId: found.orderId,
      clientOrderId: query.get('origClientOrderId'),
      price: found.price,
      origQty: found.quantity,
      executedQty: found.quantity,
      status: 'FILLED',
      side: 'SELL',
      type: 'IMMEDIATE_OR_CANCEL',
      time: Date.now(),
    });
  }
  if (url.pathname === '/api/v3/myTrades') {
    return answer([
      {
        symbol,
        id: `t-${found.orderId}`,
        orderId: found.orderId,
        orderListId: -1,
        price: found.price,
        qty: found.quantity,
        quoteQty: '1',
        commission: '0.001',
        commissionAsset: 'USDT',
        time: Date.now(),
        isBuyer: false,
        isMaker: false,
        isBestMatch: true,
        isSelfTrade: false,
        clientOrderId: null,
      },
    ]);
  }
  response.statusCode = 404;
  answer({ code: 404, msg: url.pathname });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
