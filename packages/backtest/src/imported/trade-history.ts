import type { Mode } from '@mexc-bot/core';
import { mostHeld, unknownStart } from '../record/most-held.ts';
import type { AccountSample, HeldPosition, RecordedTrade, TradingRecord } from '../record/trading-record.ts';
import { ImportFault, readEntries } from './entries.ts';
import { type HistoryEntry, historyEntry } from './history-entry.ts';
import type { ImportFile } from './import-file.ts';
import { isSold, type Lot, lotOf, REST, restOf, soldOf, tradeOfLot, withBuy, withRest, withSale } from './lots.ts';
import { createNotes, type Notes } from './notes.ts';
import { readTracked, type TrackedToken } from './tracked-tokens.ts';

export interface TradeHistoryImport {
  /** `trade_history.json` or `test_trade_history.json` of the Python bot */
  readonly history: ImportFile;
  /** `tracked_tokens.json`: what it still held */
  readonly tracked?: ImportFile;
  /** the files name no fees: this fraction of every purchase and sale is assumed */
  readonly feeRate: number;
  /** which trades of a file that has both; the only ones it has unless given */
  readonly mode?: Mode;
}

export interface ImportedHistory {
  readonly mode: Mode;
  readonly entries: number;
  readonly record: TradingRecord;
}

/**
 * The Python bot's own trades as a record, so that they can be laid beside a backtest of the same days. Sales belong to the purchase
 * before them in the same market. What the files lack becomes a warning.
 *
 * @throws {ImportFault} a file is malformed, with its line and field; nothing is imported then
 */
export function importTradeHistory({ history, tracked, feeRate, mode: wanted }: TradeHistoryImport): ImportedHistory {
  const notes = createNotes();
  const all = readEntries(history.text, history.name, 'array').flatMap((entry) => {
    const read = historyEntry(entry);
    if (!('lacking' in read)) return [read];
    notes.add(`has no ${read.lacking} and is left out`, entry.place);
    return [];
  });
  const held = tracked === undefined ? null : readTracked(tracked, notes);
  const mode = modeOf(all, wanted, history.name);
  const entries = all.filter((entry) => entry.mode === mode).sort((a, b) => a.at - b.at);
  if (entries.length === 0) throw new ImportFault(`${history.name}: no ${mode} trade in it can be used`);

  const { sold, open } = pairUp(entries, notes);
  const trades = sold
    .toSorted((a, b) => a.openedAt - b.openedAt)
    .map((lot, index) => tradeOfLot(index + 1, lot, feeRate));
  const positions = held === null ? open.map((lot) => heldLot(lot, feeRate)) : heldTokens(held, open, feeRate, notes);
  const span = { from: entries[0]!.at, until: Math.max(entries.at(-1)!.at, entries[0]!.at + 1) };
  return { mode, entries: entries.length, record: recordOf(trades, positions, span, feeRate, notes) };
}

function modeOf(entries: readonly HistoryEntry[], wanted: Mode | undefined, file: string): Mode {
  if (wanted !== undefined) return wanted;
  const modes = new Set(entries.map(({ mode }) => mode));
  if (modes.size > 1)
    throw new ImportFault(`${file} holds test and live trades: say which with --mode test or --mode live`);
  return [...modes][0] ?? 'live';
}

/**
 * Purchases and the sales that follow them, market by market. What was sold is sold, whatever becomes of the rest.
 *
 * @param entries rising in time
 */
function pairUp(entries: readonly HistoryEntry[], notes: Notes): { sold: Lot[]; open: Lot[] } {
  const lots = new Map<string, Lot>();
  const sold: Lot[] = [];
  const keep = (lot: Lot): void => {
    if (isSold(lot)) {
      sold.push(lot);
      lots.delete(lot.market);
    } else lots.set(lot.market, lot);
  };
  for (const entry of entries) {
    const lot = lots.get(entry.market);
    if (entry.strategy === null && entry.side === 'buy') notes.add('has no strategy', entry.place);
    if (entry.side === 'sell') {
      for (const sale of salesOf(entry, lot, notes)) keep(sale);
    } else if (lot === undefined || lot.exits.length === 0) {
      keep(lot === undefined ? lotOf(entry, { price: entry.price, quantity: entry.amount! }) : withBuy(lot, entry));
    } else {
      notes.add(
        'buys again what was only partly sold: the part that was sold before is a trade, the rest goes on in the next',
        entry.place,
      );
      sold.push(lot);
      keep(withRest(lotOf(entry, { price: entry.price, quantity: entry.amount! }), restOf(lot)));
    }
  }
  const begun = [...lots.values()].filter(({ exits }) => exits.length > 0);
  for (const { market } of begun) notes.add('only partly sold: that part is a trade, the rest is held', market);
  return { sold: [...sold, ...begun], open: [...lots.values()].map(restOf) };
}

/** What a sale makes of the lot it sells, and of what the file never bought. */
function salesOf(entry: HistoryEntry, held: Lot | undefined, notes: Notes): Lot[] {
  const { amount, place } = entry;
  if (held === undefined) {
    if (amount !== null) return boughtAtItsPrice(entry, amount, 'sells what the file never bought', notes);
    notes.add('sells what the file never bought, and is left out', place);
    return [];
  }
  const left = held.quantity - soldOf(held);
  if (entry.reason === null) notes.add('has no reason', place);
  if (amount === null) notes.add('has no amount: all that was left', place);
  const sold = withSale(held, entry, Math.min(amount ?? left, left));
  const more = (amount ?? left) - left;
  if (more <= left * REST) return [sold];
  return [sold, ...boughtAtItsPrice(entry, more, 'sells more than was bought', notes)];
}

/** A sale whose purchase is missing, where it says itself what that cost. */
function boughtAtItsPrice(entry: HistoryEntry, quantity: number, what: string, notes: Notes): Lot[] {
  const { buyPrice, place } = entry;
  if (buyPrice === null) {
    notes.add(`${what}, and that part is left out`, place);
    return [];
  }
  notes.add(`${what}: bought at its buy_price, at a time nobody knows`, place);
  return [withSale(lotOf(entry, { price: buyPrice, quantity }), entry, quantity)];
}

/** @param lot nothing of it is sold */
const heldLot = ({ market, strategy, openedAt, cost }: Lot, feeRate: number): HeldPosition => ({
  market,
  strategy,
  openedAt,
  cost,
  value: cost,
  realised: -cost * feeRate,
});

/** What either file says is held; where the two differ, it is said. */
function heldTokens(
  tokens: readonly TrackedToken[],
  open: readonly Lot[],
  feeRate: number,
  notes: Notes,
): HeldPosition[] {
  const tracked = new Set(tokens.map(({ market }) => market));
  const bought = new Set(open.map(({ market }) => market));
  for (const { market } of open) {
    // it may be sold, lost or forgotten: only the money that went into it is known
    if (!tracked.has(market)) notes.add('neither sold nor tracked, and counts as held at its cost', market);
  }
  const strangers = tokens.filter(({ market }) => !bought.has(market));
  for (const { place } of strangers) notes.add('is tracked, but the history has no such purchase', place);
  return [
    ...open.map((lot) => heldLot(lot, feeRate)),
    ...strangers.map(({ market, strategy, openedAt, buyPrice, amount }): HeldPosition => {
      const cost = buyPrice * amount;
      return { market, strategy, openedAt, cost, value: cost, realised: -cost * feeRate };
    }),
  ];
}

function recordOf(
  trades: readonly RecordedTrade[],
  held: readonly HeldPosition[],
  span: TradingRecord['span'],
  feeRate: number,
  notes: Notes,
): TradingRecord {
  const startEquity = mostHeld([
    ...trades.map(({ openedAt, closedAt, cost }) => ({ openedAt, closedAt, cost })),
    ...held.map(({ openedAt, cost }) => ({ openedAt, closedAt: null, cost })),
  ]);
  const equity = samplesOf(trades, held, startEquity, span);
  return {
    span,
    startEquity,
    endEquity: equity.at(-1)!.equity,
    trades,
    held,
    equity,
    holdBtc: null,
    warnings: [
      unknownStart(startEquity),
      `The files name no fees: ${(feeRate * 100).toFixed(3)} % of every purchase and sale is assumed. Neither do they name prices at the decision, so slippage is not known.`,
      'What is held counts at its cost, so the drawdown is of realised results alone.',
      ...notes.texts(),
    ],
  };
}

/** Realised results, one after the other; what is held counts at its cost. */
function samplesOf(
  trades: readonly RecordedTrade[],
  held: readonly HeldPosition[],
  startEquity: number,
  { from, until }: TradingRecord['span'],
): AccountSample[] {
  const changes = [
    ...trades.flatMap(({ openedAt, closedAt, cost, pnl }) => [
      { at: openedAt, held: cost, gained: 0 },
      { at: closedAt, held: -cost, gained: pnl },
    ]),
    ...held.map(({ openedAt, cost, realised }) => ({ at: openedAt, held: cost, gained: realised })),
  ].sort((a, b) => a.at - b.at);
  let [equity, inPositions] = [startEquity, 0];
  const samples = changes.map((change) => {
    equity += change.gained;
    inPositions += change.held;
    return { at: change.at, equity, held: Math.max(0, inPositions) };
  });
  const start = { at: Math.min(from, samples[0]?.at ?? from), equity: startEquity, held: 0 };
  return [
    start,
    ...samples,
    { at: Math.max(until, samples.at(-1)?.at ?? until), equity, held: Math.max(0, inPositions) },
  ];
}
