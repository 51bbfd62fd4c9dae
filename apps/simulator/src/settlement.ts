import { type Decimal, ZERO } from '@mexc-bot/core';
import { type Account, type BalanceChange, moveBalance } from './account.ts';
import type { BalanceCause, EngineEvent } from './engine-events.ts';
import { chargeFee } from './fees.ts';
import type { Ledger } from './ledger.ts';
import type { Execution } from './matching.ts';
import type { SimOrder } from './order.ts';
import type { QuotedMarket } from './quotes.ts';

/** Books what happens to orders: funds, fees, trades and states change together. */
export interface Settlement {
  move(account: Account, asset: string, change: BalanceChange, cause: BalanceCause, at: number): void;
  execute(order: SimOrder, market: QuotedMarket, execution: Execution, isMaker: boolean, at: number): void;
  /** Cancels what is left of an open order. */
  end(order: SimOrder, market: QuotedMarket, at: number): void;
}

export interface SettlementDeps {
  readonly ledger: Ledger;
  /** quote per MX */
  readonly mxPrice: (at: number) => Decimal;
  readonly onEvent: ((event: EngineEvent) => void) | undefined;
  /** told of every change of orders and balances */
  readonly onChange: () => void;
}

export function createSettlement({ ledger, mxPrice, onEvent, onChange }: SettlementDeps): Settlement {
  const move: Settlement['move'] = (account, asset, change, cause, at) => {
    moveBalance(account, asset, change, at);
    onEvent?.({ kind: 'balance', account, asset, change, cause, at });
    onChange();
  };

  /** Gives back what an ended order no longer needs. */
  const release = (order: SimOrder, { listing }: QuotedMarket, cause: BalanceCause, at: number): void => {
    const asset = order.side === 'BUY' ? listing.quote : listing.base;
    const rest = { free: order.locked, locked: order.locked.neg() };
    if (order.locked.gt(0)) move(ledger.account(order.accountId), asset, rest, cause, at);
    order.locked = ZERO;
    ledger.close(order);
    onChange();
  };

  return {
    move,

    /** A buy pays price and fee from what was set aside, a sale receives price less fee; a fee in MX comes on top of either. */
    execute(order, market, execution, isMaker, at) {
      const account = ledger.account(order.accountId);
      const { base, quote } = market.listing;
      const cost = execution.price.mul(execution.quantity);
      const { fee, feeAsset } = chargeFee(account, cost, isMaker, quote, mxPrice(at));
      const quoteFee = feeAsset === quote ? fee : ZERO;
      const spent = order.side === 'BUY' ? cost.plus(quoteFee) : execution.quantity;
      if (order.side === 'BUY') {
        move(account, quote, { locked: spent.neg() }, 'trade', at);
        move(account, base, { free: execution.quantity }, 'trade', at);
      } else {
        move(account, base, { locked: spent.neg() }, 'trade', at);
        move(account, quote, { free: cost.minus(quoteFee) }, 'trade', at);
      }
      if (feeAsset !== quote) move(account, feeAsset, { free: fee.neg() }, 'fee', at);

      order.locked = order.locked.minus(spent);
      order.executed = order.executed.plus(execution.quantity);
      order.quoteExecuted = order.quoteExecuted.plus(cost);
      order.status = order.executed.eq(order.quantity) ? 'FILLED' : 'PARTIALLY_FILLED';
      order.updateTime = at;
      const trade = ledger.addTrade(order, execution, { fee, feeAsset, isMaker, time: at });
      onEvent?.({ kind: 'trade', trade, at });
      onEvent?.({ kind: 'order', order, trade, at });
      if (order.status === 'FILLED') release(order, market, 'filled', at);
    },

    end(order, market, at) {
      order.status = order.executed.gt(0) ? 'PARTIALLY_CANCELED' : 'CANCELED';
      order.updateTime = at;
      release(order, market, 'canceled', at);
      onEvent?.({ kind: 'order', order, trade: null, at });
    },
  };
}
