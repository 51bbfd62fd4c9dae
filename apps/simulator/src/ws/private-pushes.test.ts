import { describe, expect, it } from 'vitest';
import { openAccount } from '../account.ts';
import { createEngine } from '../engine.ts';
import type { OrderRequest } from '../order-rules.ts';
import { createQuotes } from '../quotes.ts';
import { createSyntheticMarket } from '../synthetic-market.ts';
import { type PrivatePush, privatePush } from './private-pushes.ts';

function exchange() {
  const source = createSyntheticMarket(1, 20);
  const quotes = createQuotes(source);
  const pushes: PrivatePush[] = [];
  const engine = createEngine({ quotes, idSeed: 1, onEvent: (event) => pushes.push(privatePush(event)) });
  const account = openAccount('a', '…1234', { USDT: '10000000' });
  engine.ledger.addAccount(account);
  const now = source.startAt;
  const market = quotes.find('BTCUSDT', now)!;
  const place = (request: Partial<OrderRequest>) =>
    engine.place(now, account, { symbol: 'BTCUSDT', side: 'BUY', quantity: '0.001', ...request } as OrderRequest);
  const orders = () => pushes.flatMap(({ push: { body } }) => ('privateOrders' in body ? [body.privateOrders] : []));
  const [ask] = quotes.book(market, now).asks;
  const steps = (count: number): string => market.stepSize.mul(count).toString();
  const best = {
    price: market.tickSize.mul(ask!.ticks).toString(),
    once: steps(ask!.steps),
    twice: steps(2 * ask!.steps),
  };
  return { engine, account, now, pushes, place, orders, best };
}

describe('private pushes', () => {
  it('tell a market order that fills: set aside, new, traded, filled, the rest released', () => {
    const { place, pushes, orders } = exchange();
    const placed = place({ type: 'MARKET', newClientOrderId: 'mine' });
    const kinds = pushes.map(({ push: { body } }) => Object.keys(body)[0]!);
    expect(kinds.slice(0, 2)).toEqual(['privateAccount', 'privateOrders']);
    expect(new Set(kinds)).toEqual(new Set(['privateAccount', 'privateOrders', 'privateDeals']));
    const [first, last] = [orders()[0]!, orders().at(-1)!];
    expect(first).toMatchObject({ orderType: 5, tradeType: 1, status: 1, cumulativeQuantity: '0', clientId: 'mine' });
    expect(last).toMatchObject({ status: 2, remainQuantity: '0', cumulativeQuantity: '0.001', isMaker: false });
    expect(placed.ok && placed.value.orderId).toBe(last.id);
    const deals = pushes.flatMap(({ push: { body } }) => ('privateDeals' in body ? [body.privateDeals] : []));
    expect(deals[0]).toMatchObject({ orderId: last.id, tradeType: 1, feeCurrency: 'USDT', clientOrderId: 'mine' });
    expect(pushes.every(({ accountId }) => accountId === 'a')).toBe(true);
  });

  it('tell balances as they change: what is free, what is frozen, and why', () => {
    const { engine, account, place, pushes, now } = exchange();
    const placed = place({ type: 'LIMIT', price: '50000', quantity: '0.01' });
    if (!placed.ok) throw new Error('refused');
    engine.cancel(now, account, { symbol: 'BTCUSDT', orderId: placed.value.orderId });
    const balances = pushes.flatMap(({ push: { body } }) => ('privateAccount' in body ? [body.privateAccount] : []));
    expect(balances).toMatchObject([
      {
        vcoinName: 'USDT',
        type: 'ENTRUST_PLACE',
        balanceAmount: '9999499.75',
        balanceAmountChange: '-500.25',
        frozenAmount: '500.25',
        frozenAmountChange: '500.25',
      },
      { type: 'ENTRUST_CANCEL', balanceAmount: '10000000', balanceAmountChange: '500.25', frozenAmount: '0' },
    ]);
  });

  it.each([
    ['LIMIT', '50000', 1, 1],
    ['LIMIT_MAKER', '50000', 2, 1],
    ['IMMEDIATE_OR_CANCEL', '50000', 3, 4],
    ['FILL_OR_KILL', '50000', 4, 4],
  ] as const)('a %s order at %s has type %i and ends up with status %i', (type, price, orderType, status) => {
    const { place, orders } = exchange();
    place({ type, price });
    expect(orders().at(-1)).toMatchObject({ orderType, status });
  });

  it('an order cancelled after a part was filled has status 5', () => {
    const { place, orders, best } = exchange();
    place({ type: 'IMMEDIATE_OR_CANCEL', price: best.price, quantity: best.twice });
    expect(orders().map(({ status }) => status)).toEqual([1, 3, 5]);
    expect(orders().at(-1)).toMatchObject({ quantity: best.twice, remainQuantity: best.once });
  });
});
