import { type CandleColumns, Decimal, type ExchangeSymbol, type Market, ZERO } from '@mexc-bot/core';

/** Prices the grid is guessed from: always the first ones, so that later candles cannot change it. */
const PRICES_LOOKED_AT = 200;
const FINEST_DECIMALS = 12;
/** A quantity step is worth at most this much quote. */
const STEP_VALUE = 0.01;

/**
 * A market as it must have been, guessed from its first candles: recorded files tell prices and nothing else. The tick is the
 * coarsest power of ten that all prices lie on.
 */
export function assumedMarket(
  id: ExchangeSymbol,
  quote: string,
  candles: Pick<CandleColumns, 'open' | 'close'>,
  takerFeeRate: number,
): Market {
  const firstClose = candles.close[0] ?? 1;
  return {
    id,
    base: id.endsWith(quote) ? id.slice(0, -quote.length) : id,
    quote: id.endsWith(quote) ? quote : '',
    status: 'online',
    apiTradable: true,
    sides: 'both',
    orderTypes: ['limit', 'market', 'limit_maker'],
    riskFlagged: false,
    rules: {
      tickSize: new Decimal(10).pow(-decimalsOfPrices(candles)),
      stepSize: new Decimal(10).pow(Math.min(6, Math.floor(Math.log10(STEP_VALUE / firstClose)))),
      minQuantity: ZERO,
      minNotional: new Decimal(1),
      maxNotional: new Decimal(100_000),
      takerFeeRate: new Decimal(takerFeeRate),
    },
  };
}

function decimalsOfPrices({ open, close }: Pick<CandleColumns, 'open' | 'close'>): number {
  let most = 0;
  for (let i = 0; i < Math.min(PRICES_LOOKED_AT, close.length); i++) {
    for (const price of [open[i]!, close[i]!]) {
      while (most < FINEST_DECIMALS && !isWhole(price * 10 ** most)) most += 1;
    }
  }
  return most;
}

const isWhole = (scaled: number): boolean => Math.abs(scaled - Math.round(scaled)) <= 1e-9 * Math.max(1, scaled);
