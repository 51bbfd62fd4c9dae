import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import {
  estimatedWords,
  type Gap,
  gapByCause,
  ImportFault,
  type PriceAt,
  parseTradingRecord,
  type TradingRecord,
} from '@mexc-bot/backtest';
import { UserError } from '@mexc-bot/runtime';
import Table from 'cli-table3';

/**
 * The gap to a backtest, over the time that both cover.
 *
 * @param path of what `backtest --json` printed, or of a record
 * @param priceAt what candles say of a moment, for trades that do not know the prices they were decided at
 * @throws {UserError} it cannot be read, is none, or is of another time
 */
export function gapAgainst(record: TradingRecord, path: string, priceAt?: PriceAt): Gap {
  const other = readRecord(path);
  const from = Math.max(record.span.from, other.span.from);
  const until = Math.min(record.span.until, other.span.until);
  if (until <= from) {
    const day = (at: number) => new Date(at).toISOString().slice(0, 10);
    throw new UserError(
      `${path} is of ${day(other.span.from)} to ${day(other.span.until)}, and the trades of ${day(record.span.from)} to ${day(record.span.until)}`,
      'Run the backtest over the days of the trades: --from and --to.',
    );
  }
  // a pair may stand astride an end of the common time; what has no partner there is of another time
  const { pairs } = gapByCause(record, other);
  const paired = new Set(pairs.flatMap(({ live, backtest }) => [live, backtest]));
  const within = ({ trades, ...rest }: TradingRecord): TradingRecord => ({
    ...rest,
    trades: trades.filter((trade) => paired.has(trade) || (trade.openedAt >= from && trade.openedAt <= until)),
  });
  return gapByCause(within(record), within(other), priceAt);
}

function readRecord(path: string): TradingRecord {
  let text: string;
  try {
    text = readFileSync(resolve(path), 'utf8');
  } catch (cause) {
    throw new UserError(`${resolve(path)} cannot be read`, 'Name a file that is there.', { cause });
  }
  try {
    return parseTradingRecord(text, basename(path));
  } catch (cause) {
    if (!(cause instanceof ImportFault)) throw cause;
    throw new UserError(cause.message, 'It must be what npm run -s backtest -- --json printed.', { cause });
  }
}

/** For a person: what the run missed against the backtest, cause by cause. */
export function gapText({ total, live, backtest, parts, pairs, missed, extra }: Gap): string {
  const usdt = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
  const table = new Table({
    head: ['gap by cause', 'USDT'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right'],
  });
  for (const [cause, value] of Object.entries(parts)) if (value !== 0) table.push([cause, usdt(value)]);
  table.push(['in all', usdt(total)]);
  return [
    `the trades brought ${usdt(live)} USDT, the backtest of the same days ${usdt(backtest)}`,
    `${pairs.length} trades are in both, ${missed.length} in the backtest alone, ${extra.length} in the run alone.${estimatedWords(pairs)}`,
    table.toString(),
  ].join('\n');
}
