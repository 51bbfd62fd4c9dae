import { type Decimal, type ExchangeSymbol, type Mode, ZERO } from '@mexc-bot/core';
import { type TradingProcess, wireTrading } from '@mexc-bot/execution';
import { UserError } from '@mexc-bot/runtime';
import Table from 'cli-table3';

const START_TIMEOUT_MS = 10_000;

/** What an account holds; quantities as exact decimal text. */
interface BalanceReport {
  readonly mode: Mode;
  readonly quote: string;
  readonly assets: readonly { readonly asset: string; readonly free: string; readonly locked: string }[];
  /** quote the open positions would bring at the best bids; one without a bid counts at its entry price */
  readonly inPositions: string;
  /** quote, free and locked, and the positions */
  readonly equity: string;
}

/** Asks the account itself, of live mode with the key. */
export async function readBalance(wanted: Mode | undefined): Promise<BalanceReport> {
  const trading = await wireTrading('suite', { destination: 'stderr', startTimeoutMs: START_TIMEOUT_MS });
  try {
    return await balanceOf(trading, wanted ?? trading.store.state.mode() ?? trading.settings.mode);
  } finally {
    trading.closeExchange();
    trading.clock.stop();
    trading.store.close();
  }
}

async function balanceOf(
  { settings, store, tradingOf, marketData }: TradingProcess,
  mode: Mode,
): Promise<BalanceReport> {
  const account = tradingOf(mode);
  if (account === null)
    throw new UserError(`no account trades in ${mode} mode`, 'Write MEXC_API_KEY and MEXC_API_SECRET to .env.');
  const { quote } = settings.universe;
  const positions = store.positions.open(mode);
  const [balances, tickers] = await Promise.all([
    account.balances(),
    positions.length === 0 ? new Map<ExchangeSymbol, { readonly bid: Decimal }>() : marketData.bookTickers(),
  ]);
  const inPositions = positions.reduce(
    (sum, position) => sum.plus(position.quantity.mul(tickers.get(position.market)?.bid ?? position.entryPrice)),
    ZERO,
  );
  const money = balances.get(quote);
  return {
    mode,
    quote,
    assets: [...balances.values()].map(({ asset, free, locked }) => ({
      asset,
      free: free.toString(),
      locked: locked.toString(),
    })),
    inPositions: inPositions.toString(),
    equity: inPositions
      .plus(money?.free ?? 0)
      .plus(money?.locked ?? 0)
      .toString(),
  };
}

export function balanceText({ mode, quote, assets, inPositions, equity }: BalanceReport): string {
  const table = new Table({
    head: ['asset', 'free', 'locked'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right'],
  });
  for (const row of assets) table.push([row.asset, row.free, row.locked]);
  return [`${mode.toUpperCase()}: equity ${equity} ${quote}, of it in positions ${inPositions}`, table.toString()].join(
    '\n',
  );
}
