import { priceText } from '@mexc-bot/charts';
import type { BacktestResult, ModelTraining } from '../result.ts';
import type { Statistics } from '../statistics/statistics.ts';
import { shareText, timeText, wordsOf } from './figures.ts';
import { reportPage } from './report-page.ts';
import type { PageTable } from './tables.ts';
import type { ReadCandles } from './trade-section.ts';

/** A backtest as a page: what every report shows, and what was assumed. */
export function backtestPage(
  result: BacktestResult,
  statistics: Statistics,
  options: { readonly candles?: ReadCandles; readonly charts?: number; readonly tables?: readonly PageTable[] } = {},
): string {
  return reportPage({
    ...options,
    title: `Backtest, ${result.mode} settings`,
    record: result,
    statistics,
    tables: [
      ...(options.tables ?? []),
      funnelTable(result),
      rejectionTable(result),
      assumptionTable(result),
      ...(result.models === undefined ? [] : [modelsTable(result.models)]),
      coverageTable(result),
    ],
  });
}

const countText = (count: number): string => priceText(count, 15);

const funnelTable = ({ funnel }: BacktestResult): PageTable => ({
  title: 'From market to buy',
  head: ['', 'count'],
  rows: (['scans', 'looked', 'hype', 'candidates', 'approved', 'filled'] as const).map((step) => [
    FUNNEL_WORDS[step],
    countText(funnel[step]),
  ]),
});

const FUNNEL_WORDS = {
  scans: 'scans',
  looked: 'markets looked at, over all scans',
  hype: 'hype tokens',
  candidates: 'of them with a pattern',
  approved: 'approved',
  filled: 'bought',
} as const;

const rejectionTable = ({ funnel }: BacktestResult): PageTable => ({
  title: 'Why candidates were not bought',
  head: ['reason', 'count'],
  rows: Object.entries(funnel.rejected)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => [wordsOf(reason), countText(count)]),
});

function assumptionTable({ costs, takerFeeRates, timeframe, detail }: BacktestResult): PageTable {
  const fees = [...new Set([takerFeeRates.least, takerFeeRates.most])];
  return {
    title: 'What was assumed',
    head: ['', ''],
    rows: [
      ['candles', detail === null ? timeframe : `${timeframe}, resolved by ${detail}`],
      ['taker fee', fees.map((rate) => shareText(rate, 3)).join(' to ')],
      ['spread', `at least ${shareText(costs.minSpread, 2)}, and ${shareText(costs.spreadPerAtr, 0)} of the ATR`],
      [
        'book',
        `${shareText(costs.volumeShare, 0)} of a candle’s volume within ${shareText(costs.depthReach, 1)} of the best price`,
      ],
      ['a coin that is delisted', `sold ${shareText(costs.delistingLoss, 0)} under its last price`],
    ],
    note: 'Fills are a model: what a real book would have done is not in candles.',
  };
}

const modelsTable = (models: readonly ModelTraining[]): PageTable => ({
  title: 'Models made on the way',
  head: ['asked from', 'model', 'rows', 'AUC', 'proven'],
  rows: models.map(({ scope, at, rows, auc, proven, fault }) => [
    timeText(at),
    scope,
    countText(rows),
    auc === null ? wordsOf(fault ?? '') : auc.toFixed(3),
    proven ? 'yes' : 'no',
  ]),
  note: 'Each was made of what was known by then. One that is not proven is taken as ai.onUnproven says.',
});

function coverageTable({ markets, candles }: BacktestResult): PageTable {
  const missing = markets.reduce((sum, market) => sum + market.missing, 0);
  const reasons = Map.groupBy(markets, ({ rejected }) => rejected ?? 'tradable');
  return {
    title: 'What it was played on',
    head: ['', 'count'],
    rows: [
      ['candles', countText(candles)],
      ['of their grid missing', countText(missing)],
      ...[...reasons].map(([reason, members]) => [`markets: ${wordsOf(reason)}`, countText(members.length)]),
    ],
  };
}
