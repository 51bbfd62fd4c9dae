import { dirname, join } from 'node:path';
import {
  createExchangeClock,
  createLogger,
  type ExchangeClock,
  type Logger,
  loadSettings,
  restUrl,
  type Settings,
  UserError,
} from '@mexc-bot/runtime';
import { createRequestBudget, openBudgetLedger, openStore, type Store } from '@mexc-bot/store';
import { type Accounts, createAccounts } from './accounts.ts';
import { newClientOrderId } from './client-order-id.ts';
import { createExecutor, type Executor } from './executor.ts';
import { accountOptions, stopConfig } from './options.ts';
import { claimBooks } from './venue.ts';

/** What every process that trades is made of. */
export interface TradingProcess extends Accounts {
  readonly settings: Settings;
  readonly log: Logger;
  readonly store: Store;
  readonly clock: ExchangeClock;
  readonly executor: Executor;
}

/**
 * Wires a trading process from its environment and waits until the exchange tells the time.
 *
 * @param destination where log lines go besides the log file; a command that prints a result leaves standard output alone
 * @throws SettingsError, StoreError, UserError: the owner must act
 */
export async function wireTrading(
  name: string,
  options: { readonly destination?: 'stdout' | 'stderr'; readonly startTimeoutMs?: number } = {},
): Promise<TradingProcess> {
  const settings = loadSettings(process.env);
  const log = createLogger(name, settings.log, {
    secrets: settings.secrets,
    destination: options.destination ?? 'stdout',
  });
  for (const warning of settings.warnings) log.warn(warning);

  const store = openStore(settings.database);
  claimBooks(store, settings, Date.now());

  const clock: ExchangeClock = createExchangeClock({ serverTime: () => accounts.marketData.serverTime(), log });
  // beside the database, for what shares the one shares the account and the IP address
  const ledger = openBudgetLedger(join(dirname(settings.database), 'budget.db'), log);
  const budget = createRequestBudget({ ledger, clock, exitReserve: settings.exchange.exitReserve });
  const signing = { now: clock.exchangeNow, resync: clock.resync };
  const accounts: Accounts = createAccounts(accountOptions(settings), {
    store,
    clock,
    budget,
    signing,
    log,
    source: name,
  });
  const closeExchange = (): void => {
    accounts.closeExchange();
    ledger.close();
  };
  const executor = createExecutor({
    store,
    tradingOf: accounts.tradingOf,
    clock,
    log,
    entryRules: { table: settings.position.exits, stop: stopConfig(settings) },
    source: name,
    newClientOrderId: () => newClientOrderId(clock.wallNow()),
    settleAfterMs: settings.execution.settleAfterMs,
    absentAfterMs: settings.execution.absentAfterMs,
  });
  await startClock(clock, options.startTimeoutMs, restUrl(settings));
  return { ...accounts, closeExchange, settings, log, store, clock, executor };
}

/** @throws {UserError} the exchange did not tell its time within the limit */
async function startClock(clock: ExchangeClock, limitMs: number | undefined, exchange: string): Promise<void> {
  if (limitMs === undefined) return clock.start();
  const limit = AbortSignal.timeout(limitMs);
  try {
    await clock.start(limit);
  } catch (error) {
    if (!limit.aborted) throw error;
    const hint = 'Is it reachable from here? Where the suite trades on the simulator: npm start.';
    throw new UserError(`${exchange} did not tell its time within ${limitMs / 1_000} s`, hint, { cause: error });
  }
}
