import { type Decimal, ZERO } from '@mexc-bot/core';
import type { Account } from './account.ts';
import type { Execution } from './matching.ts';
import { type Adjustment, isOpen, type SimOrder, type SimTrade } from './order.ts';
import type { ValidOrder } from './order-rules.ts';
import { hash } from './random.ts';

/** Forms of order ids seen at MEXC: `C02__…`, `C01__…`, 32 hexadecimal digits, all digits. */
type OrderIdForm = 'C02' | 'C01' | 'hex' | 'number';

/** Everything that ever happened at the exchange, in order: accounts, orders, trades. */
export interface Ledger {
  /** number of ids given out so far */
  sequence(): number;
  readonly idSeed: number;
  addAccount(account: Account): void;
  /** @throws {RangeError} no such account */
  account(id: string): Account;
  accounts(): readonly Account[];
  /** @param idForm another form of order id than the usual `C02__…` */
  addOrder(
    accountId: string,
    symbol: string,
    order: ValidOrder,
    locked: Decimal,
    now: number,
    idForm?: OrderIdForm,
  ): SimOrder;
  addTrade(
    order: SimOrder,
    execution: Execution,
    rest: Pick<SimTrade, 'fee' | 'feeAsset' | 'isMaker' | 'time'>,
  ): SimTrade;
  /** Takes an order that ended off the open ones. */
  close(order: SimOrder): void;
  byId(orderId: string): SimOrder | undefined;
  byClientOrderId(accountId: string, clientOrderId: string): SimOrder | undefined;
  /** Open orders, oldest first, of one account or of all. */
  open(accountId?: string): readonly SimOrder[];
  orders(): readonly SimOrder[];
  trades(): readonly SimTrade[];
  tradesOf(orderId: string): readonly SimTrade[];
  addAdjustment(adjustment: Adjustment): void;
  adjustments(): readonly Adjustment[];
  /** Forgets orders, trades and adjustments; ids go on, so that none is given twice. */
  clear(): void;
  /** how often that was done */
  cleared(): number;
  /** Puts back what was saved; only into an empty ledger. */
  restore(
    sequence: number,
    accounts: readonly Account[],
    orders: readonly SimOrder[],
    trades: readonly SimTrade[],
    adjustments?: readonly Adjustment[],
  ): void;
}

export function createLedger(idSeed: number): Ledger {
  const accounts = new Map<string, Account>();
  const orders: SimOrder[] = [];
  const trades: SimTrade[] = [];
  const openOrders = new Map<string, SimOrder>();
  const byId = new Map<string, SimOrder>();
  const byClientId = new Map<string, SimOrder>();
  const tradesByOrder = new Map<string, SimTrade[]>();
  const adjustments: Adjustment[] = [];
  let sequence = 0;
  let cleared = 0;

  // opaque ids of MEXC's own shapes; the running number at the end keeps them unique
  const digits = (value: number, length: number): string => String(value).padStart(length, '0');
  const hex = (value: number): string => value.toString(16).padStart(8, '0');
  const nextOrderId = (form: OrderIdForm): string => {
    if (form === 'hex') return nextTradeId();
    sequence += 1;
    const number = `${digits(hash(idSeed, sequence, 41), 10)}${digits(sequence, 11)}`;
    return form === 'number' ? number : `${form}__${number}`;
  };
  const nextTradeId = (): string => {
    sequence += 1;
    return [hash(idSeed, sequence, 42), hash(idSeed, sequence, 43), hash(idSeed, sequence, 44), sequence]
      .map(hex)
      .join('');
  };
  const clientKey = (accountId: string, clientOrderId: string): string => `${accountId}/${clientOrderId}`;

  const keepOrder = (order: SimOrder): void => {
    orders.push(order);
    byId.set(order.orderId, order);
    if (order.clientOrderId !== null) byClientId.set(clientKey(order.accountId, order.clientOrderId), order);
    if (isOpen(order)) openOrders.set(order.orderId, order);
  };
  const keepTrade = (trade: SimTrade): void => {
    trades.push(trade);
    const siblings = tradesByOrder.get(trade.orderId);
    if (siblings) siblings.push(trade);
    else tradesByOrder.set(trade.orderId, [trade]);
  };

  return {
    idSeed,
    sequence: () => sequence,
    addAccount: (account) => void accounts.set(account.id, account),
    account(id) {
      const account = accounts.get(id);
      if (!account) throw new RangeError(`no account ${id}`);
      return account;
    },
    accounts: () => [...accounts.values()],
    addOrder(accountId, symbol, valid, locked, now, idForm = 'C02') {
      const order: SimOrder = {
        ...valid,
        orderId: nextOrderId(idForm),
        accountId,
        symbol,
        time: now,
        updateTime: now,
        status: 'NEW',
        executed: ZERO,
        quoteExecuted: ZERO,
        locked,
        passed: 0,
      };
      keepOrder(order);
      return order;
    },
    addTrade({ orderId, clientOrderId, accountId, symbol, side }, { price, quantity }, rest) {
      const trade = {
        id: nextTradeId(),
        orderId,
        clientOrderId,
        accountId,
        symbol,
        side,
        price,
        qty: quantity,
        ...rest,
      };
      keepTrade(trade);
      return trade;
    },
    close: (order) => void openOrders.delete(order.orderId),
    byId: (orderId) => byId.get(orderId),
    byClientOrderId: (accountId, clientOrderId) => byClientId.get(clientKey(accountId, clientOrderId)),
    open: (accountId) => {
      const all = [...openOrders.values()];
      return accountId === undefined ? all : all.filter((order) => order.accountId === accountId);
    },
    orders: () => orders,
    trades: () => trades,
    tradesOf: (orderId) => tradesByOrder.get(orderId) ?? [],
    addAdjustment: (adjustment) => void adjustments.push(adjustment),
    adjustments: () => adjustments,
    cleared: () => cleared,
    clear() {
      cleared += 1;
      for (const list of [orders, trades, adjustments]) list.length = 0;
      for (const index of [openOrders, byId, byClientId, tradesByOrder]) index.clear();
    },
    restore(saved, savedAccounts, savedOrders, savedTrades, savedAdjustments = []) {
      if (sequence !== 0 || accounts.size !== 0)
        throw new RangeError('state can only be put back into an empty ledger');
      sequence = saved;
      for (const account of savedAccounts) accounts.set(account.id, account);
      for (const order of savedOrders) keepOrder(order);
      for (const trade of savedTrades) keepTrade(trade);
      adjustments.push(...savedAdjustments);
    },
  };
}
