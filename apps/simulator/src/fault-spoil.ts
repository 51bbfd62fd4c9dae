import type { RestAction } from './faults/actions.ts';
import { hash, hashText, unit } from './random.ts';

type Action<Kind extends RestAction['kind']> = Extract<RestAction, { readonly kind: Kind }>;
type Row = Readonly<Record<string, unknown>>;
type Candle = readonly [number, string, string, string, string, string, number, string];

const WORDS = { zero: '0', empty: '', null: null, nan: 'NaN' } as const;
const PRICES = ['price', 'lastPrice', 'bidPrice', 'askPrice'];

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);
const eachRow = (payload: unknown, change: (row: Row) => Row): unknown =>
  Array.isArray(payload)
    ? payload.map((row) => (isRow(row) ? change(row) : row))
    : isRow(payload)
      ? change(payload)
      : payload;

/** The answer with the fault in it; answers the fault is not about stay as they are. */
export function spoiled(action: RestAction, payload: unknown, seed: number): unknown {
  switch (action.kind) {
    case 'candles':
      return Array.isArray(payload) ? spoiledCandles(payload as Candle[], action, seed) : payload;
    case 'empty-book':
      return emptied(payload, action.side);
    case 'null-volume':
      return eachRow(payload, (row) => ('quoteVolume' in row ? { ...row, quoteVolume: null } : row));
    case 'bad-price':
      return eachRow(payload, (row) => {
        const prices = PRICES.filter((name) => typeof row[name] === 'string');
        return {
          ...row,
          ...Object.fromEntries(prices.map((name) => [name, badPrice(row[name] as string, action.as)])),
        };
      });
    case 'unknown-symbol': {
      if (!Array.isArray(payload) || !isRow(payload[0])) return payload;
      return [...payload, { ...payload[0], symbol: action.symbol }];
    }
    case 'clock-skew':
      return isRow(payload) && typeof payload.serverTime === 'number'
        ? { ...payload, serverTime: payload.serverTime + action.ms }
        : payload;
    default:
      return payload;
  }
}

const badPrice = (price: string, as: Action<'bad-price'>['as']): string | null =>
  typeof as === 'number' ? String(Number(price) * as) : WORDS[as];

function emptied(payload: unknown, side: Action<'empty-book'>['side']): unknown {
  const [bids, asks] = [side !== 'asks', side !== 'bids'];
  return eachRow(payload, (row) => ({
    ...row,
    ...(bids && 'bids' in row && { bids: [] }),
    ...(asks && 'asks' in row && { asks: [] }),
    ...(bids && 'bidPrice' in row && { bidPrice: '', bidQty: '' }),
    ...(asks && 'askPrice' in row && { askPrice: '', askQty: '' }),
  }));
}

/** Which rows are hit depends on their own time: they are the same at every reading. */
function spoiledCandles(rows: readonly Candle[], { how, share }: Action<'candles'>, seed: number): readonly Candle[] {
  const hit = ([openTime]: Candle): boolean => unit(hash(seed, Math.floor(openTime / 60_000), 71)) < share;
  switch (how) {
    case 'empty':
      return [];
    case 'short':
      return rows.slice(0, Math.floor(rows.length * (1 - share)));
    case 'missing':
      return rows.filter((row) => !hit(row));
    case 'duplicate-edge':
      return rows.length === 0 ? rows : [rows[0]!, ...rows, rows.at(-1)!];
    case 'unsorted':
      return rows
        .map((row, n) => ({ row, at: hit(row) ? hash(seed, hashText(String(row[0])), 72) % rows.length : n }))
        .sort((a, b) => a.at - b.at)
        .map(({ row }) => row);
    case 'flat':
      return rows.map((row, n) => (hit(row) ? flat(row, rows[n - 1]?.[4] ?? row[1]) : row));
    case 'zero':
      return rows.map((row) => (hit(row) ? [row[0], '0', '0', '0', '0', '0', row[6], '0'] : row));
  }
}

const flat = (row: Candle, price: string): Candle => [row[0], price, price, price, price, '0', row[6], '0'];
