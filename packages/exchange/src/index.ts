export { keyFaultOf } from './errors.ts';
export { createMexcMarketData, type MexcMarketData, type MexcMarketDataOptions } from './mexc.ts';
export type { MexcClientOptions, MexcKeys, SigningClock } from './mexc-client.ts';
export { createMexcTrading, type MexcTrading, type MexcTradingOptions } from './mexc-trading.ts';
export { createPaperTrading, type PaperTradingOptions } from './paper.ts';
export * from './port.ts';
export {
  createPriceStream,
  type PriceDeal,
  type PriceStream,
  type PriceStreamOptions,
  type PriceTick,
  type StreamHealth,
} from './stream/price-stream.ts';
export { createTransport, type Transport, type TransportResponse } from './transport.ts';
