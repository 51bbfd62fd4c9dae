import { type ExchangeSymbol, TIMEFRAME_MS } from '@mexc-bot/core';
import type { RecordedTrade, TradingRecord } from './trading-record.ts';

/**
 * Why what really happened differs from the backtest of the same days; each in quote, below 0: it cost money against the backtest.
 *
 * - `missed`: trades only the backtest made; `extra`: trades only reality made
 * - `stake`: more or less was bought
 * - `fees`
 * - `spread`, `slippage`: what execution lost against the price at the decision
 * - `latency`: the same entry or exit decided at another price, earlier or later
 * - `exit`: it was sold for another reason
 * - `execution`: spread, slippage and latency together, of trades whose record does not tell them apart, nor any candles
 */
export type GapCause = 'missed' | 'extra' | 'stake' | 'fees' | 'spread' | 'slippage' | 'latency' | 'exit' | 'execution';

export type GapParts = Readonly<Record<GapCause, number>>;

export interface TradePair {
  readonly live: RecordedTrade;
  readonly backtest: RecordedTrade;
  /** live − backtest; the parts add up to it */
  readonly gap: number;
  readonly parts: GapParts;
  /** the live prices of decision are those of candles, its spread that of the backtest */
  readonly isEstimated: boolean;
}

export interface Gap {
  /** of closed trades, live − backtest; the parts add up to it */
  readonly total: number;
  readonly live: number;
  readonly backtest: number;
  readonly parts: GapParts;
  readonly pairs: readonly TradePair[];
  /** in the backtest alone */
  readonly missed: readonly RecordedTrade[];
  /** in reality alone */
  readonly extra: readonly RecordedTrade[];
}

/** The price of a market at a moment, as far as candles tell; null: none are kept of it. */
export type PriceAt = (market: ExchangeSymbol, at: number) => number | null;

/** A decision of one candle that was bought on the next: entries of a market further apart are different trades. */
const APART_CANDLES = 2;

/**
 * The gap between a live or test run and a backtest of the same days, cause by cause, without a rest.
 *
 * A pair is the same market bought at about the same time, measured in the backtest's candles. The backtest's side is scaled to the
 * live stake first, so that every other part compares equal sums.
 *
 * @param priceAt stands in where the live record does not know the prices it decided at
 */
export function gapByCause(live: TradingRecord, backtest: TradingRecord, priceAt: PriceAt = () => null): Gap {
  const withinMs = APART_CANDLES * TIMEFRAME_MS[backtest.timeframe ?? '5m'];
  const matched = matchTrades(live.trades, backtest.trades, withinMs);
  const pairs = matched.pairs.map(([mine, theirs]): TradePair => {
    const known = mine.slippage === null ? estimated(mine, theirs, priceAt) : mine;
    return {
      live: mine,
      backtest: theirs,
      gap: mine.pnl - theirs.pnl,
      parts: partsOf(known, theirs),
      isEstimated: known !== mine,
    };
  });
  const pnlOf = (trades: readonly RecordedTrade[]): number => trades.reduce((sum, { pnl }) => sum + pnl, 0);
  const parts = pairs.reduce((sum, pair) => added(sum, pair.parts), {
    ...NO_PARTS,
    missed: -pnlOf(matched.missed),
    extra: pnlOf(matched.extra),
  });
  const [mine, theirs] = [pnlOf(live.trades), pnlOf(backtest.trades)];
  return {
    total: mine - theirs,
    live: mine,
    backtest: theirs,
    parts,
    pairs,
    missed: matched.missed,
    extra: matched.extra,
  };
}

/**
 * A trade that does not know its decision prices, as if it had been decided at what the candles say of those moments, and had crossed
 * the spread its backtest assumed. What it paid beyond that is slippage.
 *
 * @returns the same trade where the candles do not tell
 */
function estimated(live: RecordedTrade, backtest: RecordedTrade, priceAt: PriceAt): RecordedTrade {
  const decisionPrice = priceAt(live.market, live.openedAt);
  const exits = live.exits.map(({ at, quantity }) => ({ quantity, price: priceAt(live.market, at) }));
  const sold = exits.reduce((sum, { quantity }) => sum + quantity, 0);
  if (decisionPrice === null || sold === 0 || exits.some(({ price }) => price === null)) return live;
  // a rest that was written off was sold for nothing, at the price of the others
  const worth = (exits.reduce((sum, { quantity, price }) => sum + quantity * price!, 0) * live.quantity) / sold;
  const traded = (live.cost + live.proceeds) / (backtest.cost + backtest.proceeds);
  return {
    ...live,
    decisionPrice,
    slippage: live.cost - decisionPrice * live.quantity + worth - live.proceeds,
    spreadCost: backtest.spreadCost === null ? null : backtest.spreadCost * traded,
  };
}

const NO_PARTS: GapParts = {
  missed: 0,
  extra: 0,
  stake: 0,
  fees: 0,
  spread: 0,
  slippage: 0,
  latency: 0,
  exit: 0,
  execution: 0,
};

const added = (a: GapParts, b: GapParts): GapParts =>
  Object.fromEntries(Object.entries(a).map(([cause, value]) => [cause, value + b[cause as GapCause]])) as GapParts;

/** The nearest entries of a market first, each trade in one pair at most. */
function matchTrades(live: readonly RecordedTrade[], backtest: readonly RecordedTrade[], withinMs: number) {
  const byMarket = Map.groupBy(backtest, ({ market }) => market);
  const near = live
    .flatMap((mine) =>
      (byMarket.get(mine.market) ?? []).map((theirs) => ({
        mine,
        theirs,
        apart: Math.abs(mine.openedAt - theirs.openedAt),
      })),
    )
    .filter(({ apart }) => apart <= withinMs)
    .sort((a, b) => a.apart - b.apart || a.mine.openedAt - b.mine.openedAt || a.theirs.openedAt - b.theirs.openedAt);
  const taken = new Set<RecordedTrade>();
  const pairs: [RecordedTrade, RecordedTrade][] = [];
  for (const { mine, theirs } of near) {
    if (taken.has(mine) || taken.has(theirs)) continue;
    taken.add(mine).add(theirs);
    pairs.push([mine, theirs]);
  }
  const unpaired = (trade: RecordedTrade): boolean => !taken.has(trade);
  return { pairs, missed: backtest.filter(unpaired), extra: live.filter(unpaired) };
}

function partsOf(live: RecordedTrade, backtest: RecordedTrade): GapParts {
  const scale = live.cost / backtest.cost;
  const stake = backtest.pnl * (scale - 1);
  const fees = backtest.fees * scale - live.fees;
  const [mine, theirs] = [idealOf(live), idealOf(backtest)];
  const sameExit = live.exitReason === backtest.exitReason;
  if (mine === null || theirs === null) {
    const rest = live.pnl - backtest.pnl - stake - fees;
    // sold at the backtest's price instead
    const exit = sameExit ? 0 : live.proceeds - live.quantity * (backtest.proceeds / backtest.quantity);
    return { ...NO_PARTS, stake, fees, exit, execution: rest - exit };
  }
  const slippage = theirs.slippage * scale - mine.slippage;
  // coins bought at the live decision price and sold at the backtest's; then sold at the live one
  const entry = live.quantity * (theirs.exit - mine.entry) - scale * backtest.quantity * (theirs.exit - theirs.entry);
  const exit = live.quantity * (mine.exit - theirs.exit);
  return {
    ...NO_PARTS,
    stake,
    fees,
    spread: theirs.spread * scale - mine.spread,
    slippage,
    latency: entry + (sameExit ? exit : 0),
    exit: sameExit ? 0 : exit,
  };
}

/** A trade as if every order had filled at the price it was decided at; null where that is not known. */
function idealOf({ quantity, pnl, fees, slippage, spreadCost, decisionPrice }: RecordedTrade) {
  if (slippage === null || decisionPrice === null) return null;
  const spread = spreadCost ?? 0;
  const exit = (pnl + fees + slippage) / quantity + decisionPrice;
  return { entry: decisionPrice, exit, spread, slippage: slippage - spread };
}
