import type {
  EntryFacts,
  ExchangeSymbol,
  GateVerdict,
  Market,
  Regime,
  ScanOpening,
  Strategy,
  Ticker24h,
} from '@mexc-bot/core';

/** A decision that trading wrote down. */
export interface RecordedDecision {
  /** market time of the scan, ms UTC */
  readonly at: number;
  /** open time of the candle it was judged on, ms UTC; null: it had none */
  readonly candleAt: number | null;
  readonly market: ExchangeSymbol;
  readonly strategy: Strategy | null;
  readonly regime: Regime | null;
  /** last price then */
  readonly price: number;
  /** (ask − bid) ÷ mid; null: not kept */
  readonly spread: number | null;
  readonly bought: boolean;
  readonly reason: string;
}

/** A token that a scan looked at: what it found out, and what it decided. */
export interface RecordedToken {
  readonly market: Market;
  /** `last` is the open time of the candle it was judged on; null: its candles could not be read */
  readonly candles: { readonly last: number; readonly count: number } | null;
  readonly verdict: GateVerdict | null;
  readonly entry: EntryFacts | null;
  readonly decided: {
    readonly strategy: string | null;
    /** reason code of the rejection, or `approved` */
    readonly decision: string;
  };
}

/** A scan that trading wrote down, with all it was decided on. */
export interface RecordedScan {
  /** market time, ms UTC */
  readonly at: number;
  /** mood, terms and hype tokens, as they follow from what was written down */
  readonly opening: Pick<ScanOpening, 'regime' | 'breadth' | 'terms' | 'tokens' | 'ranks'>;
  /** those of the tradable markets */
  readonly tickers: ReadonlyMap<ExchangeSymbol, Ticker24h>;
  /** listed markets that could not be traded, and why */
  readonly rejected: ReadonlyMap<ExchangeSymbol, string>;
  readonly tokens: ReadonlyMap<ExchangeSymbol, RecordedToken>;
}

/** The scans of a span whose inputs are kept. */
export interface RecordedScans {
  /** market time of the oldest one that is kept, ms UTC; null: none is */
  readonly keptFrom: number | null;
  /** those at or after `from` and before `until`, in the order of time */
  between(from: number, until: number): readonly RecordedScan[];
}
