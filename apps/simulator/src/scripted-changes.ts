import { Decimal } from '@mexc-bot/core';
import { type Account, balanceOf } from './account.ts';
import type { Ledger } from './ledger.ts';
import type { ScriptedEvent } from './market-script.ts';
import type { Quotes } from './quotes.ts';
import type { Settlement } from './settlement.ts';

export interface ScriptedChangesDeps {
  readonly ledger: Ledger;
  readonly quotes: Quotes;
  readonly settlement: Settlement;
  readonly onChange: () => void;
}

/** What scripted events do to orders and balances. */
export function createScriptedChanges({ ledger, quotes, settlement, onChange }: ScriptedChangesDeps): {
  /** Must run before the market itself changes. */
  before(event: ScriptedEvent): void;
} {
  const cancelOrdersOf = (symbol: string, at: number): void => {
    const market = quotes.known(symbol)!;
    for (const order of ledger.open()) if (order.symbol === symbol) settlement.end(order, market, at);
  };

  /** Coins that come or go without a trade; the ledger tells of them, so that its sums still add up. */
  const adjust = (account: Account, asset: string, amount: Decimal, reason: string, at: number): void => {
    if (amount.isZero()) return;
    settlement.move(account, asset, { free: amount }, amount.gt(0) ? 'deposit' : 'withdrawal', at);
    ledger.addAdjustment({ time: at, accountId: account.id, asset, amount, reason });
  };

  const named = (key: string): readonly Account[] =>
    ledger.accounts().filter(({ maskedKey }) => key === '*' || maskedKey.endsWith(key));

  return {
    before({ at, event }) {
      switch (event.kind) {
        case 'delist':
          if (event.restingOrders === 'cancel') cancelOrdersOf(event.symbol, at);
          break;
        case 'rename': {
          cancelOrdersOf(event.symbol, at);
          if (event.balances === 'keep') break;
          const { base } = quotes.known(event.symbol)!.listing;
          for (const account of ledger.accounts()) {
            const held = balanceOf(account, base).free;
            adjust(account, base, held.neg(), 'rename', at);
            adjust(account, event.to.replace(/USDT$/, ''), held, 'rename', at);
          }
          break;
        }
        case 'deposit':
          for (const account of named(event.key)) {
            const amount = new Decimal(event.amount);
            const taken = Decimal.max(amount, balanceOf(account, event.asset).free.neg());
            adjust(account, event.asset, taken, amount.gt(0) ? 'deposit' : 'withdrawal', at);
          }
          break;
        case 'mx-deduct':
          for (const account of named(event.key)) account.mxDeduct = event.on;
          onChange();
          break;
        default:
          break;
      }
    },
  };
}
