import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Decimal, ZERO } from '@mexc-bot/core';
import { UserError } from '@mexc-bot/runtime';
import type { Account } from './account.ts';
import type { RuleCount } from './faults/faults.ts';
import { journalOf, readJournal } from './journal-file.ts';
import type { Ledger } from './ledger.ts';
import { type Adjustment, isOpen, ORDER_TYPES, type SimOrder, type SimOrderStatus, type SimTrade } from './order.ts';

const VERSION = 3;
/** Version 1 had no adjustments, no MX and no plans; version 2 no journal beside it. */
const READABLE: readonly unknown[] = [1, 2, VERSION];
const STATUSES: readonly SimOrderStatus[] = ['NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'PARTIALLY_CANCELED'];

/** What a market is resumed from. */
export interface Snapshot {
  readonly marketTime: number;
  readonly idSeed: number;
  readonly sequence: number;
  readonly accounts: readonly Account[];
  readonly orders: readonly SimOrder[];
  readonly trades: readonly SimTrade[];
  readonly adjustments: readonly Adjustment[];
  /** what was told to go wrong while it ran, and how far that got */
  readonly plans: SavedPlans;
}

/** What came in at the side door, as one plan with absolute times, and the counts of all rules. */
export interface SavedPlans {
  /** null: nothing came in */
  readonly plan: unknown;
  readonly counts: readonly RuleCount[];
}

const NO_PLANS: SavedPlans = { plan: null, counts: [] };

/** Saved state that cannot be trusted. It is left as it is. */
export class CorruptSnapshot extends UserError {
  override readonly name = 'CorruptSnapshot';
}

/** One file per market: state of another market is neither read nor overwritten. */
export function snapshotPath(folder: string, identity: string): string {
  return join(folder, `market-${createHash('sha256').update(identity).digest('hex').slice(0, 12)}.json`);
}

/** What is saved of a market. */
export interface Saved {
  readonly identity: string;
  readonly marketTime: number;
  readonly ledger: Ledger;
  readonly plans: SavedPlans;
}

/**
 * Replaces the file at once: a reader, and a crash, finds the old state or the new one.
 *
 * @param journal name of the journal that goes on from here; any other is of an older state
 * @returns bytes written
 */
export function saveSnapshot(path: string, journal: string, { identity, marketTime, ledger, plans }: Saved): number {
  const text = JSON.stringify({
    version: VERSION,
    identity,
    journal,
    marketTime,
    idSeed: ledger.idSeed,
    sequence: ledger.sequence(),
    accounts: ledger.accounts().map(({ id, maskedKey, initial, balances, mxDeduct }) => ({
      id,
      maskedKey,
      initial: Object.fromEntries(initial),
      balances: Object.fromEntries(balances),
      mxDeduct,
    })),
    orders: ledger.orders(),
    trades: ledger.trades(),
    adjustments: ledger.adjustments(),
    plans,
  });
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    // not writeSync: on a full disk that may write a part and say nothing
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  return Buffer.byteLength(text);
}

/**
 * @returns null where the market has no saved state yet
 * @throws {CorruptSnapshot} it is there and cannot be read whole
 */
export function loadSnapshot(path: string, identity: string): Snapshot | null {
  if (!existsSync(path)) return null;
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return readSnapshot(readJournal(journalOf(path), content), identity);
  } catch (error) {
    throw new CorruptSnapshot(
      `The saved market ${path} cannot be used: ${(error as Error).message}`,
      'move the file away to start this market anew (its accounts, orders and trades are then gone), or put back a copy',
      { cause: error },
    );
  }
}

type Fields = Readonly<Record<string, unknown>>;

function readSnapshot(content: unknown, identity: string): Snapshot {
  const saved = fields(content, 'the file');
  if (!READABLE.includes(saved.version))
    throw new Error(`its version is ${String(saved.version)}, this program reads ${VERSION}`);
  if (saved.identity !== identity)
    throw new Error(`it belongs to the market ${String(saved.identity)}, not to ${identity}`);
  const accounts = list(saved.accounts, 'accounts').map(readAccount);
  const orders = list(saved.orders, 'orders').map(readOrder);
  const trades = list(saved.trades, 'trades').map(readTrade);
  checkLocked(accounts, orders);
  return {
    marketTime: count(saved.marketTime, 'marketTime'),
    idSeed: count(saved.idSeed, 'idSeed'),
    sequence: count(saved.sequence, 'sequence'),
    accounts,
    orders,
    trades,
    adjustments: list(saved.adjustments ?? [], 'adjustments').map(readAdjustment),
    plans: readPlans(saved.plans ?? NO_PLANS),
  };
}

function readAccount(content: unknown): Account {
  const saved = fields(content, 'account');
  const initial = Object.entries(fields(saved.initial, 'initial'));
  const balances = Object.entries(fields(saved.balances, 'balances'));
  return {
    id: text(saved.id, 'account.id'),
    maskedKey: text(saved.maskedKey, 'account.maskedKey'),
    initial: new Map(initial.map(([asset, amount]) => [asset, amountOf(amount, asset)])),
    balances: new Map(
      balances.map(([asset, balance]) => {
        const { free, locked } = fields(balance, asset);
        return [asset, { free: amountOf(free, `${asset}.free`), locked: amountOf(locked, `${asset}.locked`) }];
      }),
    ),
    history: [],
    mxDeduct: saved.mxDeduct === true,
  };
}

function readAdjustment(content: unknown): Adjustment {
  const saved = fields(content, 'adjustment');
  const taken = typeof saved.amount === 'string' && saved.amount.startsWith('-');
  const amount = amountOf(taken ? String(saved.amount).slice(1) : saved.amount, 'adjustment.amount');
  return {
    time: count(saved.time, 'adjustment.time'),
    accountId: text(saved.accountId, 'adjustment.accountId'),
    asset: text(saved.asset, 'adjustment.asset'),
    amount: taken ? amount.neg() : amount,
    reason: text(saved.reason, 'adjustment.reason'),
  };
}

function readPlans(content: unknown): SavedPlans {
  const saved = fields(content, 'plans');
  return {
    plan: saved.plan ?? null,
    counts: list(saved.counts, 'plans.counts').map((entry) => {
      const { id, matched, fired, seed } = fields(entry, 'plans.counts');
      return {
        id: text(id, 'id'),
        matched: count(matched, 'matched'),
        fired: count(fired, 'fired'),
        ...(seed !== undefined && { seed: count(seed, 'seed') }),
      };
    }),
  };
}

function readOrder(content: unknown): SimOrder {
  const saved = fields(content, 'order');
  return {
    orderId: text(saved.orderId, 'orderId'),
    clientOrderId: saved.clientOrderId === null ? null : text(saved.clientOrderId, 'clientOrderId'),
    accountId: text(saved.accountId, 'accountId'),
    symbol: text(saved.symbol, 'symbol'),
    side: oneOf(saved.side, ['BUY', 'SELL'], 'side'),
    type: oneOf(saved.type, ORDER_TYPES, 'type'),
    price: amountOf(saved.price, 'price'),
    quantity: amountOf(saved.quantity, 'quantity'),
    time: count(saved.time, 'time'),
    updateTime: count(saved.updateTime, 'updateTime'),
    status: oneOf(saved.status, STATUSES, 'status'),
    executed: amountOf(saved.executed, 'executed'),
    quoteExecuted: amountOf(saved.quoteExecuted, 'quoteExecuted'),
    locked: amountOf(saved.locked, 'locked'),
    passed: count(saved.passed, 'passed'),
    ...(saved.visibleAt !== undefined && { visibleAt: count(saved.visibleAt, 'visibleAt') }),
    ...(saved.lostClientId !== undefined && { lostClientId: saved.lostClientId === '' ? '' : null }),
    ...(saved.matchAt !== undefined && { matchAt: count(saved.matchAt, 'matchAt') }),
  };
}

function readTrade(content: unknown): SimTrade {
  const saved = fields(content, 'trade');
  return {
    id: text(saved.id, 'id'),
    orderId: text(saved.orderId, 'orderId'),
    clientOrderId: saved.clientOrderId === null ? null : text(saved.clientOrderId, 'clientOrderId'),
    accountId: text(saved.accountId, 'accountId'),
    symbol: text(saved.symbol, 'symbol'),
    side: oneOf(saved.side, ['BUY', 'SELL'], 'side'),
    price: amountOf(saved.price, 'price'),
    qty: amountOf(saved.qty, 'qty'),
    fee: amountOf(saved.fee, 'fee'),
    feeAsset: text(saved.feeAsset, 'feeAsset'),
    isMaker: saved.isMaker === true,
    time: count(saved.time, 'time'),
  };
}

/** What the accounts have set aside is exactly what their open orders need. */
function checkLocked(accounts: readonly Account[], orders: readonly SimOrder[]): void {
  for (const { id, balances } of accounts) {
    const locked = [...balances.values()].reduce((sum, balance) => sum.plus(balance.locked), ZERO);
    const needed = orders
      .filter((order) => order.accountId === id && isOpen(order))
      .reduce((sum, order) => sum.plus(order.locked), ZERO);
    if (!locked.eq(needed)) throw new Error(`account ${id} has ${locked} locked, its open orders need ${needed}`);
  }
}

function fields(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${name} is not an object`);
  return value as Fields;
}

function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${name} is not a list`);
  return value;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new Error(`${name} is not a text`);
  return value;
}

function count(value: unknown, name: string): number {
  if (typeof value !== 'number' || !(value >= 0)) throw new Error(`${name} is not a number of 0 or more`);
  return value;
}

function amountOf(value: unknown, name: string): Decimal {
  const amount = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? new Decimal(value) : null;
  if (amount === null) throw new Error(`${name} is not an amount`);
  return amount;
}

function oneOf<Value extends string>(value: unknown, allowed: readonly Value[], name: string): Value {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new Error(`${name} is ${String(value)}, not one of ${allowed.join(', ')}`);
  return found;
}
