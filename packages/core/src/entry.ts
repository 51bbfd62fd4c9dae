import { feeInQuote, feeSide } from './fill-fee.ts';
import { type ExitTable, exitRow } from './levels.ts';
import type { ExchangeSymbol, MarketRules, Mode } from './market.ts';
import { type Decimal, ZERO } from './money.ts';
import type { EntryPlan, Fill } from './order.ts';
import type { OpenPosition } from './position.ts';
import { scaleOutPlan } from './scale-out.ts';
import { type StopConfig, stopDistance, stopPrice } from './stop.ts';

export interface Entry extends EntryPlan {
  readonly id: string;
  readonly mode: Mode;
  readonly market: ExchangeSymbol;
  /** every fill of the entry order */
  readonly fills: readonly Fill[];
  /** market time, ms UTC */
  readonly openedAt: number;
  readonly table: ExitTable;
  readonly stop: StopConfig;
  readonly rules: MarketRules;
}

/**
 * Opens a position from what was really bought, its stop armed.
 *
 * @throws {RangeError} no fills, or fills that are not this entry's: a broken book
 */
export function openPosition(entry: Entry): OpenPosition {
  const { fills, strategy, confidence } = entry;
  refuseForeign(entry);

  const filled = sum(fills, (fill) => fill.quantity);
  const cost = sum(fills, (fill) => fill.price.mul(fill.quantity));
  const entryPrice = cost.div(filled);
  const bought = filled.minus(feesInBase(entry));
  if (bought.lte(0)) throw new RangeError(`the fees of position ${entry.id} eat the ${filled} it bought`);

  const row = exitRow(entry.table, strategy, confidence);
  const { takeProfits } = row;
  const stopLoss = row.stopLoss * (entry.stopFactor ?? 1);
  const distance = stopDistance(stopLoss, entry.atrFraction, entry.stop);

  return {
    state: 'open',
    id: entry.id,
    mode: entry.mode,
    market: entry.market,
    base: entry.base,
    strategy,
    confidence,
    openedAt: entry.openedAt,
    entryPrice,
    bought,
    quantity: bought,
    cost,
    proceeds: ZERO,
    fees: sum(fills, (fill) => feeInQuote(fill, entry.base, entry.rules)),
    takeProfits,
    scaleOut: scaleOutPlan(confidence, takeProfits.length),
    levelsTaken: 0,
    stopLoss,
    stopDistance: distance,
    hardStop: stopPrice(entryPrice, distance, entry.rules.tickSize),
    trailingStop: null,
    breachedSince: null,
    peak: entryPrice,
    pendingExit: null,
    lastExitReason: null,
  };
}

function refuseForeign({ id, mode, market, fills }: Entry): void {
  if (fills.length === 0) throw new RangeError(`position ${id} has no fills to open from`);
  const foreign = fills.find((fill) => fill.side !== 'buy' || fill.market !== market || fill.mode !== mode);
  if (foreign) {
    throw new RangeError(
      `trade ${foreign.tradeId} (${foreign.mode} ${foreign.side} ${foreign.market}) opens no ${mode} ${market}`,
    );
  }
}

const sum = (fills: readonly Fill[], of: (fill: Fill) => Decimal): Decimal =>
  fills.reduce((total, fill) => total.plus(of(fill)), ZERO);

const feesInBase = ({ fills, base }: Entry): Decimal =>
  sum(
    fills.filter((fill) => feeSide(fill, base) === 'base'),
    (fill) => fill.fee,
  );
