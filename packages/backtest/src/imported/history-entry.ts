import { type Entry, ImportFault, marketIn, moment, positive, words } from './entries.ts';

/** A purchase or a sale of an imported history; null where the file does not say. */
export interface HistoryEntry {
  readonly side: 'buy' | 'sell';
  readonly mode: 'test' | 'live';
  readonly market: string;
  readonly at: number;
  /** quote per base */
  readonly price: number;
  /** base; null of a sale: all that is left */
  readonly amount: number | null;
  readonly strategy: string | null;
  readonly confidence: number | null;
  /** of a sale: what the position was bought at */
  readonly buyPrice: number | null;
  readonly reason: string | null;
  readonly place: string;
}

/** What an entry lacks that nothing can stand in for. */
export type Lacking = 'type' | 'symbol' | 'timestamp' | 'price' | 'amount';

const TYPES = {
  buy: { side: 'buy', mode: 'live' },
  sell: { side: 'sell', mode: 'live' },
  test_buy: { side: 'buy', mode: 'test' },
  test_sell: { side: 'sell', mode: 'test' },
} as const;

/** @throws {ImportFault} a field holds what it cannot */
export function historyEntry(entry: Entry): HistoryEntry | { readonly lacking: Lacking } {
  const type = words(entry, 'type');
  const symbol = words(entry, 'symbol');
  const at = moment(entry, 'timestamp');
  const price = positive(entry, 'price');
  const amount = positive(entry, 'amount');
  if (type === null) return { lacking: 'type' };
  const kind = Object.hasOwn(TYPES, type) ? TYPES[type as keyof typeof TYPES] : null;
  if (kind === null) {
    throw new ImportFault(`${entry.place}: type is "${type}", must be ${Object.keys(TYPES).join(', ')}`);
  }
  if (symbol === null) return { lacking: 'symbol' };
  if (at === null) return { lacking: 'timestamp' };
  if (price === null) return { lacking: 'price' };
  if (amount === null && kind.side === 'buy') return { lacking: 'amount' };
  const decision = entry.fields.ai_decision;
  return {
    ...kind,
    market: marketIn(entry, symbol),
    at,
    price,
    amount,
    strategy: words(entry, 'strategy'),
    confidence: typeof decision === 'number' && decision >= 0 && decision <= 1 ? decision : null,
    buyPrice: positive(entry, 'buy_price'),
    reason: words(entry, 'reason'),
    place: entry.place,
  };
}

/** The suite's own words for an exit, so that both sides of a comparison speak of the same; what it has none for stays as it is. */
export function exitReasonOf(text: string | null): string {
  if (text === null) return 'unknown';
  const rules: readonly (readonly [RegExp, string])[] = [
    [/peak|dynamic/i, 'trailing_take_profit'],
    [/wave|trail/i, 'trailing_stop'],
    [/stop|\bsl\b|_sl\b/i, 'stop_loss'],
    [/\btp\d*\b|tp_|take.?profit/i, 'take_profit'],
    [/manual|force/i, 'forced'],
  ];
  return rules.find(([rule]) => rule.test(text))?.[1] ?? text.trim();
}
