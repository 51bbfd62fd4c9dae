export { createMexcMarketData, type MexcMarketDataOptions } from './mexc.ts';
export type { MexcClientOptions, MexcKeys } from './mexc-client.ts';
export { createMexcTrading, type MexcTrading } from './mexc-trading.ts';
export { createPaperTrading, type PaperTradingOptions } from './paper.ts';
export { type Execution, walkDepth } from './paper-fills.ts';
export * from './port.ts';
