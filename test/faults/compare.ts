import { Decimal, ZERO } from '@mexc-bot/core';
import type { Store } from '@mexc-bot/store';
import { compareWithLedger, type Ledger } from '../../apps/suite/dist/books.js';
import type { InProcessExchange } from './exchange.ts';

const text = (values: ReadonlyMap<string, Decimal>): Record<string, string> =>
  Object.fromEntries([...values].map(([asset, value]) => [asset, value.toFixed()]));

/**
 * The exchange's ledger as the suite's books must show it: what the owner did beside the suite counts as if the account had begun
 * with it.
 */
function ledgerForBooks({ engine, account }: InProcessExchange): {
  readonly ledger: Ledger;
  readonly surplus: ReadonlyMap<string, Decimal>;
} {
  const { ledger } = engine;
  const initial = new Map(account.initial);
  const surplus = new Map<string, Decimal>();
  const add = (asset: string, amount: Decimal): void =>
    void initial.set(asset, (initial.get(asset) ?? ZERO).plus(amount));

  for (const { asset, amount } of ledger.adjustments()) {
    add(asset, amount);
    surplus.set(asset, (surplus.get(asset) ?? ZERO).plus(amount));
  }
  const owners = ledger.trades().filter(({ clientOrderId }) => clientOrderId === null);
  for (const { symbol, side, price, qty, fee, feeAsset } of owners) {
    const sign = side === 'BUY' ? 1 : -1;
    add(symbol.replace(/USDT$/, ''), qty.mul(sign));
    add('USDT', price.mul(qty).mul(-sign));
    add(feeAsset, fee.neg());
  }
  return {
    ledger: {
      accounts: [
        {
          initial: text(initial),
          balances: Object.fromEntries(
            [...account.balances].map(([asset, { free, locked }]) => [
              asset,
              { free: free.toFixed(), locked: locked.toFixed() },
            ]),
          ),
        },
      ],
      orders: ledger
        .orders()
        .filter(({ clientOrderId }) => clientOrderId !== null)
        .map(({ orderId, clientOrderId, symbol, executed }) => ({
          orderId,
          clientOrderId,
          symbol,
          executed: executed.toFixed(),
        })),
      trades: ledger
        .trades()
        .filter(({ clientOrderId }) => clientOrderId !== null)
        .map(({ id, symbol, price, qty, fee, feeAsset }) => ({
          id,
          symbol,
          price: price.toFixed(),
          qty: qty.toFixed(),
          fee: fee.toFixed(),
          feeAsset,
        })),
    },
    surplus,
  };
}

const POSITIONS_LINE = /^positions in (\S+): books (\S+), exchange (\S+)$/;

/** @returns where books and ledger differ, beyond one step of coins that the owner moved */
export function differences(store: Store, exchange: InProcessExchange): readonly string[] {
  const { ledger, surplus } = ledgerForBooks(exchange);
  const sold = new Set(
    exchange.engine.ledger.trades().flatMap(({ clientOrderId, symbol }) => (clientOrderId === null ? [symbol] : [])),
  );
  return compareWithLedger(store, ledger, 'USDT').differences.filter((line) => {
    const found = POSITIONS_LINE.exec(line);
    if (found === null) return true;
    const asset = found[1]!;
    const of = (value: string): Decimal => (value === 'nothing' ? ZERO : new Decimal(value));
    const off = of(found[3]!).minus(of(found[2]!));
    // coins of the owner's own are nobody's position; MX pays fees
    if (asset === 'MX' || off.eq(surplus.get(asset) ?? ZERO)) return false;
    const step = store.markets.get(`${asset}USDT`)?.rules.stepSize ?? ZERO;
    return !(sold.has(`${asset}USDT`) && off.abs().lt(step));
  });
}
