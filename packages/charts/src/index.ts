export { type CandleChart, type ChartCandle, candleChart, type TradeMark } from './candle-chart.ts';
export { type DailyBar, type DailyChart, dailyChart } from './daily-chart.ts';
export { drawdowns, type EquityChart, type EquityPoint, equityChart } from './equity-chart.ts';
export type { Heading } from './frame.ts';
export { percentText, priceText, signedText } from './number-text.ts';
export type * from './picture.ts';
export type { PriceLevel } from './price-levels.ts';
export { toSvg } from './svg.ts';
export type { TimeStyle } from './time-axis.ts';
