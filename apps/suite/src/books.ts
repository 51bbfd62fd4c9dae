import { setTimeout as sleep } from 'node:timers/promises';
import { Decimal, ZERO } from '@mexc-bot/core';
import { restUrl } from '@mexc-bot/execution';
import { type Settings, UserError } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { z } from 'zod';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);

/** The simulator's own record of its accounts, as `GET /sim/ledger` gives it. */
const ledgerSchema = z.object({
  accounts: z.array(
    z.object({
      initial: z.record(z.string(), decimal),
      balances: z.record(z.string(), z.object({ free: decimal, locked: decimal })),
    }),
  ),
  orders: z.array(
    z.object({ orderId: z.string(), clientOrderId: z.string().nullable(), symbol: z.string(), executed: decimal }),
  ),
  trades: z.array(
    z.object({ id: z.string(), symbol: z.string(), price: decimal, qty: decimal, fee: decimal, feeAsset: z.string() }),
  ),
});
export type Ledger = z.output<typeof ledgerSchema>;

export interface BooksComparison {
  readonly orders: number;
  readonly trades: number;
  readonly assets: number;
  readonly openPositions: number;
  /** empty: the books agree to the last step */
  readonly differences: readonly string[];
}

/** Compares the live books with the simulator's ledger: every order, every trade, every balance, every position. */
export async function compareBooks(store: Store, settings: Settings): Promise<BooksComparison> {
  if (settings.venue !== 'simulator')
    throw new UserError(
      'only the simulator shows its ledger',
      'At MEXC, compare with pnpm tracker list and the exchange’s own pages.',
    );
  // orders are under way between the two reads: a true difference stays as it is, look after look
  let lasting: ReadonlySet<string> | null = null;
  for (let look = 1; ; look++) {
    const { found, ...counts } = findDifferences(store, await readLedger(settings), settings.universe.quote);
    const still = found.filter(({ key }) => lasting === null || lasting.has(key));
    if (still.length === 0 || look === LOOKS) return { ...counts, differences: still.map(({ text }) => text) };
    lasting = new Set(still.map(({ key }) => key));
    await sleep(LOOK_AGAIN_MS);
  }
}

const LOOKS = 8;
const LOOK_AGAIN_MS = 400;

async function readLedger(settings: Settings): Promise<Ledger> {
  const url = `${restUrl(settings)}/sim/ledger`;
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new UserError(`the simulator does not answer at ${url}`, 'It runs with the suite: npm start.', { cause });
  }
  if (!response.ok) throw new UserError(`${url} answered ${response.status}`);
  return ledgerSchema.parse(await response.json());
}

export function compareWithLedger(store: Store, ledger: Ledger, quote: string): BooksComparison {
  const { found, ...counts } = findDifferences(store, ledger, quote);
  return { ...counts, differences: found.map(({ text }) => text) };
}

/** `key`: of what, and by how much; the same difference keeps it while trading goes on. */
interface Difference {
  readonly key: string;
  readonly text: string;
}

function findDifferences(
  store: Store,
  ledger: Ledger,
  quote: string,
): Omit<BooksComparison, 'differences'> & { readonly found: readonly Difference[] } {
  const found: Difference[] = [];
  const differ = (what: string, books: string | undefined, exchange: string | undefined, by = '') =>
    found.push({
      key: `${what} ${by}`,
      text: `${what}: books ${books ?? 'nothing'}, exchange ${exchange ?? 'nothing'}`,
    });
  const same = (what: string, books: Decimal, exchange: Decimal) => {
    if (!books.eq(exchange)) differ(what, books.toString(), exchange.toString(), books.minus(exchange).toString());
  };

  const orders = store.orders.ofMode('live');
  const ledgerOrders = new Map(ledger.orders.map((order) => [order.clientOrderId, order]));
  for (const order of orders) {
    const theirs = ledgerOrders.get(order.clientOrderId);
    const executed = new Decimal(theirs?.executed ?? 0);
    if (theirs === undefined && order.state !== 'rejected' && order.state !== 'absent')
      differ(`order ${order.clientOrderId}`, order.state, undefined);
    same(`order ${order.clientOrderId} filled`, order.filled, executed);
  }
  const known = new Set(orders.map((order) => order.clientOrderId));
  for (const theirs of ledger.orders) {
    if (theirs.clientOrderId === null || !known.has(theirs.clientOrderId))
      differ(`order ${theirs.orderId}`, undefined, theirs.symbol);
  }

  const fills = store.orders.fillsOfMode('live');
  const ledgerTrades = new Map(ledger.trades.map((trade) => [trade.id, trade]));
  for (const fill of fills) {
    const theirs = ledgerTrades.get(fill.tradeId);
    if (theirs === undefined) {
      differ(`trade ${fill.tradeId}`, `${fill.quantity} ${fill.market}`, undefined);
      continue;
    }
    same(`trade ${fill.tradeId} price`, fill.price, new Decimal(theirs.price));
    same(`trade ${fill.tradeId} quantity`, fill.quantity, new Decimal(theirs.qty));
    same(`trade ${fill.tradeId} fee`, fill.fee, new Decimal(theirs.fee));
    ledgerTrades.delete(fill.tradeId);
  }
  for (const theirs of ledgerTrades.values()) differ(`trade ${theirs.id}`, undefined, `${theirs.qty} ${theirs.symbol}`);

  const assets = compareBalances(store, ledger, quote, same);
  return {
    orders: orders.length,
    trades: fills.length,
    assets,
    openPositions: store.positions.open('live').length,
    found,
  };
}

/** What the account must hold after the books' own fills; and each position no more and no less than its coins. */
function compareBalances(
  store: Store,
  ledger: Ledger,
  quote: string,
  same: (what: string, books: Decimal, exchange: Decimal) => void,
): number {
  const expected = new Map<string, Decimal>();
  const held = new Map<string, Decimal>();
  const add = (map: Map<string, Decimal>, asset: string, quantity: Decimal) =>
    map.set(asset, (map.get(asset) ?? ZERO).plus(quantity));

  for (const account of ledger.accounts) {
    for (const [asset, quantity] of Object.entries(account.initial)) add(expected, asset, new Decimal(quantity));
  }
  for (const fill of store.orders.fillsOfMode('live')) {
    const sign = fill.side === 'buy' ? 1 : -1;
    const base = store.markets.get(fill.market)?.base ?? fill.market;
    add(expected, base, fill.quantity.mul(sign));
    add(expected, quote, fill.price.mul(fill.quantity).mul(-sign));
    add(expected, fill.feeAsset, fill.fee.neg());
  }
  for (const account of ledger.accounts) {
    for (const [asset, { free, locked }] of Object.entries(account.balances))
      add(held, asset, new Decimal(free).plus(locked));
  }
  const assets = new Set([...expected.keys(), ...held.keys()]);
  for (const asset of assets) same(`balance of ${asset}`, expected.get(asset) ?? ZERO, held.get(asset) ?? ZERO);

  const inPositions = new Map<string, Decimal>();
  for (const position of store.positions.open('live')) add(inPositions, position.base, position.quantity);
  for (const position of store.positions.closed('live', 0)) add(inPositions, position.base, position.dust);
  for (const asset of assets) {
    if (asset !== quote) same(`positions in ${asset}`, inPositions.get(asset) ?? ZERO, held.get(asset) ?? ZERO);
  }
  return assets.size;
}

export function booksText(comparison: BooksComparison): string {
  const counts = `${comparison.orders} orders, ${comparison.trades} trades, ${comparison.assets} assets, ${comparison.openPositions} open positions`;
  if (comparison.differences.length === 0) return `The books and the exchange agree to the last step: ${counts}.`;
  return [
    `${comparison.differences.length} difference(s) over ${counts}:`,
    ...comparison.differences.map((line) => `  ${line}`),
  ].join('\n');
}
