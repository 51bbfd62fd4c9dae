import {
  type CandleChart,
  candleChart,
  type DailyChart,
  dailyChart,
  type EquityChart,
  equityChart,
  type Picture,
} from '@mexc-bot/charts';

/** What a picture is to show, in plain values: it is laid out and painted in another process. */
export type Drawing =
  | ({ readonly kind: 'candles' } & CandleChart)
  | ({ readonly kind: 'equity' } & EquityChart)
  | ({ readonly kind: 'daily' } & DailyChart);

export function layOut(drawing: Drawing): Picture {
  switch (drawing.kind) {
    case 'candles':
      return candleChart(drawing);
    case 'equity':
      return equityChart(drawing);
    case 'daily':
      return dailyChart(drawing);
  }
}
